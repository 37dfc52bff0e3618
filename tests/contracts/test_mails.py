"""Every mail, in every language: complete, in that language alone, and with its link."""

import re
from pathlib import Path
from typing import Any

import pytest

from portal import paths
from portal.core import i18n, mail
from portal.core.locales import LOCALES, Locale
from tests.conftest import make_settings
from tests.support.handbook import WORKFLOWS

FOLDER = paths.TEMPLATES / "emails"
TEMPLATES = sorted(p.relative_to(FOLDER).with_suffix("").as_posix() for p in FOLDER.rglob("*.txt"))
MOMENT = "2026-03-02T09:30:00+00:00"
# What mails are told, whichever they are; a mail that needs more is added here with its story.
KNOWN: dict[str, Any] = {
    "number": "0042",
    "request": "0041",
    "earlier": "0040",
    "service": "CERT",
    "company": "Werk 1",
    "organisation": "Werk 1",
    "partner": "Werk 2",
    "person": "K. M.",
    "inviter": "K. M.",
    "subject": "0042",
    "parts": [{"subject": "0042", "body": "0043"}],
    "first_reply": "4 h",
    "plan": "3 d",
    "promises": ["0044"],
    "month": "2026-03",
    "limit": 20,
    "due": MOMENT,
    "expires": MOMENT,
    "needs": [{"need": "A", "capability": "B", "path": "/matches", "said": None}],
    "capabilities": [{"need": "A", "capability": "B", "path": "/matches", "said": None}],
}
# What a mail says differently from case to case.
VERIFICATION_STEPS = """
    granted claimed declined change_accepted change_declined appeal_upheld appeal_rejected
    appeal_decided report_upheld report_dismissed expires expires_today dropped withdrawn
"""
CASES: dict[str, list[dict[str, Any]]] = {
    "service_requests/clock": [
        {"clock": clock, "step": step}
        for clock in ("first_reply", "again", "plan")
        for step in ("warning", "breach", "late")
    ],
    "companies/decision": [
        {"step": step} for step in ("publish", "request_changes", "suspend", "restore")
    ],
    "companies/verification": [{"step": step, "days": 30} for step in VERIFICATION_STEPS.split()],
    "capabilities/decided": [{"step": s} for s in ("publish", "request_changes", "suspend")],
    "needs/changed": [{"step": s} for s in ("publish", "request_changes", "expire", "reopen")],
    "disclosure/agreement": [
        {"step": step} for step in ("proposed", "accept", "decline", "withdraw", "end")
    ],
    "mail_in/not_taken": [{"limit": 0}, {"limit": 20}],
    "test_centre/supplier": [
        {"step": step}
        for step in ("offer", "call_samples", "trouble", "moved", "withdraw", "result")
    ],
    "test_centre/desk": [
        {"step": step} for step in ("confirm", "ask_again", "cancel", "announced")
    ],
    "evidence/finding": [
        {"level": level}
        for level in ("document_seen", "issuer_checked", "seen_on_site", "rejected")
    ],
    "evidence/expiry": [{"days": 0}, {"days": 7}],
    "partners/due": [{"due": ""}, {"due": MOMENT}],
}
_WORDS = re.compile(r"[^\W\d_]{2,}.*[^\W\d_]{2,}")


def letter(template: str, case: dict[str, Any], locale: Locale) -> tuple[str, str]:
    """Subject and text of a mail to somebody who reads this language."""
    payload = {
        "to": ["m@werk.example", "K. Meyer", locale.tag, "Europe/Berlin"],
        "template": template,
        "context": {**KNOWN, **case},
        "path": "/somewhere",
        "message_id": "m1",
    }
    message = mail.render(make_settings(Path("/nowhere")), payload)
    return str(message["Subject"]), message.get_content()


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_is_complete_in_every_language(template: str) -> None:
    for case in CASES.get(template, [{}]):
        for locale in LOCALES:
            subject, text = letter(template, case, locale)
            assert subject.strip() and f"/{locale.slug}/somewhere" in text
            for left_over in ("%(", "{{", "{%", "None", "\n\n\n"):
                assert left_over not in subject + text, (locale.tag, left_over)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_mail_speaks_one_language(template: str) -> None:
    """No sentence of it is the same in two languages."""
    for case in CASES.get(template, [{}]):
        said: set[str] = set()
        for locale in LOCALES:
            subject, text = letter(template, case, locale)
            here = {line for line in (subject, *text.splitlines()) if _WORDS.search(line)}
            here = {line for line in here if "http" not in line}
            assert not here & said, (locale.tag, here & said)
            said |= here


@pytest.mark.parametrize("locale", LOCALES, ids=lambda locale: locale.tag)
def test_states_and_steps_have_labels_of_their_own(locale: Locale) -> None:
    """Two states that one reader may see never look the same; neither do two buttons."""
    with i18n.use_locale(locale.tag):
        for flow in WORKFLOWS:
            for staff in (True, False):
                labels = [str(state.shown(staff)).strip() for state in flow.states]
                assert all(labels), flow.name
                assert not staff or len(set(labels)) == len(labels), (flow.name, labels)
            for step in flow.transitions:
                assert str(step.label).strip(), (flow.name, step.name)
