"""What the verbs of company profiles take."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.core.models import StoredFile
from portal.listings.inputs import CertificateInput


@dataclass(frozen=True)
class TextInput:
    """Name and description in one language (BCP 47)."""

    locale: str
    name: str = ""
    description: str = ""


@dataclass(frozen=True)
class SiteInput:
    role: str
    country: str
    city: str = ""
    address: str = ""
    postcode: str = ""
    products: str = ""
    headcount: int | None = None


@dataclass(frozen=True)
class Identity:
    """What is locked once the base has published the profile."""

    kind: str
    country: str
    scheme: str = ""
    number: str = ""


@dataclass(frozen=True)
class ProfileInput:
    """A whole profile as it was typed; the first text is the original.

    `identity` is None where it is locked. `logo` None leaves the logo as it is.
    """

    texts: Sequence[TextInput]
    identity: Identity | None = None
    website: str | None = None
    founded: int | None = None
    headcount: int | None = None
    sites: Sequence[SiteInput] = ()
    certificates: Sequence[CertificateInput] = ()
    logo: StoredFile | None = None
    drop_logo: bool = False
