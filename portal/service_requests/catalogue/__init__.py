"""The catalogue of the base: every service with its promise and its form, as data.

`SERVICES` and `groups()` are what is in force: the shipped definitions with what administrators
published over them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from portal.core import i18n
from portal.core.db import Database
from portal.core.errors import NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.core.i18n import ngettext
from portal.service_requests.catalogue.compliance import COMPLIANCE
from portal.service_requests.catalogue.conditions import met
from portal.service_requests.catalogue.growth import MARKET, PRESENCE
from portal.service_requests.catalogue.live import Live
from portal.service_requests.catalogue.model import Form, Group, Question, Service, When
from portal.service_requests.catalogue.standards import SERVICE_OF_STANDARD, STANDARDS
from portal.service_requests.catalogue.trade import LAW, TRADE

__all__ = [
    "GROUPS",
    "PRIORITIES",
    "PRIORITY_FACTORS",
    "SERVICES",
    "SERVICE_OF_STANDARD",
    "SHIPPED",
    "STANDARDS",
    "Form",
    "Group",
    "Live",
    "Question",
    "Service",
    "When",
    "first_reply",
    "get",
    "groups",
    "plan",
    "put_in_force",
    "reply_hours",
]
GROUPS = (COMPLIANCE, TRADE, LAW, MARKET, PRESENCE)
SHIPPED = {service.code: service for group in GROUPS for service in group.services}

HOURS_A_DAY = 8
PRIORITIES = {
    "P1": _l("Critical: safety, goods held by customs, or needed within 2 working days"),
    "P2": _l("Urgent: needed within 10 working days"),
    "P3": _l("Normal"),
    "P4": _l("For information, no hurry"),
}
PRIORITY_FACTORS = {"P1": Decimal("0.25"), "P2": Decimal("0.5"), "P3": Decimal(1), "P4": Decimal(2)}


class _InForce(Mapping[str, Service]):
    """The services of this process as they are now."""

    live: Live | None = None

    def _now(self) -> Mapping[str, Service]:
        return self.live.look() if self.live else SHIPPED

    def __getitem__(self, code: str) -> Service:
        return self._now()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(SHIPPED)

    def __len__(self) -> int:
        return len(SHIPPED)


SERVICES = _InForce()


def put_in_force(live: Live | None) -> None:
    """From now on this process has the catalogue of that database."""
    SERVICES.live = live


def follow(database: Database) -> Live:
    """The catalogue of a database, in force at once."""
    live = Live(database, SHIPPED)
    put_in_force(live)
    return live


def groups(*, offered: bool = False) -> tuple[Group, ...]:
    """The services by group; with `offered` only those that take requests."""
    return tuple(
        replace(group, services=tuple(found))
        for group in GROUPS
        if (found := [s for s in map(_now, group.services) if s.offered or not offered])
    )


def _now(shipped: Service) -> Service:
    return SERVICES[shipped.code]


def get(code: str) -> Service:
    """The service of a code, in upper or lower case. Raises NotFound for others."""
    if code.upper() not in SHIPPED:
        raise NotFound
    return SERVICES[code.upper()]


def title_in(code: str, tag: str) -> str:
    """The name of a service in a language, whoever reads at the moment."""
    with i18n.use_locale(tag):
        return str(get(code).title)


def reply_hours(
    service: Service, priority: str = "P3", answers: Mapping[str, Any] | None = None
) -> Decimal:
    """Working hours until the first reply; certain answers bring it forward."""
    normal = service.first_reply_hours * PRIORITY_FACTORS[priority]
    given = answers or {}
    early = [Decimal(h) for when, h in service.sooner if met(when, given.get(when.question))]
    return min([normal, *early])


def first_reply(
    service: Service, priority: str = "P3", answers: Mapping[str, Any] | None = None
) -> str:
    """Until when somebody replies, in words: working hours of the base."""
    return _hours(reply_hours(service, priority, answers))


def plan(service: Service, priority: str = "P3") -> str:
    """Until when a proposal or a named partner is there, in words."""
    days = service.plan_days * PRIORITY_FACTORS[priority]
    if days != int(days):
        return _hours(days * HOURS_A_DAY)
    return ngettext("%(num)s working day", "%(num)s working days", int(days))


def _hours(hours: Decimal) -> str:
    return ngettext("%(num)s working hour", "%(num)s working hours", int(hours))
