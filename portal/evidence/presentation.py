"""Evidence in words: steps, what was not checked, what the next step needs, lines of the pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.companies.models import EVIDENCE_LEVELS
from portal.core import clock
from portal.core.i18n import lazy_gettext as _l
from portal.evidence import rules, subjects
from portal.evidence.facts import Fact, Group, Heading, Line
from portal.evidence.queries import Standings
from portal.evidence.rules import (
    CLAIMED,
    DOCUMENT_SEEN,
    EXPIRED,
    ISSUER_CHECKED,
    REJECTED,
    SEEN_ON_SITE,
    WORKFLOW,
    Standing,
)

# What nobody did on a step, whatever else was left out.
NOT_CHECKED = {
    CLAIMED: _l("Nothing has been checked."),
    DOCUMENT_SEEN: _l("The issuer was not asked, and nobody was on site."),
    ISSUER_CHECKED: _l("Nobody was on site."),
    SEEN_ON_SITE: "",
}
_RAN_OUT = _l("What was checked has run out; nobody has checked it since.")
_SHOW: Mapping[str, Any] = {
    subjects.CERTIFICATE: _l("Show the base the certificate, all pages."),
    subjects.ATTRIBUTE: _l("Show the base a test report or a released data sheet."),
    subjects.CAPACITY: _l("Show the base a run-at-rate report or a capacity study."),
    subjects.SUSTAINABILITY: _l("Show the base the calculation or the verifier's statement."),
    subjects.REFERENCE: _l("Show the base an order or a letter; prices may be blacked out."),
    subjects.SITE: _l("Show the base the lease, the land certificate or a site plan."),
    subjects.PROFILE: _l("Show the base an annual report or an official record."),
}
_NEXT: Mapping[str, Any] = {
    DOCUMENT_SEEN: _l("The base asks whoever issued the document."),
    ISSUER_CHECKED: _l("The base or one of its partners visits the site."),
    SEEN_ON_SITE: _l("Nothing: this is the highest step."),
}
_RENEW = _l("Show the base the renewed document.")
_WAITING = _l("The base is looking at your document.")


def label(state: str, *, inside: bool) -> Any:
    """The step in words; to strangers, what was not confirmed is what the company states."""
    shown = CLAIMED if state == REJECTED and not inside else state
    return WORKFLOW.state(shown).label


def tone(state: str) -> str:
    return WORKFLOW.state(state).tone


def not_checked(standing: Standing) -> list[str]:
    """The general limit of the step and the words of whoever checked."""
    if standing.expired and standing.found != CLAIMED:
        return [str(_RAN_OUT)]
    return [text for text in (str(NOT_CHECKED[standing.level]), standing.not_checked) if text]


def next_step(fact: Fact, standing: Standing) -> Any:
    """What the step above would need."""
    if standing.waiting is not None:
        return _WAITING
    if standing.expired or standing.expires_soon(clock.now().date()):
        return _RENEW
    return _NEXT.get(standing.state) or _SHOW[fact.subject.kind]


def awaits_owner(standing: Standing) -> bool:
    """Whether the next step is a document of the owner, not a check by the base."""
    renew = standing.expired or standing.expires_soon(clock.now().date())
    return standing.waiting is None and (renew or standing.state not in _NEXT)


def needs_care(standing: Standing, today: date) -> bool:
    """Rejected, expired or about to expire, and no new document waits with the base."""
    if standing.waiting is not None:
        return False
    return standing.state in (REJECTED, EXPIRED) or standing.expires_soon(today)


def lines(facts: Iterable[Fact], known: Standings) -> list[Line]:
    return [Line(fact, known.of(fact.subject)) for fact in facts]


def urgent(rows: Sequence[Line]) -> list[Line]:
    """What the owner should look at, whatever ends first before the others."""
    today = clock.now().date()
    found = [row for row in rows if needs_care(row.standing, today)]
    return sorted(found, key=lambda row: row.standing.until or date.min)


def is_bare(standing: Standing, *, inside: bool) -> bool:
    """Whether there is nothing to tell but that the company says so."""
    if standing.state == CLAIMED:
        return not (inside and (standing.waiting is not None or standing.changed))
    return standing.state == REJECTED and not inside


def told(rows: Iterable[Line], *, inside: bool) -> list[Line]:
    """Lines with something to tell."""
    return [row for row in rows if not is_bare(row.standing, inside=inside)]


def bare(rows: Iterable[Line], *, inside: bool) -> list[Line]:
    """Lines of what is only stated."""
    return [row for row in rows if is_bare(row.standing, inside=inside)]


def grouped(rows: Iterable[Line], headings: Sequence[Heading]) -> list[Group]:
    """By company and capability, the best proven first; headings without lines are left out, and
    after that of the company the capabilities come with most proven first."""
    found = {h.key: Group(h.title, h.lang, h.capability) for h in headings}
    for row in rows:
        found[row.fact.group].lines.append(row)
    for group in found.values():
        group.lines.sort(key=lambda row: -row.standing.step)
    groups = [group for group in found.values() if group.lines]
    return sorted(groups, key=lambda g: (bool(g.capability), -_proven(g.lines)))


def _proven(rows: Sequence[Line]) -> int:
    return sum(row.standing.step - 1 for row in rows)


@dataclass(frozen=True)
class Summary:
    """How many facts stand on which step, from the highest down."""

    total: int
    steps: tuple[tuple[str, Any, int], ...]

    @property
    def proven(self) -> int:
        return sum(count for level, _label, count in self.steps if level != CLAIMED)


def summary(rows: Sequence[Line]) -> Summary:
    levels = [row.standing.level for row in rows]
    steps = [(each, rules.WORKFLOW.state(each).label, levels.count(each)) for each in LADDER]
    return Summary(len(rows), tuple(steps))


LADDER = tuple(reversed(EVIDENCE_LEVELS))
