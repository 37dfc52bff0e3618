"""The sentences of an explanation, each written once, in the reader's language."""

from collections.abc import Callable, Mapping, Sequence
from math import ceil

from portal.core import i18n
from portal.core.i18n import gettext, ngettext, pgettext
from portal.core.i18n import lazy_gettext as _l
from portal.matching.criteria import Criterion, Verdict
from portal.matching.facts import Answers
from portal.matching.ranking import ENOUGH_INQUIRIES, Tally
from portal.matching.sentences import shown
from portal.search.explain import Reason
from portal.thesaurus.store import get_thesaurus

CRITERIA = {
    "category": _l("Category"),
    "certificate": _l("Certificate"),
    "attribute": _l("Technical data"),
    "capacity": _l("Annual capacity"),
    "market": _l("Market"),
    "lead_time": _l("Lead time"),
    "scenario": _l("Use"),
}
PARTS = {
    "criteria": _l("Criteria of the need"),
    "relevance": _l("What the texts have in common"),
    "freshness": _l("How recent the record is"),
    "responsiveness": _l("How the supplier answers"),
}
SIDES = {
    "need": _l("From the need, in %(language)s"),
    "capability": _l("From the capability, in %(language)s"),
}
# From this share of what two texts could have in common they have much, some, little of it.
MUCH, SOME = 0.25, 0.08
NAMED = 4
WORKING_DAY_HOURS = 9

_QUESTIONS: Mapping[str, Callable[[str], str]] = {
    "category": lambda wanted: gettext("Do you also make this: %(wanted)s?", wanted=wanted),
    "certificate": lambda wanted: gettext(
        "Do you hold %(wanted)s, and until when is it valid?", wanted=wanted
    ),
    "attribute": lambda wanted: gettext("Do you reach this: %(wanted)s?", wanted=wanted),
    "capacity": lambda wanted: gettext("Can you deliver %(wanted)s?", wanted=wanted),
    "market": lambda wanted: gettext("Do you deliver to this market: %(wanted)s?", wanted=wanted),
    "lead_time": lambda wanted: gettext("Can you be ready for this: %(wanted)s?", wanted=wanted),
    "scenario": lambda wanted: gettext("Is it in use for this: %(wanted)s?", wanted=wanted),
}


def verdict(value: Verdict) -> str:
    """A verdict as a word."""
    if value is Verdict.MATCH:
        return pgettext("verdict", "Match")
    return pgettext("verdict", "Gap") if value is Verdict.GAP else pgettext("verdict", "Not known")


def question(line: Criterion) -> str:
    """What to ask the supplier about a criterion that nothing is known of."""
    return _QUESTIONS[line.criterion](str(line.wanted))


def musts(found: Tally) -> str:
    """How the musts stand, in one sentence."""
    if not found.total:
        return gettext("The need names no musts.")
    if found.met == found.total:
        return ngettext("The one must is met.", "All %(num)s musts are met.", found.total)
    return gettext(
        "Of %(total)s musts: met %(met)s, not met %(gaps)s, not known %(unknown)s.",
        **_counts(found),
    )


def wishes(found: Tally) -> str:
    """How the wishes stand."""
    return gettext(
        "Of %(total)s wishes: met %(met)s, not met %(gaps)s, not known %(unknown)s.",
        **_counts(found),
    )


def criteria(hard: Tally, soft: Tally) -> str:
    """Musts and wishes together."""
    if not soft.total:
        return musts(hard)
    return gettext("%(musts)s %(wishes)s", musts=musts(hard), wishes=wishes(soft))


def _counts(found: Tally) -> dict[str, str]:
    numbers = {"total": found.total, "met": found.met}
    open_ones = {"gaps": found.gaps, "unknown": found.unknown}
    return {name: shown(value) for name, value in (numbers | open_ones).items()}


_BRIDGES: Mapping[str, Callable[..., str]] = {
    "same": lambda **said: gettext(
        "“%(asked)s” (%(asked_in)s) and “%(found)s” (%(found_in)s) both mean: %(concept)s", **said
    ),
    "narrower": lambda **said: gettext(
        "“%(found)s” (%(found_in)s) is a kind of “%(asked)s” (%(asked_in)s): %(concept)s", **said
    ),
    "broader": lambda **said: gettext(
        "“%(found)s” (%(found_in)s) is wider than “%(asked)s” (%(asked_in)s): %(concept)s", **said
    ),
    "declared": lambda concept, **_said: gettext(
        "Both records belong to this category: %(concept)s", concept=concept
    ),
    "alike": lambda asked, concept, **_said: gettext(
        "Both texts name “%(word)s”: %(concept)s", word=asked, concept=concept
    ),
}


def concept_name(concept: str) -> str:
    return get_thesaurus().label(concept, i18n.current().tag)


def bridge(reason: Reason) -> str:
    """Which concept joined which words in which languages."""
    asked, found = reason.query, reason.document
    if asked is None or found is None:
        return concept_name(reason.concept)
    alike = reason.relation == "same" and asked.text.casefold() == found.text.casefold()
    return _BRIDGES["alike" if alike else reason.relation](
        asked=asked.text,
        asked_in=i18n.language_name(asked.lang),
        found=found.text,
        found_in=i18n.language_name(found.lang),
        concept=concept_name(reason.concept),
    )


def shared_words(terms: Sequence[str]) -> str:
    return gettext("Both texts contain: %(words)s", words=gettext(", ").join(terms))


def relevance(share: float, concepts: Sequence[str]) -> str:
    """How much the texts have in common, without a figure that nobody could check."""
    named = gettext(", ").join(dict.fromkeys(concept_name(c) for c in concepts[:NAMED]))
    if not named:
        return _unnamed(share)
    if share >= MUCH:
        return gettext("The texts have much in common: %(things)s.", things=named)
    if share >= SOME:
        return gettext("The texts have some things in common: %(things)s.", things=named)
    return gettext("The texts have little in common: %(things)s.", things=named)


def _unnamed(share: float) -> str:
    if share >= SOME:
        return gettext("The texts have words in common, but no term of the trade.")
    return gettext("The texts have hardly anything in common.")


def freshness(day: object) -> str:
    return gettext("The capability was last changed on %(day)s.", day=shown(day))


def responsiveness(answers: Answers) -> str:
    """What is known about the supplier's answers; nothing before there were enough of them."""
    if answers.score is None:
        return ngettext(
            "Fewer than %(num)s inquiry so far: this counts neither for nor against.",
            "Fewer than %(num)s inquiries so far: this counts neither for nor against.",
            ENOUGH_INQUIRIES,
        )
    counts = {"answered": shown(answers.answered), "inquiries": shown(answers.inquiries)}
    if not answers.answered:
        return gettext("Answered none of %(inquiries)s inquiries.", **counts)
    return _answered(answers.hours or 0.0, counts)


def _answered(hours: float, counts: Mapping[str, str]) -> str:
    """Half of the answers come within the median."""
    if hours <= 2 * WORKING_DAY_HOURS:
        return ngettext(
            "Answered %(answered)s of %(inquiries)s inquiries, usually within %(num)s working "
            "hour.",
            "Answered %(answered)s of %(inquiries)s inquiries, usually within %(num)s working "
            "hours.",
            max(1, ceil(hours)),
            **counts,
        )
    return ngettext(
        "Answered %(answered)s of %(inquiries)s inquiries, usually within %(num)s working day.",
        "Answered %(answered)s of %(inquiries)s inquiries, usually within %(num)s working days.",
        ceil(hours / WORKING_DAY_HOURS),
        **counts,
    )
