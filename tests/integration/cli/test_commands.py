"""Every command: what it does, and that rubbish ends in one plain line."""

import json
import sqlite3
import tarfile
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.accounts.models import User
from portal.core.models import AuditEvent, Job
from portal.thesaurus.store import DATA, Thesaurus, get_thesaurus

RUBBISH = "rubbish\u2028\u0000ÿ"
USAGE = [
    ("nonsense",),
    ("import",),
    ("import", "things", "a.jsonl"),
    ("import", "needs", "no-such-file.jsonl"),
    ("import", "needs", "."),
    ("export", "needs"),
    ("demo", "load", "--size", "huge"),
    ("demo", "load", "--seed", "x"),
    ("serve", "--port", "0"),
    ("serve", "--workers", "none"),
    ("users", "create", "--role", "agent"),
    ("users", "create", "--email", "a@b.example", "--role", "king"),
    ("jobs", "run", "--twice"),
    ("search",),
    ("search", "x", "--filter", "colour=red"),
    ("search", "x", "--limit", "0"),
    ("match", "need"),
    ("thesaurus", "import", "a.ttl"),
    ("thesaurus", "check", "no-such-folder"),
    ("bench", "--suppliers", "-1"),
    ("backup", "restore", "no-such-file.tar"),
    ("relevance", "score", "a", "b"),
    ("index", "burn"),
]
FAILURES = [
    ("import", "needs", "{file}"),
    ("import", "needs", "{xlsx}"),
    ("import", "needs", "{txt}"),
    ("export", "needs", "{folder}/missing/a.jsonl"),
    ("export", "needs", "{folder}/a.pdf"),
    ("match", "need", "no-such-need"),
    ("match", "need", "{json}"),
    ("match", "capability", "no-such-file.json"),
    ("thesaurus", "import", "{file}", "{folder}/out"),
    ("thesaurus", "import", "{txt}", "{folder}/out"),
    ("thesaurus", "import", "{ttl}", "{folder}/out"),
    ("backup", "restore", "{file}"),
    ("users", "create", "--email", "no address", "--role", "agent"),
    ("users", "create", "--email", "a@b.example", "--role", "owner"),
    ("users", "create", "--email", "a@b.example", "--role", "owner", "--company", "nobody"),
    ("users", "create", "--email", "a@b.example", "--role", "agent", "--locale", "xx-yy"),
    ("serve", "--host", "0.0.0.0"),
    ("serve", "--host", "no such host"),
    ("search", "x", "--locale", "qq"),
]


@pytest.fixture
def places(tmp_path: Path) -> dict[str, Path]:
    found = {"folder": tmp_path}
    for ending in ("jsonl", "xlsx", "txt", "json", "ttl"):
        path = tmp_path / f"rubbish.{ending}"
        path.write_text(RUBBISH, "utf-8")
        found["file" if ending == "jsonl" else ending] = path
    return found


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(portal, words):
    result = portal(*words)
    assert result.exit_code == 2, result.output
    assert result.stderr.strip()


@pytest.mark.parametrize("words", FAILURES, ids=" ".join)
def test_a_failure_ends_with_1_and_one_plain_line(portal, places, words):
    result = portal(*(word.format(**places) for word in words))
    assert result.exit_code == 1, result.output
    assert result.stderr.strip().split("\n")[-1].startswith(("portal: ", "Error: "))


def test_without_a_database_every_command_says_what_to_do(portal, instance):
    (instance / "portal.sqlite3").unlink()
    for words in (("demo", "load"), ("export", "needs", "a.jsonl"), ("serve",), ("doctor",)):
        result = portal(*words)
        assert result.exit_code == 1
        assert "portal db upgrade" in result.output


def test_a_setting_that_is_wrong_is_named(portal, monkeypatch):
    monkeypatch.setenv("PORTAL_MAIL_URL", "http://mail")
    result = portal("doctor")
    assert (result.exit_code, "PORTAL_MAIL_URL" in result.stderr) == (1, True)


def test_staff_accounts_are_made_with_a_link_to_choose_a_password(portal, database):
    words = ("--email", "New.Agent@Base.Example", "--role", "agent", "--name", "Neu")
    assert portal("users", "create", *words).exit_code == 0
    with database.reading() as session:
        user = session.scalars(select(User).where(User.email == "new.agent@base.example")).one()
        assert (user.staff_role, user.name) == ("agent", "Neu")
        assert session.scalars(select(Job.kind).where(Job.kind == "mail.send")).all()
    again = portal("users", "create", *words)
    assert (again.exit_code, "exists" in again.stderr) == (1, True)


def test_members_need_their_company(portal, people):
    company = people["meyer"].org_id
    words = ("users", "create", "--email", "x@oem.example", "--role", "editor")
    assert portal(*words, "--company", company).exit_code == 0


