"""Every state × transition × party against a table written by hand."""

from types import SimpleNamespace

import pytest

from portal.core.access import Actor
from portal.inquiries.rules import NEXT_STEPS, STEP_LABELS, WORKFLOW, language_of

STATES = [
    *("sent", "seen", "need_more_info", "answered"),
    *("interested", "in_talks", "declined", "withdrawn"),
]
# transition: {party: states from which it may be taken}
ALLOWED = {
    "see": {"supplier": "sent", "supplier viewer": "sent"},
    "show_interest": {"supplier": "seen need_more_info answered"},
    "ask_more": {"supplier": "seen answered"},
    "decline": {"supplier": "seen need_more_info answered interested"},
    "answer": {"buyer": "need_more_info"},
    "start_talks": {"buyer": "interested"},
    "withdraw": {"buyer": "sent seen need_more_info answered interested"},
}
ACTORS = {
    "buyer": Actor(user_id="1", role="editor", org_id="b", org_kind="buyer"),
    "buyer viewer": Actor(user_id="2", role="viewer", org_id="b", org_kind="buyer"),
    "supplier": Actor(user_id="3", role="owner", org_id="s", org_kind="supplier"),
    "supplier viewer": Actor(user_id="4", role="viewer", org_id="s", org_kind="supplier"),
    "stranger": Actor(user_id="5", role="owner", org_id="x", org_kind="both"),
    "staff": Actor(user_id="6", role="administrator"),
    "visitor": Actor(),
}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("party", ACTORS)
def test_only_the_steps_of_the_table_are_possible(state: str, party: str) -> None:
    inquiry = SimpleNamespace(id="i", state=state, version=1, buyer_id="b", supplier_id="s")
    for transition in WORKFLOW.transitions:
        expected = state in ALLOWED[transition.name].get(party, "").split()
        assert WORKFLOW.can(transition.name, inquiry, ACTORS[party]) is expected, transition.name


def test_the_table_names_every_state_and_step() -> None:
    assert [s.name for s in WORKFLOW.states] == STATES
    assert {t.name for t in WORKFLOW.transitions} == set(ALLOWED) == set(STEP_LABELS)


def test_every_state_says_what_happens_next() -> None:
    missing = {(s, side) for s in STATES for side in ("buyer", "supplier")} - set(NEXT_STEPS)
    assert missing == {("sent", "supplier")}  # opening it makes it seen


@pytest.mark.parametrize(
    ("text", "chosen", "expected"),
    [
        ("请先提供接口章节和年用量", "en", "zh-Hans"),
        ("Meyer女士您好：可提供B样20台", "de", "zh-Hans"),
        ("接口を教えてください", "ja", "ja"),
        ("Bitte um Angebot für 主驱逆变器, 60 000 Stück pro Jahr", "de", "de"),
        ("", "en", "en"),
    ],
)
def test_chinese_is_never_taken_for_a_latin_language(text: str, chosen: str, expected: str) -> None:
    assert language_of(text, chosen) == expected
