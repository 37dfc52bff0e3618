"""How a person is named to readers of other organisations.

The one place that decides it: whoever shows a name across organisations asks here.
"""

from portal.accounts.consents import HOME
from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.i18n import gettext

# The addresses that erased accounts get; nothing is ever delivered there (RFC 2606).
ERASED_DOMAIN = "erased.invalid"


def is_erased(person: User) -> bool:
    return person.email.endswith(f"@{ERASED_DOMAIN}")


def may_name(reader_country: str | None, person: User, country: str | None) -> bool:
    """Whether readers in a country (None: at the base) may learn who a person is that spoke for
    an organisation of `country`: people in mainland China are named abroad with their consent."""
    leaves = country == HOME and reader_country not in (HOME, None)
    return person.staff_role is not None or not leaves or bool(person.named_abroad)


def shown_name(viewer: Actor, person: User | None, organisation: str, country: str | None) -> str:
    """The name of a person who spoke for an organisation, or what stands in its place."""
    if person is None:
        return ""
    if is_erased(person):
        return gettext("Former member of %(organisation)s", organisation=organisation)
    reader = None if viewer.is_staff else viewer.org_country or ""
    if viewer.user_id == person.id or may_name(reader, person, country):
        return person.name
    return contact_of(organisation)


def contact_of(organisation: str) -> str:
    """What stands in the place of a name that may not be shown."""
    return gettext("A contact of %(organisation)s", organisation=organisation)
