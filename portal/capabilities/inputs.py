"""What a form, the API or an import hands to the verbs of capabilities."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.listings.inputs import AttributeInput, CertificateInput, Quantity, TextInput


@dataclass(frozen=True)
class LeadTime:
    """Days from order to samples, and from–to for series parts."""

    sample: int | None = None
    series_from: int | None = None
    series_to: int | None = None


@dataclass(frozen=True)
class CapabilityInput:
    """A whole capability. `ref`, `company` and `state` come from records only."""

    texts: tuple[TextInput, ...]
    category: str | None = None
    scenarios: tuple[str, ...] = ()
    certificates: tuple[CertificateInput, ...] = ()
    attributes: tuple[AttributeInput, ...] = ()
    capacity: Quantity | None = None
    lead_time: LeadTime = LeadTime()
    moq: Quantity | None = None
    markets: tuple[str, ...] = ()
    stage: str | None = None
    ref: str | None = None
    company: str | None = None
    state: str | None = None
    levels: Mapping[str, str] | None = None
