"""Requests that belong together, people who watch, thanks, and many at once with a way back."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from portal.accounts.models import Notice
from portal.core import clock
from portal.core.db import Database
from portal.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from portal.core.models import AuditEvent
from portal.core.texts import Words
from portal.service_requests import bulk, queries, services, timeline
from portal.service_requests.bulk import BulkInput
from portal.service_requests.models import RequestEntry, RequestPause, ServiceRequest, StaffProfile
from portal.service_requests.services import SplitInput
from tests.support.client import Browser
from tests.web.service_requests.acts import HOUR, MONDAY, Desk, desk, words

DAY = timedelta(days=1)


def solved(d: Desk) -> ServiceRequest:
    request = d.ask()
    d.begin(request)
    d.do("li", request, "resolve", "done")
    return request


def actions(d: Desk) -> list[str]:
    return list(d.session.scalars(select(AuditEvent.action).order_by(AuditEvent.seq)))


def test_thanks_are_kept_and_open_nothing(database: Database) -> None:
    with desk(database) as d:
        request = solved(d)
        services.reply(d.session, d.actor("meyer"), request.id, words("Vielen Dank!"))
        assert request.state == "resolved"
        services.reply(
            d.session, d.actor("meyer"), request.id, words("Ich bin im Urlaub."), automatic=True
        )
        assert request.state == "resolved"
        said = [e.body for e in queries.entries(d.session, d.actor("meyer"), request)]
        assert "Vielen Dank!" in said and "Ich bin im Urlaub." in said
        services.reply(d.session, d.actor("meyer"), request.id, words("Es fehlt eine Seite."))
        assert request.state == "reopened"


def test_after_thirty_days_a_linked_request_follows(database: Database) -> None:
    with desk(database) as d:
        request = solved(d)
        with pytest.raises(Conflict):
            services.follow_up(d.session, d.actor("meyer"), request.id, words("Noch etwas"))
    with desk(database, MONDAY + 31 * DAY) as d:
        meyer = d.actor("meyer")
        thanks = services.reply(d.session, meyer, request.id, words("Vielen Dank!"))
        assert thanks.request_id == request.id
        said = services.reply(d.session, meyer, request.id, words("Es fehlt eine Seite.", "de"))
        made = d.find(said.request_id)
        assert d.find(request.id).state == "resolved" and made.id != request.id
        assert made.description == "Es fehlt eine Seite."
        assert made.follows_id == request.id and made.state == "new"
        assert (made.service, made.company_id) == (request.service, request.company_id)
        assert made.next_due is not None
        (relation,) = queries.related(d.session, meyer, d.find(request.id))
        assert (relation.kind, relation.request.id) == ("followed_by", made.id)
        with pytest.raises(NotFound):
            services.follow_up(d.session, d.actor("smith"), request.id, words("x"))


def test_a_merged_request_goes_on_in_the_other(database: Database) -> None:
    with desk(database) as d:
        li, meyer = d.actor("li"), d.actor("meyer")
        one, two = d.ask(title="Eins"), d.ask(title="Zwei")
        services.watch(d.session, d.actor("schulz"), one.id)
        services.reply(d.session, meyer, one.id, words("Zur Eins."))
        assert services.merge(d.session, li, one.id, two.reference).id == two.id
        assert one.state == "closed" and one.merged_into_id == two.id and one.next_due is None
        entries = queries.entries(d.session, meyer, two)
        (line,) = [entry for entry in entries if entry.body == "Zur Eins."]
        assert line.request.reference == one.reference
        titles = [timeline.title(entry, staff=False) for entry in entries]
        assert f"{one.reference} was merged into this request" in titles
        assert f"Goes on as part of {two.reference}" in titles
        later = services.reply(d.session, meyer, one.id, words("Noch etwas."))
        assert later.request_id == two.id
        assert d.actor("schulz").user_id in {u.id for u in queries.watchers(d.session, two)}
        kinds = d.session.scalars(select(Notice.kind).where(Notice.user_id == meyer.user_id))
        assert "request.merged" in set(kinds)
        three = d.ask(title="Drei")
        services.merge(d.session, li, two.id, three.id)
        d.session.refresh(one)
        assert one.merged_into_id == three.id


def test_what_cannot_be_merged(database: Database) -> None:
    with desk(database) as d:
        one, foreign = d.ask("meyer"), d.ask("wang")
        li = d.actor("li")
        for into in (one.id, foreign.id):
            with pytest.raises(Invalid):
                services.merge(d.session, li, one.id, into)
        with pytest.raises(NotFound):
            services.merge(d.session, li, one.id, "SR-99999")
        with pytest.raises(NotFound):
            services.merge(d.session, d.actor("meyer"), one.id, foreign.id)
        ended = solved(d)
        with pytest.raises(Conflict):
            services.merge(d.session, li, one.id, ended.id)


def test_lines_become_a_request_of_their_own(database: Database) -> None:
    with desk(database) as d:
        li, meyer = d.actor("li"), d.actor("meyer")
        request = d.ask()
        said = services.reply(d.session, meyer, request.id, Words("Und der Zoll?", "de"))
        inside = services.note(d.session, li, request.id, words("only us"))
        chosen = SplitInput("Zoll", [said.id, inside.id], "LOGI")
        made = services.split(d.session, li, request.id, chosen)
        assert made.split_from_id == request.id and made.description == "Und der Zoll?"
        assert made.service == "LOGI" and made.requester_id == meyer.user_id
        theirs = [e.body for e in queries.entries(d.session, meyer, made) if e.event is None]
        ours = [e.body for e in queries.entries(d.session, li, made) if e.event is None]
        assert theirs == ["Und der Zoll?"] and set(ours) == {"Und der Zoll?", "only us"}
        assert said.request_id == request.id
        for bad in (SplitInput("", [said.id]), SplitInput("x", []), SplitInput("x", ["absent"])):
            with pytest.raises(Invalid):
                services.split(d.session, li, request.id, bad)


def test_links_are_seen_from_both_ends_and_only_where_both_may_be(database: Database) -> None:
    with desk(database) as d:
        li, one, two = d.actor("li"), d.ask("meyer"), d.ask("wang")
        services.link(d.session, li, one.id, two.reference)
        services.link(d.session, li, two.id, one.id)
        assert [r.request.id for r in queries.related(d.session, li, one)] == [two.id]
        assert [r.request.id for r in queries.related(d.session, li, two)] == [one.id]
        meyer = d.actor("meyer")
        assert queries.related(d.session, meyer, one) == []
        assert all(e.event != "linked" for e in queries.entries(d.session, meyer, one))
        services.unlink(d.session, li, two.id, one.id)
        assert queries.related(d.session, li, one) == []
        with pytest.raises(NotFound):
            services.unlink(d.session, li, two.id, one.id)
        assert actions(d).count("service_request.linked") == 2


def test_watchers_get_the_news(database: Database, mails: Callable[[], list[str]]) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request, "li")
        services.watch(d.session, d.actor("schulz"), request.id)
        services.watch(d.session, d.actor("zhao"), request.id)
        with pytest.raises(NotFound):
            services.watch(d.session, d.actor("smith"), request.id)
        services.reply(d.session, d.actor("li"), request.id, words("SECRET-BODY"))
        services.reply(d.session, d.actor("meyer"), request.id, words("ok"))
        services.note(d.session, d.actor("li"), request.id, words("SECRET-NOTE"))
        zhao = d.actor("zhao").user_id
        kinds = set(d.session.scalars(select(Notice.kind).where(Notice.user_id == zhao)))
        assert {"desk.reply", "desk.watched.reply", "desk.watched.note"} <= kinds
    sent = mails()
    assert any("schulz@" in mail for mail in sent) and any("zhao@" in mail for mail in sent)
    assert not any("SECRET" in mail for mail in sent)
    with desk(database) as d:
        services.unwatch(d.session, d.actor("schulz"), request.id)
        assert [u.name for u in queries.watchers(d.session, request)] == ["Zhao"]


def test_many_at_once_and_back(database: Database) -> None:
    with desk(database) as d:
        li, zhao = d.actor("li"), d.actor("zhao")
        rows = [d.ask(title=str(n)) for n in range(3)]
        ended = d.ask()
        d.do("meyer", ended, "cancel")
        ids = [row.id for row in (*rows, ended)]
        result = bulk.apply(d.session, zhao, BulkInput("assign", ids, li.user_id or ""))
        assert set(result.done) == {row.id for row in rows}
        assert [refusal.reference for refusal in result.refused] == [ended.reference]
        assert all(row.state == "assigned" for row in rows)
    with desk(database, MONDAY + HOUR) as d:
        d.do("li", rows[1], "start")
    with desk(database, MONDAY + HOUR) as d, pytest.raises(NotFound):
        bulk.undo(d.session, d.actor("li"), result.change_id or "")
    with desk(database, MONDAY + timedelta(seconds=40)) as d:
        back = bulk.undo(d.session, d.actor("zhao"), result.change_id or "")
        assert set(back.done) == {rows[0].id, rows[2].id}
        (kept,) = back.refused
        assert kept.reference == rows[1].reference and "Li has changed" in kept.reason
        found = d.find(rows[0].id)
        assert found.state == "new" and found.assignee_id is None
        assert d.find(rows[1].id).state == "in_progress"
        with pytest.raises(Conflict):
            bulk.undo(d.session, d.actor("zhao"), result.change_id or "")


def test_a_taken_back_step_lets_the_pause_go_on(database: Database) -> None:
    with desk(database) as d:
        request = d.ask()
        d.begin(request)
        d.do("li", request, "ask_customer", "which?")
    with desk(database, MONDAY + HOUR) as d:
        result = bulk.apply(d.session, d.actor("li"), BulkInput("move", [request.id], "resume"))
        assert d.find(request.id).plan_due is not None
        bulk.undo(d.session, d.actor("li"), result.change_id or "")
        found = d.find(request.id)
        assert found.state == "waiting_customer" and found.plan_due is None
        (pause,) = d.session.scalars(select(RequestPause))
        assert pause.ended_at is None


@pytest.mark.parametrize(
    ("action", "value", "seen"),
    [("priority", "P1", "P1"), ("team", "customs", "customs"), ("move", "triage", "triaged")],
)
def test_each_bulk_action(database: Database, action: str, value: str, seen: str) -> None:
    with desk(database) as d:
        li, request = d.actor("li"), d.ask()
        d.session.add(StaffProfile(user_id=li.user_id, team="customs"))
        d.session.flush()
        bulk.apply(d.session, li, BulkInput(action, [request.id], value))
        assert seen in (request.priority, request.team, request.state)
        assert "service_request.bulk" in actions(d)


def test_what_cannot_be_done_with_many(database: Database) -> None:
    with desk(database) as d:
        li, request = d.actor("li"), d.ask()
        for action, ids in (("nonsense", [request.id]), ("priority", [])):
            with pytest.raises(Invalid):
                bulk.apply(d.session, li, BulkInput(action, ids, "P1"))
        with pytest.raises(Forbidden):
            bulk.apply(d.session, d.actor("meyer"), BulkInput("priority", [request.id], "P1"))
        for action, value in (("move", "reject"), ("close", ""), ("assign", "nobody")):
            result = bulk.apply(d.session, li, BulkInput(action, [request.id], value))
            assert result.done == () and result.refused[0].reason and result.change_id is None
    with desk(database, MONDAY + 8 * DAY) as d:
        li = d.actor("li")
        result = bulk.apply(d.session, li, BulkInput("priority", [request.id], "P1"))
    with desk(database, MONDAY + 9 * DAY) as d, pytest.raises(Conflict):
        bulk.undo(d.session, d.actor("li"), result.change_id or "")


def test_each_verb_leaves_an_audit_event_and_a_refused_one_nothing(database: Database) -> None:
    def state(d: Desk) -> tuple[int, ...]:
        tables = (AuditEvent, RequestEntry, ServiceRequest, Notice)
        return tuple(d.session.scalar(select(func.count()).select_from(t)) or 0 for t in tables)

    with desk(database) as d:
        request = d.ask()
        li = d.actor("li")
        verbs: dict[str, Callable[[], object]] = {
            "set_priority": lambda: services.set_priority(d.session, li, request.id, "P2"),
            "set_service": lambda: services.set_service(d.session, li, request.id, "LOGI"),
            "give_plan": lambda: services.give_plan(
                d.session, li, request.id, "proposal", words("here")
            ),
            "note": lambda: services.note(d.session, li, request.id, words("x")),
            "watch": lambda: services.watch(d.session, li, request.id),
            "unwatch": lambda: services.unwatch(d.session, li, request.id),
            "reply": lambda: services.reply(d.session, li, request.id, words("x")),
        }
        for name, verb in verbs.items():
            before = len(actions(d))
            verb()
            assert len(actions(d)) > before, name
    with desk(database) as d:
        before, stale = state(d), d.find(request.id).version - 1
        refused: list[Callable[[], object]] = [
            lambda: services.set_priority(d.session, d.actor("li"), request.id, "P1", stale),
            lambda: services.set_service(d.session, d.actor("li"), request.id, "CUST", stale),
            lambda: services.give_plan(d.session, d.actor("li"), request.id, "x", words("x")),
            lambda: services.merge(d.session, d.actor("li"), request.id, request.id),
            lambda: services.set_team(d.session, d.actor("li"), request.id, "unknown"),
        ]
        for act in refused:
            with pytest.raises(DomainError):
                act()
        assert state(d) == before


def test_the_page_of_an_ended_request_offers_to_follow_it(
    browser: Callable[..., Browser], database: Database
) -> None:
    with desk(database, clock.now() - 40 * DAY) as d:
        request = solved(d)
    meyer = browser("meyer", "en")
    path = f"/service-requests/{request.id}"
    assert "Send as a new request" in meyer.get(path)
    late = {"do": "follow_up", "reply": "Noch eine Seite fehlt."}
    answer = meyer.post(path, {**late, "attachment": (io.BytesIO(b"Seite 3"), "seite.txt")})
    assert answer.status == 303 and not answer.location.endswith(request.id)
    made = meyer.get(answer.location)
    assert "Noch eine Seite fehlt." in made and request.reference in made
    assert "seite.txt" in made
    assert "We reply by" in made
    with desk(database, clock.now()) as d:
        other = d.ask(words=words("Die erste Frage der anderen.", "de"))
        services.merge(d.session, d.actor("li"), other.id, answer.location.rsplit("/", 1)[1])
    assert "Die erste Frage der anderen." in meyer.get(answer.location)
    assert "Goes on as" in meyer.get(f"/service-requests/{other.id}")
    led = meyer.post(f"/service-requests/{other.id}", {"do": "reply", "reply": "Hier weiter."})
    assert led.location == answer.location
