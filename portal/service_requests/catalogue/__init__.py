"""The catalogue of the base: every service with its promise and its form, as data."""

from decimal import Decimal

from portal.core.errors import NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.i18n import ngettext
from portal.service_requests.catalogue.compliance import COMPLIANCE
from portal.service_requests.catalogue.growth import MARKET, PRESENCE
from portal.service_requests.catalogue.model import Form, Group, Question, Service
from portal.service_requests.catalogue.questions import STANDARDS
from portal.service_requests.catalogue.trade import LAW, TRADE

__all__ = [
    "GROUPS",
    "PRIORITIES",
    "PRIORITY_FACTORS",
    "SERVICES",
    "STANDARDS",
    "Form",
    "Group",
    "Question",
    "Service",
    "first_reply",
    "get",
    "plan",
]
GROUPS = (COMPLIANCE, TRADE, LAW, MARKET, PRESENCE)
SERVICES = {service.code: service for group in GROUPS for service in group.services}

HOURS_A_DAY = 8
PRIORITIES = {
    "P1": _l("Critical: safety, goods held by customs, or needed within 2 working days"),
    "P2": _l("Urgent: needed within 10 working days"),
    "P3": _l("Normal"),
    "P4": _l("For information, no hurry"),
}
PRIORITY_FACTORS = {"P1": Decimal("0.25"), "P2": Decimal("0.5"), "P3": Decimal(1), "P4": Decimal(2)}


def get(code: str) -> Service:
    """The service of a code, in upper or lower case. Raises NotFound for others."""
    service = SERVICES.get(code.upper())
    if service is None:
        raise NotFound
    return service


def first_reply(service: Service, priority: str = "P3") -> str:
    """Until when somebody replies, in words: working hours of the base."""
    return _hours(service.first_reply_hours * PRIORITY_FACTORS[priority])


def plan(service: Service, priority: str = "P3") -> str:
    """Until when a proposal or a named partner is there, in words."""
    days = service.plan_days * PRIORITY_FACTORS[priority]
    if days != int(days):
        return _hours(days * HOURS_A_DAY)
    return ngettext("%(num)s working day", "%(num)s working days", int(days))


def _hours(hours: Decimal) -> str:
    return ngettext("%(num)s working hour", "%(num)s working hours", int(hours))
