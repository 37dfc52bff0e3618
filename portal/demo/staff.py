"""How work reaches the people of the demo's desk: teams, languages, absences, rules."""

from datetime import timedelta
from typing import Any

from portal.demo.past import at
from portal.demo.stage import Stage
from portal.service_requests.assignment import services, staff
from portal.service_requests.assignment.choosing import Rule
from portal.service_requests.assignment.staff import ProfileInput

SUPERVISOR = "zhao@base.example"
TESTING, TRADE, MATCHING = "认证与合规", "物流与关务", "对接与市场"
_COMPLIANCE = ("CERT", "QMS", "REG", "CYBER", "BATT", "EXCTL", "IP", "LEGAL")
_MOVEMENT = ("CUST", "LOGI", "TAX", "FIN", "AFTER")
_MEETING = ("MATCH", "MKT", "EXPO", "LANG", "SITE", "TAL")
PEOPLE: dict[str, dict[str, Any]] = {
    "li@base.example": {
        "team": TESTING, "languages": ("zh-Hans", "en"), "services": _COMPLIANCE, "capacity": 18,
    },
    "zhao@base.example": {
        "team": TESTING, "languages": ("zh-Hans", "en", "de"), "capacity": 12,
    },
    "xu@base.example": {
        "team": TRADE, "languages": ("zh-Hans", "en", "pt-BR"), "services": _MOVEMENT,
        "capacity": 15,
    },
    "sun@base.example": {
        "team": MATCHING, "languages": ("zh-Hans", "en", "de", "fr"), "services": _MEETING,
        "capacity": 15,
    },
    "admin@base.example": {"languages": ("zh-Hans", "en"), "takes_new": False, "capacity": 5},
}  # fmt: skip
# Away for some days from now: e-mail address, first day, last day.
ABSENT = ("xu@base.example", 4, 13)


def load(stage: Stage) -> None:
    """Profiles and rules; new requests still wait for a hand until somebody turns that on."""
    actor = stage.actors[SUPERVISOR]
    with at(stage.session, stage.ago(30)):
        for email, given in PEOPLE.items():
            person = stage.actors[email].user_id or ""
            staff.set_profile(stage.session, actor, person, _profile(stage, email, given))
        services.set_rules(stage.session, actor, _rules(stage))


def _profile(stage: Stage, email: str, given: dict[str, Any]) -> ProfileInput:
    name, first, last = ABSENT
    today = stage.now.date()
    away = {"away_from": today + timedelta(days=first), "away_until": today + timedelta(days=last)}
    return ProfileInput(**{"takes_new": True, **given, **(away if email == name else {})})


def _rules(stage: Stage) -> list[Rule]:
    """A customer with an adviser of its own, then by service and market."""
    adviser = stage.actors[SUPERVISOR].user_id or ""
    broker = stage.actors["xu@base.example"].user_id or ""
    return [
        Rule(1, company_id=stage.companies["b01"].id, person_id=adviser),
        Rule(2, service="CERT", team=TESTING),
        Rule(3, service="CUST", market="BR", person_id=broker),
        Rule(4, service="CUST", team=TRADE),
        Rule(5, service="MATCH", team=MATCHING),
    ]
