"""Two states of an item side by side, in words a reviewer reads, with what changed marked."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.companies.registration import SCHEMES
from portal.companies.rules import KIND_LABELS, SITE_ROLE_LABELS
from portal.core import i18n, revisions
from portal.core.models import AuditEvent, Revision
from portal.listings.terms import STAGES
from portal.needs.rules import KINDS
from portal.thesaurus.templating import concept_label

# Words of scripts with blanks, single signs of those without.
_TOKENS = re.compile(r"[^\W\u3040-\u9fff]+|\s+|.", re.S)
# Beyond this many tokens the marks cost more than they show.
_MAX_TOKENS = 4000


@dataclass(frozen=True)
class Segment:
    """A piece of text; `changed` when the other side lacks it."""

    text: str
    changed: bool = False


@dataclass(frozen=True)
class Line:
    """One field that differs."""

    label: str
    before: list[Segment]
    after: list[Segment]


def _label_of(table: Mapping[str, Any]) -> Callable[[str], str]:
    return lambda value: str(table.get(value, value))


def _scheme(code: str) -> str:
    return str(SCHEMES[code].label) if code in SCHEMES else code


_WORDS: Mapping[str, Callable[[str], str]] = {
    "country": i18n.country_name,
    "market": i18n.country_name,
    "markets": i18n.country_name,
    "category": concept_label,
    "scenarios": concept_label,
    "original": i18n.language_name,
    "sop": i18n.format_month,
    "scheme": _scheme,
    "stage": _label_of(STAGES),
    "role": _label_of(SITE_ROLE_LABELS),
    "kind": _label_of({**KIND_LABELS, **KINDS}),
}


def in_words(name: str, value: Any) -> str:
    """A value of a snapshot as text: rows of a list one below the other."""
    if value in (None, "", [], {}):
        return ""
    if isinstance(value, Mapping):
        return " · ".join(filter(None, (in_words(k, v) for k, v in value.items())))
    if isinstance(value, list):
        return "\n".join(in_words(name, item) for item in value)
    text = str(value)
    return _WORDS[name](text) if name in _WORDS else text


def marked(before: str, after: str) -> tuple[list[Segment], list[Segment]]:
    """Both texts in pieces, those marked that the other one lacks."""
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if not old or not new or len(old) + len(new) > _MAX_TOKENS:
        return [Segment(before, bool(before))], [Segment(after, bool(after))]
    left: list[Segment] = []
    right: list[Segment] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left.append(Segment("".join(old[a:b]), tag != "equal"))
        right.append(Segment("".join(new[c:d]), tag != "equal"))
    return left, right


def compare(
    before: Mapping[str, Any], after: Mapping[str, Any], label: Callable[[str], str]
) -> Iterator[Line]:
    """The fields that differ, in the order of the newer state."""
    for change in revisions.diff(before, after):
        name = change.field.rsplit(".", 1)[-1]
        old, new = in_words(name, change.before), in_words(name, change.after)
        if old != new:
            yield Line(label(change.field), *marked(old, new))


def last_published(session: Session, obj: Any) -> Revision | None:
    """The version as the base last published it; later edits by the owner do not count."""
    kind, at = obj.__tablename__, AuditEvent.at
    event = (
        select(at)
        .where(
            AuditEvent.object_kind == kind,
            AuditEvent.object_id == obj.id,
            AuditEvent.action == f"{kind}.publish",
        )
        .order_by(AuditEvent.seq.desc())
        .limit(1)
    )
    published_at = session.execute(event).scalar()
    if published_at is None:
        return None
    query = (
        select(Revision)
        .where(
            Revision.object_kind == kind, Revision.object_id == obj.id, Revision.at >= published_at
        )
        .order_by(Revision.number)
        .limit(1)
    )
    return session.scalars(query).first()
