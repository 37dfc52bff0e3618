"""Ticked changes as the records that the verbs of companies and capabilities take, and checked."""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from portal.capabilities import records as capability_records
from portal.capabilities import rules as capability_rules
from portal.capabilities.inputs import CapabilityInput
from portal.companies import records as company_records
from portal.companies.records import CompanyRecord
from portal.core.errors import Invalid
from portal.fact_sheets.comparing import Change
from portal.fact_sheets.document import COMPANY
from portal.fact_sheets.questions import LISTS

Record = dict[str, Any]


@dataclass
class Draft:
    """A record with changes in it. `origins`: for each list, where its rows stand in the file."""

    subject: str
    record: Record
    origins: dict[str, list[int]] = field(default_factory=dict)
    languages: list[str] = field(default_factory=list)

    def key_of(self, path: str) -> str:
        """The question that a refusal at a path of the record is about."""
        parts = path.split(".")
        if parts[0] in self.origins and len(parts) > 1 and parts[1].isdigit():
            rows = self.origins[parts[0]]
            parts[1] = str(rows[int(parts[1])] if int(parts[1]) < len(rows) else parts[1])
        if parts[0] == "texts" and len(parts) > 1 and parts[1].isdigit():
            known = self.languages
            parts[1] = known[int(parts[1])] if int(parts[1]) < len(known) else parts[1]
        if parts[0] == "attributes" and len(parts) == 2:
            parts.append("value")
        if parts[2:] == ["details", "usi"]:
            parts[2:] = ["usi"]
        if parts == ["lead_time_days", "series"]:
            parts[1] = "series_from"
        return f"{self.subject}.{'.'.join(parts)}"


def changed(subject: str, record: Mapping[str, Any], changes: Iterable[Change]) -> Draft:
    """The record with the changes; `record` is that of the document, which stays as it is."""
    draft = Draft(subject, deepcopy(dict(record)))
    for name in ("verification", "disclosure", "state"):
        draft.record.pop(name, None)
    lists: dict[str, list[Change]] = {name: [] for name in LISTS}
    for change in changes:
        if change.listed:
            lists[change.listed].append(change)
        else:
            for path, value in change.values.items():
                _put(draft.record, path.split("."), value)
    for name, some in lists.items():
        _put_rows(draft, name, some)
    _prune(draft.record)
    lead = draft.record.get("lead_time_days")
    if lead and ("series_from" in lead or "series_to" in lead):
        lead["series"] = [lead.pop("series_from", None), lead.pop("series_to", None)]
        lead["series"] = lead["series"][:1] if lead["series"][1] is None else lead["series"]
    draft.languages = list(draft.record.get("texts", {}))
    return draft


def _put(node: Record, path: Sequence[str], value: Any) -> None:
    """Set or, for None, delete what lies at a path."""
    *above, last = path
    for key in above:
        node = node.setdefault(key, {})
    if value is None:
        node.pop(last, None)
        if above and above[0] == "attributes":
            node.pop("unit", None)
    else:
        node[last] = value


def _put_rows(draft: Draft, name: str, changes: Iterable[Change]) -> None:
    rows: list[tuple[int, Record | None]] = list(enumerate(draft.record.get(name, [])))
    for change in changes:
        row: Record = dict(rows[change.at][1] or {}) if change.at is not None else {}
        for path, value in change.values.items():
            _put(row, path.split("."), value)
        origin = change.origin or 0
        if change.at is None:
            rows.append((origin, row))
        else:
            rows[change.at] = (origin, row if change.action == "changed" else None)
    kept = [(origin, row) for origin, row in rows if row]
    draft.origins[name] = [origin for origin, _row in kept]
    if kept or name in draft.record:
        draft.record[name] = [row for _origin, row in kept]


def _prune(record: Record) -> None:
    """Leave out objects in which nothing is left."""
    for key in [key for key, value in record.items() if isinstance(value, dict)]:
        _prune(record[key])
        if not record[key]:
            del record[key]


def company_input(draft: Draft) -> CompanyRecord:
    """Raises Invalid with a message per key."""
    try:
        return company_records.from_record(draft.record)
    except Invalid as error:
        raise _by_key(draft, error) from None


def capability_input(draft: Draft) -> CapabilityInput:
    """Raises Invalid with a message per key."""
    try:
        data = capability_records.from_record(draft.record)
        capability_rules.check(data)
    except Invalid as error:
        raise _by_key(draft, error) from None
    return data


def _by_key(draft: Draft, error: Invalid) -> Invalid:
    errors = {draft.key_of(path): message for path, message in error.errors.items()}
    return Invalid(error.message, errors=errors or {draft.subject: error.message})


def check(drafts: Iterable[Draft]) -> dict[str, object]:
    """What the rules refuse, by key."""
    errors: dict[str, object] = {}
    for draft in drafts:
        try:
            (company_input if draft.subject == COMPANY else capability_input)(draft)
        except Invalid as error:
            errors |= error.errors
    return errors
