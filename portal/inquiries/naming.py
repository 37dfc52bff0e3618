"""By what name each side of an inquiry goes for the other one.

A buyer whose need has an alias stays behind it in the thread, too: no name, no address of a page,
no names of its people, until interest was accepted or the buyer names itself.
"""

from types import SimpleNamespace
from typing import Any

from portal.disclosure.fields import raw
from portal.disclosure.queries import Sight
from portal.inquiries.models import Inquiry


def has_alias(inquiry: Inquiry) -> bool:
    """Whether it is about a need under an alias, so that names depend on who reads."""
    return inquiry.need is not None and bool(inquiry.need.alias)


def behind_alias(inquiry: Inquiry, far: Sight) -> bool:
    """Whether the buyer is known to the reader by an alias only."""
    need = inquiry.need
    if need is None or raw(need).company_id != inquiry.buyer_id:
        return False
    return not far.seen(need).company_id


def as_read(inquiry: Inquiry, far: Sight) -> Any:
    """The inquiry with the buyer as this reader knows it, for reading only."""
    if inquiry.need is None or not behind_alias(inquiry, far):
        return inquiry
    return _Disguised(inquiry, far.seen(inquiry.need).company)


class _Disguised:
    """An inquiry whose buyer goes by an alias."""

    __slots__ = ("_blank", "_row")

    def __init__(self, row: Inquiry, buyer: Any) -> None:
        self._row = row
        organisation = SimpleNamespace(name=buyer.texts[0].name, locale=buyer.texts[0].locale)
        buyer.organisation = organisation
        self._blank = {"buyer": buyer, "buyer_id": "", "created_by": None, "external_ref": None}

    def __getattr__(self, name: str) -> Any:
        return self._blank[name] if name in self._blank else getattr(self._row, name)
