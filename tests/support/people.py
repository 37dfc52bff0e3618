"""Standing people of the tests: members of suppliers and buyers, and the base's staff."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.accounts import services
from portal.accounts.models import MailPreference, Organisation, User
from portal.companies.models import Company, CompanyText
from portal.core import clock
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.service_requests.partners import services as partner_services
from portal.service_requests.partners.services import PartnerInput

PASSWORD = "correct horse battery"


@dataclass(frozen=True)
class Person:
    email: str
    id: str
    org_id: str | None


# By name: organisation, role and language.
PEOPLE = {
    "wang": ("huaneng", "owner", "zh-Hans"),
    "liu": ("huaneng", "editor", "zh-Hans"),
    "sun": ("huaneng", "viewer", "zh-Hans"),
    "chen": ("juli", "owner", "zh-Hans"),
    "meyer": ("nordstern", "owner", "de"),
    "schulz": ("nordstern", "editor", "de"),
    "kern": ("nordstern", "viewer", "de"),
    "smith": ("lakeside", "owner", "en"),
    "hoffmann": ("pruefwerk", "owner", "de"),
    "keller": ("pruefwerk", "viewer", "de"),
    "roth": ("lotse", "owner", "en"),
    "li": (None, "agent", "zh-Hans"),
    "zhao": (None, "supervisor", "zh-Hans"),
    "admin": (None, "administrator", "en"),
}
ORGANISATIONS = {
    "huaneng": ("supplier", "苏州华能电驱有限公司", "CN", "zh-Hans"),
    "juli": ("supplier", "合肥聚力电池有限公司", "CN", "zh-Hans"),
    "nordstern": ("buyer", "Nordstern Fahrzeugwerke AG", "DE", "de"),
    "lakeside": ("buyer", "Lakeside Motors Inc.", "US", "en"),
}
# Partner institutions of the base: kind, name, country, language, services.
PARTNERS = {
    "pruefwerk": ("laboratory", "Prüfwerk Rhein GmbH", "DE", "de", ["CERT", "BATT"]),
    "lotse": ("forwarder", "Lotse Forwarding Ltd.", "GB", "en", ["LOGI"]),
}


def _partner(
    session: Session, kind: str, name: str, country: str, locale: str, offered: list[str]
) -> str:
    """Open on weekdays from nine to five, Berlin time."""
    data = PartnerInput(
        name=name,
        kind=kind,
        country=country,
        locale=locale,
        services=offered,
        languages=[locale],
        zone="Europe/Berlin",
    )
    return partner_services.create(session, SYSTEM, data).id


def populate(database: Database) -> dict[str, Person]:
    """Create everybody, with published company profiles; returns the people by name."""
    people: dict[str, Person] = {}
    with database.transaction() as session:
        ids: dict[str, str] = {}
        for key, (kind, name, country, locale) in ORGANISATIONS.items():
            organisation = Organisation(kind=kind, name=name, country=country, locale=locale)
            session.add(organisation)
            session.flush()
            ids[key] = organisation.id
            session.add(
                Company(
                    id=organisation.id,
                    kind=kind,
                    country=country,
                    state="published",
                    confirmed_at=clock.now(),
                    published_at=clock.now(),
                    texts=[CompanyText(locale=locale, name=name, description=f"{name}.")],
                )
            )
        ids |= {key: _partner(session, *facts) for key, facts in PARTNERS.items()}
        session.flush()
        for name, (org, role, locale) in PEOPLE.items():
            user: User = services.create_user(
                session,
                f"{name}@test.example",
                role,
                organisation_id=ids[org] if org else None,
                name=name.title(),
                password=PASSWORD,
                locale=locale,
            )
            session.add(MailPreference(user_id=user.id, night=True))  # at whatever hour tests run
            people[name] = Person(user.email, user.id, ids[org] if org else None)
    return people
