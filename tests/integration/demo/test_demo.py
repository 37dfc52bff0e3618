"""The demo: what it shows, that it is loaded once, that it stays fresh."""

import datetime
import json
import shutil
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal import migrate
from portal.capabilities.models import Capability
from portal.capabilities.rules import WORKFLOW as CAPABILITY
from portal.cli import cli
from portal.companies.models import Certificate, Company
from portal.core import audit, clock
from portal.core.db import Database
from portal.core.models import Job
from portal.demo import data_files, generate
from portal.inquiries.models import Inquiry, InquiryMessage
from portal.matching.models import Match
from portal.needs.models import Need
from portal.needs.rules import WORKFLOW as NEED
from portal.service_requests.models import ServiceRequest
from portal.test_centre import rules
from portal.test_centre.models import Booking

DAY = datetime.timedelta(days=1)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory) -> Path:
    """An instance folder with the demo, loaded by the command."""
    instance = tmp_path_factory.mktemp("demo")
    database = Database(f"sqlite:///{instance / 'portal.sqlite3'}")
    migrate.upgrade(database)
    database.engine.dispose()
    env = {"PORTAL_INSTANCE": str(instance), "PORTAL_SECRET_KEY": None, "PORTAL_BASE_URL": None}
    result = CliRunner().invoke(cli, ["demo", "load"], env=env)
    assert result.exit_code == 0, result.output
    assert "portal-demo" in result.stdout
    return instance


@pytest.fixture
def demo(loaded, monkeypatch):
    monkeypatch.setenv("PORTAL_INSTANCE", str(loaded))
    monkeypatch.delenv("PORTAL_SECRET_KEY", raising=False)
    database = Database(f"sqlite:///{loaded / 'portal.sqlite3'}")
    with database.reading() as session:
        yield session
    database.engine.dispose()


@pytest.fixture
def run(demo):
    return lambda *words: CliRunner().invoke(cli, list(words))


def _states(session, model) -> Counter:
    rows = session.execute(select(model.state, func.count()).group_by(model.state))
    return Counter(dict(rows.all()))


def test_there_is_enough_to_look_at(demo):
    sellers = select(func.count()).select_from(Company).where(Company.kind != "buyer")
    assert demo.execute(sellers).scalar_one() >= 60
    least = ((Capability, 250), (Need, 60), (Inquiry, 40), (ServiceRequest, 30))
    for model, count in least:
        assert _states(demo, model).total() >= count, model


def test_every_state_is_shown(demo):
    assert {s.name for s in CAPABILITY.states} == set(_states(demo, Capability))
    assert {s.name for s in NEED.states} == set(_states(demo, Need))
    assert {"submitted", "changes_requested", "published"} <= set(_states(demo, Company))


@pytest.mark.parametrize(
    ("name", "model"), [("inquiries", Inquiry), ("service-requests", ServiceRequest)]
)
def test_threads_end_in_the_state_of_their_record(demo, name, model):
    expected = {record["ref"]: record["state"] for record in data_files.read(name)}
    told = select(model.external_ref, model.state).where(model.external_ref.is_not(None))
    assert dict(demo.execute(told).all()) == expected


def test_what_only_fills_the_reports_is_finished(demo):
    booked = select(Booking.request_id)
    past = select(ServiceRequest.state).where(
        ServiceRequest.external_ref.is_(None),
        ServiceRequest.rule_id.is_(None),
        ServiceRequest.id.not_in(booked),
    )
    assert set(demo.scalars(past)) <= {"closed", "cancelled", "rejected"}


def test_the_test_centre_has_work_at_every_stage(demo):
    states = set(_states(demo, Booking))
    assert {*rules.OPEN, "completed", "failed"} - states == {"confirmed"}
    checked = select(Certificate.level).join(Booking, Booking.certificate_id == Certificate.id)
    assert demo.scalars(checked).all() == ["issuer_checked"]


def test_messages_stand_in_their_order_and_in_the_past(demo):
    now = clock.now()
    for inquiry in demo.scalars(select(Inquiry.id)):
        query = select(InquiryMessage.created_at).where(InquiryMessage.inquiry_id == inquiry)
        moments = list(demo.scalars(query.order_by(InquiryMessage.id)))
        assert moments == sorted(moments)
        assert moments[-1] <= now


def test_matches_are_there_and_no_mail_waits(demo):
    assert demo.execute(select(func.count()).select_from(Match)).scalar_one() > 100
    assert not demo.scalars(select(Job.kind).where(Job.kind == "mail.send")).all()


def test_the_audit_trail_is_unbroken(demo):
    assert list(audit.broken_links(demo)) == []


def test_open_needs_can_be_answered(demo):
    deadlines = demo.scalars(select(Need.deadline).where(Need.state == "published"))
    assert all(deadline > clock.now() for deadline in deadlines)


def test_a_second_load_changes_nothing(demo, run, loaded):
    before = _states(demo, Inquiry), (loaded / "index" / "CURRENT").exists()
    result = run("demo", "load")
    assert (result.exit_code, "loaded already" in result.output) == (0, True)
    assert (_states(demo, Inquiry), (loaded / "index" / "CURRENT").exists()) == before


def test_a_lost_index_is_built_again(run, loaded):
    shutil.rmtree(loaded / "index")
    assert run("demo", "load").exit_code == 0
    assert run("index", "check").exit_code == 0


@pytest.mark.parametrize("words", ["Festkörperbatterie", "inverter"])
def test_chinese_offers_are_found_with_other_words(run, words):
    hits = json.loads(run("search", words, "--kind", "capability", "--format", "json").stdout)
    text = json.dumps(hits, ensure_ascii=False)
    assert any("\u4e00" <= sign <= "\u9fff" for sign in text)
    assert "concept" in text


@pytest.mark.parametrize("kind", ["companies", "capabilities", "needs"])
@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_the_whole_demo_survives_export_and_import(run, tmp_path, kind, ending):
    file = tmp_path / f"a.{ending}"
    assert run("export", kind, str(file)).exit_code == 0
    result = run("import", kind, str(file), "--dry-run")
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("kind", ["inquiries", "service-requests"])
@pytest.mark.parametrize("ending", ["jsonl", "csv", "xlsx"])
def test_threads_can_be_exported(run, tmp_path, kind, ending):
    assert run("export", kind, str(tmp_path / f"a.{ending}")).exit_code == 0


def test_dates_move_with_the_day_of_loading():
    later = data_files.WRITTEN_FOR + 100 * DAY
    pairs = zip(data_files.read("needs"), data_files.read("needs", later), strict=True)
    for before, after in pairs:
        if "deadline" in before:
            moved = datetime.datetime.fromisoformat(before["deadline"]) + 100 * DAY
            assert datetime.datetime.fromisoformat(after["deadline"]) == moved
        assert before["texts"] == after["texts"]


def test_the_demo_is_refused_where_a_secret_key_is_set(demo, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("PORTAL_BASE_URL", "https://portal.example")
    result = CliRunner().invoke(cli, ["demo", "load"])
    assert result.exit_code == 1
    assert "PORTAL_SECRET_KEY" in result.stderr


def test_generated_records_depend_on_the_seed_alone():
    def first(seed: int) -> list:
        return [list(records)[:5] for _, records, _ in generate.parts(50, seed)]

    assert first(1) == first(1)
    assert first(1) != first(2)
