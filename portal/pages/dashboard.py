"""What the dashboard shows to a member of an organisation and to the base's staff."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from portal.capabilities.models import Capability
from portal.capabilities.rules import WORKFLOW as CAPABILITY
from portal.companies import queries as companies
from portal.companies import rules as company_rules
from portal.companies.models import Company
from portal.core.access import Actor, Permission
from portal.core.i18n import gettext
from portal.core.workflow import Workflow
from portal.inquiries import queries as inquiries
from portal.inquiries import rules as inquiry_rules
from portal.needs.models import Need
from portal.needs.rules import WORKFLOW as NEED
from portal.pages import happenings, queries
from portal.service_requests import queries as requests
from portal.service_requests.models import ServiceRequest


@dataclass(frozen=True)
class Stat:
    """A figure that leads to its list."""

    label: str
    value: int
    url: str
    tone: str = "neutral"


@dataclass(frozen=True)
class StateCount:
    """How many items are in a state."""

    label: str
    tone: str
    count: int
    url: str


@dataclass(frozen=True)
class Block:
    """A list of states of one kind of item, with what to say when there are none."""

    title: str
    url: str
    states: list[StateCount]
    empty: str
    new_url: str = ""
    new_label: str = ""


@dataclass(frozen=True)
class Step:
    """One line of the checklist."""

    label: str
    text: str
    state: str
    url: str | None


@dataclass(frozen=True)
class Member:
    """The dashboard of a supplier or buyer."""

    stats: list[Stat]
    blocks: list[Block]
    steps: list[Step]
    done: int
    missing: list[Any] = field(default_factory=list)
    profile_done: int = 0
    profile_total: int = 0
    notices: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class _Found:
    """What was read for a member, once."""

    company: Company | None
    capabilities: Mapping[str, int]
    needs: Mapping[str, int]
    matches: queries.NewMatches
    inquiries: Mapping[str, Mapping[str, int]]
    requests: dict[str, int]

    def turns(self, box: str) -> int:
        """Inquiries of a box in which the next word is the reader's."""
        side = inquiry_rules.BUYER if box == "sent" else inquiry_rules.SUPPLIER
        return sum(self.inquiries[box].get(state, 0) for state in inquiry_rules.TURN[side])


def member(session: Session, actor: Actor) -> Member:
    """The dashboard of a member; what the role may not do has no link."""
    capabilities, needs, requests = companies.own_states(
        session, actor, Capability, Need, ServiceRequest
    )
    found = _Found(
        company=companies.own(session, actor),
        capabilities=capabilities,
        needs=needs,
        matches=queries.new_matches(session, actor),
        inquiries=inquiries.state_counts(session, actor),
        requests=requests,
    )
    steps = _steps(actor, found)
    missing = company_rules.missing(found.company) if found.company else []
    total = len(company_rules.CHECKLIST)
    return Member(
        stats=_stats(actor, found),
        blocks=_blocks(actor, found),
        steps=steps,
        done=sum(step.state == "done" for step in steps),
        missing=missing if found.company else list(company_rules.CHECKLIST),
        profile_done=total - len(missing) if found.company else 0,
        profile_total=total,
        notices=queries.latest_notices(session, actor),
    )


def _stats(actor: Actor, found: _Found) -> list[Stat]:
    matches = found.matches.for_needs + (found.matches.for_capabilities if actor.sells else 0)
    answer = found.turns("received")
    stats = [Stat(gettext("New matches"), matches, url_for("matching.overview"))]
    if actor.sells:
        tone = "warning" if answer else "neutral"
        url = url_for("inquiries.overview", box="received")
        stats.append(Stat(gettext("Inquiries to answer"), answer, url, tone))
    url = url_for("inquiries.overview", box="sent")
    stats.append(Stat(gettext("Answers waiting for you"), found.turns("sent"), url))
    waiting = queries.open_requests(found.requests)
    url = url_for("service_requests.overview")
    stats.append(Stat(gettext("Open service requests"), waiting, url))
    return stats


def _states(workflow: Workflow, counts: Mapping[str, int], endpoint: str) -> list[StateCount]:
    return [
        StateCount(
            str(state.shown(staff=False)),
            state.tone,
            counts[state.name],
            url_for(endpoint, state=state.name),
        )
        for state in workflow.states
        if counts.get(state.name)
    ]


def _blocks(actor: Actor, found: _Found) -> list[Block]:
    blocks = []
    if actor.sells:
        blocks.append(_capabilities(actor, found))
    if actor.buys or found.needs:
        blocks.append(_needs(actor, found))
    return blocks


def _capabilities(actor: Actor, found: _Found) -> Block:
    may = actor.may(Permission.CAPABILITY_EDIT)
    return Block(
        gettext("Capabilities"),
        url_for("capabilities.overview"),
        _states(CAPABILITY, found.capabilities, "capabilities.overview"),
        gettext("No capability yet. Buyers search by capabilities, not by company names."),
        url_for("capabilities.new") if may else "",
        gettext("New capability"),
    )


