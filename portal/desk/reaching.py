"""How and when the requester of a request is to be reached."""

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal.accounts.mail_times import NIGHT_BEGINS, NIGHT_ENDS
from portal.companies.models import Company
from portal.core import clock
from portal.service_requests import clock_views, promises
from portal.service_requests.asking import CONTACTS
from portal.service_requests.models import ServiceRequest


@dataclass(frozen=True)
class Reach:
    """The wished channel, the zone, and what the clock there says now."""

    channel: Any
    zone: str
    time_there: str
    asleep: bool


def loaded() -> ExecutableOption:
    """The company that the request is about, to be loaded with it."""
    return joinedload(ServiceRequest.about).joinedload(Company.organisation)


def of(request: ServiceRequest) -> Reach:
    zone, now = clock_views.zone_of(request), clock.now()
    hour = now.astimezone(ZoneInfo(zone)).hour
    return Reach(
        channel=CONTACTS.get(request.contact, request.contact),
        zone=promises.zone_label(zone),
        time_there=promises.moment(now, zone),
        asleep=not NIGHT_ENDS <= hour < NIGHT_BEGINS,
    )
