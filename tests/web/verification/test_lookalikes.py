"""Imitations of names and domains are refused or queued; real names are left in peace."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text

from portal.accounts.models import Membership, Organisation, User
from portal.companies import records
from portal.companies.models import Company
from portal.companies.verification import likeness
from portal.companies.verification.models import Lookalike
from portal.core.access import SYSTEM
from portal.core.db import Database
from portal.core.errors import Invalid
from portal.core.ids import new_id
from portal.core.names import claims, spellings
from portal.core.statements import counted
from tests.support.client import Browser
from tests.support.people import Person
from tests.unit.companies.spoofs import DOMAINS, NAMES, SPELLINGS

Open = Callable[..., Browser]
People = dict[str, Person]
REAL = Path(__file__).parents[4] / "shared" / "data" / "loading" / "suppliers.jsonl"


def organisation(name: str) -> Organisation:
    return Organisation(id=new_id(), kind="supplier", name=name, country="CN", locale="en")


def test_all_imitations_of_names_are_refused_or_queued(database: Database) -> None:
    pairs = [(real, spoof) for real, spoofs in NAMES.items() for spoof in spoofs]
    assert len(pairs) == len(set(pairs)) >= 200
    missed = []
    with database.transaction() as session:
        session.add_all(organisation(name) for name in NAMES)
        session.flush()
        for real, spoof in pairs:
            if claims.refusal(spoof):
                continue
            with session.begin_nested() as point:
                row = organisation(spoof)
                session.add(row)
                queued = likeness.check(session, row.id)
                if real not in {pair.other_shown for pair in queued}:
                    missed.append((real, spoof))
                point.rollback()
    assert missed == [], missed


def test_other_spellings_of_a_name_are_queued(database: Database) -> None:
    """Whichever comes first, but for digits in place of letters."""
    missed = []
    with database.transaction() as session:
        for real, other in [*SPELLINGS, *(pair[::-1] for pair in SPELLINGS[:-2])]:
            with session.begin_nested() as point:
                rows = organisation(real), organisation(other)
                session.add_all(rows)
                found = likeness.check(session, rows[1].id)
                if real not in {pair.other_shown for pair in found}:
                    missed.append((real, other))
                point.rollback()
    assert missed == []


def test_all_imitations_of_domains_are_queued(database: Database) -> None:
    pairs = [(real, spoof) for real, spoofs in DOMAINS.items() for spoof in spoofs]
    assert len(pairs) >= 40
    missed = []
    with database.transaction() as session:
        for real in DOMAINS:
            company(session, f"Known {real}", website=f"https://www.{real}")
        for number, (real, spoof) in enumerate(pairs):
            for by_mail in (False, True):
                with session.begin_nested() as point:
                    made = newcomer(session, number, spoof, by_mail=by_mail)
                    if "domain" not in {pair.reason for pair in likeness.check(session, made)}:
                        missed.append((real, spoof, by_mail))
                    point.rollback()
    assert missed == [], missed


def company(session, name: str, website: str | None = None) -> str:  # type: ignore[no-untyped-def]
    row = organisation(name)
    session.add(row)
    session.flush()
    session.add(Company(id=row.id, kind="supplier", country="CN", website=website))
    session.flush()
    return row.id


def newcomer(session, number: int, domain: str, *, by_mail: bool) -> str:  # type: ignore[no-untyped-def]
    name = f"Newcomer number {number}"
    if not by_mail:
        return company(session, name, website=f"https://{domain}/en")
    made = company(session, name)
    user = User(id=new_id(), email=f"sales@{domain}", name="N", password_hash="")
    session.add(user)
    session.flush()
    session.add(Membership(user_id=user.id, organisation_id=made, role="owner"))
    return made


def test_real_names_are_hardly_ever_queued(database: Database) -> None:
    """Counted: names that are neither refused nor queued with a company of another name."""
    if not REAL.exists():
        pytest.skip("the real names are not on this machine")
    rows = [json.loads(line) for line in REAL.read_text(encoding="utf-8").split("\n") if line]
    names = [r.get("name_zh") or r.get("name_en") or next(iter(r.values())) for r in rows]
    alarms = [name for name in names if claims.refusal(name) or claims.claims(name)]
    alarms += [name for name in names if claims.mixes_scripts(name)]
    keys: dict[str, str] = {}
    for name in names:
        row = organisation(name)
        plain = re.sub(r"\W", "", name.casefold())
        seen = {keys.get(key) for key in spellings.keys(name) | spellings.core_keys(name)}
        if seen - {None, plain}:
            alarms.append(name)
        keys |= dict.fromkeys({row.name_key, row.core_key} - {""}, plain)
    print(f"{len(set(alarms))} of {len(names)} real names raise an alarm: {sorted(set(alarms))}")
    assert len(set(alarms)) <= len(names) // 100


def sign_up(visitor: Browser, name: str, email: str = "new@newcomer.example") -> int:
    return visitor.post(
        "/register",
        {
            "kind": "supplier",
            "company_name": name,
            "country": "CN",
            "name": "New Person",
            "email": email,
            "password": "a long enough password",
            "accepted": "y",
            "abroad": "y",
        },
    ).status


def test_sign_up_refuses_what_cannot_be_seen_and_queues_what_looks_alike(
    browser: Open, database: Database, work: Callable[[], int]
) -> None:
    assert sign_up(browser(), "Nord\u200bstern Fahrzeugwerke AG") == 422
    assert sign_up(browser(), "Nordstern \u202eAG") == 422
    assert sign_up(browser(), "Nordstern ✔ AG") == 422
    assert sign_up(browser(), "Nоrdstеrn Fahrzeugwerke AG") == 303
    work()
    with database.reading() as session:
        pair = session.scalars(select(Lookalike).where(Lookalike.reason == "name")).one()
        assert pair.other_shown == "Nordstern Fahrzeugwerke AG"
    page = browser("li").get(f"/desk/verification/lookalike/{pair.id}")
    assert "Nоrdstеrn Fahrzeugwerke AG" in page
    assert "Nordstern Fahrzeugwerke AG" in page


def record(name: str, **more: object) -> dict[str, object]:
    return {"names": {"en": name}, "country": "DE", "kind": "supplier", **more}


def test_an_imported_imitation_waits_until_staff_tell_it_apart(
    browser: Open, database: Database
) -> None:
    with pytest.raises(Invalid):
        records.from_record(record("Lakeside Motors Inc. ✔"))
    with database.transaction() as session:
        data = records.from_record(record("Lakesіde Motors Inc."))
        made = records.import_one(session, SYSTEM, data)
        assert (made.state, made.held) == ("submitted", True)
        near = records.import_one(
            session, SYSTEM, records.from_record(record("Nordstern Fahrzeugwerke GmbH"))
        )
        assert (near.state, near.held) == ("published", False)
    li, path = browser("li"), f"/desk/reviews/company/{made.id}"
    publish = {"transition": "publish", "version": "1", "note": ""}
    assert "decide whether it is another company" in li.get(path)
    assert li.post(path, publish).status == 409
    with database.reading() as session:
        pair = session.scalars(
            select(Lookalike).where(
                Lookalike.organisation_id == made.id, Lookalike.reason == "name"
            )
        ).first()
    assert pair is not None
    step = {"transition": "tell_apart", "version": "1", "note": ""}
    assert li.post(f"/desk/verification/lookalike/{pair.id}", step).status == 303
    assert li.post(path, publish).status == 303
    with database.transaction() as session:
        assert "name" not in {pair.reason for pair in likeness.check(session, made.id)}


def test_the_cost_of_a_check_does_not_grow(database: Database) -> None:
    def cost(count: int) -> int:
        with database.transaction() as session:
            session.add_all(organisation("Growing Motors Ltd.") for _n in range(count))
            row = organisation("Growing Motors Ltd.")
            session.add(row)
            session.flush()
            with counted(database) as statements:
                likeness.check(session, row.id)
            return len(statements)

    assert cost(1) == cost(60) <= 14


def test_names_are_found_by_their_index(database: Database) -> None:
    with database.reading() as session:
        for table, column in (
            ("organisation", "name_key"),
            ("organisation", "core_key"),
            ("company_text", "name_key"),
            ("company_text", "core_key"),
            ("company", "domain_key"),
            ("user_account", "domain_key"),
        ):
            query = f"EXPLAIN QUERY PLAN SELECT 1 FROM {table} WHERE {column} IN ('a', 'b')"
            plan = " ".join(str(row) for row in session.execute(text(query)))
            assert f"ix_{table}_{column}" in plan


def test_keys_of_older_rows_are_made_up_for(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE organisation SET name_key = '', core_key = ''"))
    with database.transaction() as session:
        assert likeness.refold(session) > 0
    with database.transaction() as session:
        assert likeness.refold(session) == 0