def _needs(actor: Actor, found: _Found) -> Block:
    may = actor.may(Permission.NEED_EDIT)
    return Block(
        gettext("Needs"),
        url_for("needs.overview"),
        _states(NEED, found.needs, "needs.overview"),
        gettext("No need yet. A published need is compared with every capability."),
        url_for("needs.new") if may else "",
        gettext("New need"),
    )


def _steps(actor: Actor, found: _Found) -> list[Step]:
    """The checklist: what is done, what comes now, what follows."""
    rows = [_profile_step(found.company)]
    rows += _seller_steps(found) if actor.sells else _buyer_steps(found)
    steps: list[Step] = []
    current = False
    for permission, endpoint, label, text, done in rows:
        state = "done" if done else "todo" if current else "current"
        current = current or not done
        url = url_for(endpoint) if endpoint and actor.may(permission) else None
        steps.append(Step(label, "" if done else text, state, url))
    return steps


_Row = tuple[Permission, str, str, str, bool]


def _profile_step(company: Company | None) -> _Row:
    waits = company is not None and company.state == "submitted"
    text = (
        gettext("The base is checking your profile. You hear from us when it is published.")
        if waits
        else gettext("Say who you are; the base checks and publishes it.")
    )
    published = company is not None and company.published_at is not None
    label = gettext("Company profile published")
    return (Permission.COMPANY_EDIT, "companies.overview", label, text, published)


def _seller_steps(found: _Found) -> list[_Row]:
    received = sum(found.inquiries["received"].values())
    return [
        (
            Permission.CAPABILITY_EDIT,
            "capabilities.overview",
            gettext("First capability written"),
            gettext("Chinese is enough: buyers find it in their own language."),
            bool(found.capabilities),
        ),
        (
            Permission.CAPABILITY_EDIT,
            "capabilities.overview",
            gettext("First capability published"),
            gettext("Submit it; the base reads it and puts it online."),
            bool(found.capabilities.get("published")),
        ),
        (
            Permission.MATCH_VIEW,
            "matching.overview",
            gettext("First inquiry received"),
            gettext("Meanwhile look at the needs that fit you and close the gaps they name."),
            received > 0,
        ),
        (
            Permission.INQUIRY_WRITE,
            "inquiries.overview",
            gettext("All inquiries answered"),
            gettext("A quick answer, even a no with a reason, is what buyers remember."),
            received > 0 and not found.turns("received"),
        ),
    ]


def _buyer_steps(found: _Found) -> list[_Row]:
    written = sum(found.needs.values())
    online = written - found.needs.get("draft", 0) - found.needs.get("submitted", 0)
    sent = found.inquiries["sent"]
    return [
        (
            Permission.NEED_EDIT,
            "needs.overview",
            gettext("First need written"),
            gettext("Quantity per year, start of production, place and certificates."),
            written > 0,
        ),
        (
            Permission.NEED_EDIT,
            "needs.overview",
            gettext("First need published"),
            gettext("Submit it; the base reads it and the matching starts."),
            online > 0,
        ),
        (
            Permission.MATCH_VIEW,
            "matching.overview",
            gettext("First inquiry sent"),
            gettext("Open the matches of your need, see why they fit, and ask."),
            bool(sent),
        ),
        (
            Permission.INQUIRY_WRITE,
            "inquiries.overview",
            gettext("Talks started with a supplier"),
            gettext("When a supplier is interested, confirm it in the thread."),
            bool(sent.get("in_talks")),
        ),
    ]


@dataclass(frozen=True)
class Staff:
    """The dashboard of the base."""

    stats: list[Stat]
    reviews: list[StateCount]
    happenings: list[happenings.Happening]


def staff(session: Session, actor: Actor) -> Staff:
    """The dashboard of a staff member."""
    waiting = queries.waiting_reviews(session)
    queue = requests.queue_counts(session, actor)
    names = {
        "company": gettext("Company profiles"),
        "capability": gettext("Capabilities"),
        "need": gettext("Needs"),
    }
    return Staff(
        stats=_staff_stats(waiting, queue),
        reviews=[
            StateCount(names[kind], "accent", count, url_for("desk.reviews", kind=kind))
            for kind, count in waiting.items()
            if count
        ],
        happenings=happenings.latest(session),
    )


def _staff_stats(waiting: Mapping[str, int], queue: Mapping[str, int]) -> list[Stat]:
    reviews = sum(waiting.values())
    unassigned = queue["none"]
    desk = "desk.queue"
    return [
        Stat(gettext("Reviews waiting"), reviews, url_for("desk.reviews"), _warns(reviews)),
        Stat(
            gettext("Requests without an adviser"),
            unassigned,
            url_for(desk, assignee="none"),
            _warns(unassigned),
        ),
        Stat(gettext("My requests"), queue["mine"], url_for(desk, assignee="mine")),
        Stat(gettext("All open requests"), queue["all"], url_for(desk)),
    ]


def _warns(count: int) -> str:
    return "warning" if count else "neutral"