def test_jobs_run_once_works_off_what_waits(portal, database):
    portal("users", "create", "--email", "y@base.example", "--role", "agent")
    assert portal("jobs", "run", "--once").exit_code == 0
    with database.reading() as session:
        assert not session.scalars(select(Job).where(Job.finished_at.is_(None))).all()


def test_the_thesaurus_survives_turtle(portal, tmp_path):
    assert portal("thesaurus", "check").exit_code == 0
    turtle, folder = tmp_path / "a.ttl", tmp_path / "out"
    assert portal("thesaurus", "export", turtle).exit_code == 0
    result = portal("thesaurus", "import", turtle, folder)
    assert result.exit_code == 0, result.output
    again = Thesaurus.load(folder)
    assert again.concepts == get_thesaurus().concepts
    assert again.attributes == get_thesaurus().attributes


def test_concepts_of_a_data_file_are_checked_before_they_are_taken(portal, tmp_path):
    source = sorted((DATA / "concepts").glob("*.jsonl"))[0]
    first = source.read_text("utf-8").split("\n")[0]
    broken = json.dumps({**json.loads(first), "broader": ["no-such-concept"]})
    file = tmp_path / "a.jsonl"
    file.write_text(broken + "\n", "utf-8")
    result = portal("thesaurus", "import", file, tmp_path / "out")
    assert (result.exit_code, "no-such-concept" in result.stderr) == (1, True)


def test_the_doctor_sees_a_tampered_audit_trail(portal, database, tmp_path):
    record = {"ref": "c1", "names": {"en": "Test Works Ltd."}}
    (tmp_path / "c.jsonl").write_text(json.dumps(record), "utf-8")
    assert portal("import", "companies", tmp_path / "c.jsonl").exit_code == 0
    portal("jobs", "run", "--once")
    portal("index", "rebuild")
    assert portal("doctor", "--audit").exit_code == 0
    with database.transaction() as session:
        seq = session.scalars(select(AuditEvent.seq).limit(1)).first()
        session.execute(text("UPDATE audit_event SET action = 'x' WHERE seq = :seq"), {"seq": seq})
    result = portal("doctor", "--audit")
    assert (result.exit_code, "broken links" in result.stdout) == (1, True)


def test_the_doctor_masks_secrets(portal, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "very-secret-" * 4)
    monkeypatch.setenv("PORTAL_BASE_URL", "https://portal.example")
    monkeypatch.setenv("PORTAL_MAIL_URL", "smtps://user:hidden-word@mail.example")
    output = portal("doctor").output
    assert "very-secret" not in output
    assert "hidden-word" not in output
    assert "smtps://user:***@mail.example" in output


@pytest.fixture
def backup(portal, instance, tmp_path) -> Path:
    from portal.core.files import FileStore

    FileStore(instance / "files").put(b"drawing")
    file = tmp_path / "backup.tar"
    assert portal("backup", "create", file).exit_code == 0
    assert file.stat().st_mode & 0o077 == 0
    return file


def _rows(path: Path) -> list:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT * FROM user_account ORDER BY id").fetchall()


def test_a_backup_is_restored_elsewhere(portal, backup, instance, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path / "other"))
    assert portal("backup", "restore", backup).exit_code == 0
    other = tmp_path / "other"
    assert _rows(other / "portal.sqlite3") == _rows(instance / "portal.sqlite3")
    assert [p.read_bytes() for p in (other / "files").glob("??/*")] == [b"drawing"]
    assert portal("index", "rebuild").exit_code == 0
    assert portal("doctor").exit_code == 0


def test_a_backup_never_overwrites_a_database(portal, backup):
    result = portal("backup", "restore", backup)
    assert (result.exit_code, "exists" in result.stderr) == (1, True)


def test_a_damaged_backup_changes_nothing(portal, backup, tmp_path, monkeypatch):
    content = bytearray(backup.read_bytes())
    content[content.index(b"drawing")] ^= 1
    backup.write_bytes(content)
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path / "other"))
    result = portal("backup", "restore", backup)
    assert (result.exit_code, "damaged" in result.stderr) == (1, True)
    assert not (tmp_path / "other" / "portal.sqlite3").exists()


def test_a_backup_cannot_write_outside_the_instance(portal, tmp_path, monkeypatch):
    evil = tmp_path / "evil.tar"
    name = "files/../../../evil"
    manifest = {"format": 1, "sha256": {"portal.sqlite3": "0" * 64, name: "0" * 64}}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    with tarfile.open(evil, "w") as tar:
        tar.add(tmp_path / "manifest.json", "manifest.json")
        tar.add(tmp_path / "manifest.json", "portal.sqlite3")
        tar.add(tmp_path / "manifest.json", name)
    monkeypatch.setenv("PORTAL_INSTANCE", str(tmp_path / "other"))
    assert portal("backup", "restore", evil).exit_code == 1
