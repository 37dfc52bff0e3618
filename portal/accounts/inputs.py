"""What the verbs of accounts take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Registration:
    """What a person gives to register with a new organisation."""

    email: str
    name: str
    password: str
    kind: str
    company_name: str
    country: str
    locale: str
    timezone: str = "UTC"
    abroad: bool = False  # agrees to be named to organisations abroad


@dataclass(frozen=True)
class NewMember:
    """What an invited person gives when the address has no account yet."""

    name: str
    password: str
    locale: str
    timezone: str = "UTC"
    abroad: bool = False  # agrees to be named to organisations abroad


@dataclass(frozen=True)
class MailWishes:
    """How a person wants to be written to: `mode` is immediate, digest or inbox."""

    mode: str
    night: bool
    digest_hour: int
    timezone: str
