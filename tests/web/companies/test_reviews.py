"""The review queue over all kinds: who sees it, what it compares, what it costs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event, select

from portal.capabilities.models import Capability, CapabilityText
from portal.companies.models import Company
from portal.core.db import Database
from portal.desk.comparison import in_words, marked
from portal.needs.models import Need, NeedText
from tests.support.client import Browser
from tests.support.people import Person
from tests.web.companies.test_profile import decide, published

Open = Callable[..., Browser]
People = dict[str, Person]


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The SQL that runs meanwhile."""
    seen: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN")):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(database.engine, "before_cursor_execute", note)


def submit(database: Database, company: str, capabilities: int = 1) -> list[str]:
    """Capabilities and a need of this company that wait for review."""
    with database.transaction() as session:
        rows: list[Capability | Need] = [
            Capability(
                company_id=company,
                state="submitted",
                category="traction-inverter",
                texts=[CapabilityText(locale="zh-Hans", title=f"主驱逆变器{n}", summary="800V")],
            )
            for n in range(capabilities)
        ]
        text = NeedText(locale="de", title="Traktionswechselrichter")
        rows.append(Need(company_id=company, state="submitted", market="DE", texts=[text]))
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def test_only_staff_see_the_queue(browser: Open, people: People) -> None:
    for name in ("wang", "meyer"):
        assert browser(name).get("/desk/reviews").status == 404
        assert browser(name).get(f"/desk/reviews/company/{people['wang'].org_id}").status == 404
    assert browser().get("/desk/reviews").status == 303
    staff = browser("zhao")
    assert staff.get("/desk/reviews/company/nowhere").status == 404
    assert staff.get("/desk/reviews/planet/x").status == 404


def test_all_kinds_stand_in_one_queue(browser: Open, database: Database, people: People) -> None:
    capability, need = submit(database, people["wang"].org_id or "")
    staff = browser("li", locale="zh-hans")
    queue = staff.get("/desk/reviews")
    assert "主驱逆变器0" in queue
    assert "Traktionswechselrichter" in queue
    only = staff.get("/desk/reviews?kind=need")
    assert "主驱逆变器0" not in only
    assert "800V" in staff.get(f"/desk/reviews/capability/{capability}")
    assert staff.get(f"/desk/reviews/need/{need}").status == 200
    for kind, object_id in (("capability", capability), ("need", need)):
        path = f"/desk/reviews/{kind}/{object_id}"
        silent = staff.post(path, {"transition": "request_changes", "version": "1"})
        assert silent.status == 422
        assert staff.post(path, {"transition": "publish", "version": "1"}).status == 303
        assert staff.post(path, {"transition": "publish", "version": "2"}).status == 409


def test_reviewers_compare_with_what_the_base_published(
    browser: Open, database: Database, people: People
) -> None:
    """Edits of the owner in between do not hide one another."""
    me, staff, owner = people["wang"].org_id or "", browser("li"), browser("wang")
    with database.transaction() as session:
        company = session.get(Company, me)
        assert company is not None
        company.state = "submitted"
    assert decide(staff, me, "publish", 1).status == 303
    first = published(website="https://first.example", version="2")
    second = published(website="https://first.example", headcount="77", version="3")
    assert owner.post("/company/edit", first).status == 303
    assert owner.post("/company/edit", second).status == 303
    page = staff.get(f"/desk/reviews/company/{me}")
    for text in ("Changes since", "<ins>https://first.example</ins>", "<ins>77</ins>"):
        assert text in page


def test_the_queue_costs_the_same_for_many_rows(
    browser: Open, database: Database, people: People
) -> None:
    staff = browser("li")
    counts = []
    for more in (1, 20):
        submit(database, people["wang"].org_id or "", more)
        with database.transaction() as session:
            for company in session.scalars(select(Company)):
                company.state = "submitted"
        with statements(database) as seen:
            assert staff.get("/desk/reviews").status == 200
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 12


def test_pages_stay_within_their_statements(
    browser: Open, database: Database, people: People
) -> None:
    me = people["wang"].org_id
    for name, path in (
        ("wang", "/company"),
        ("wang", "/company/edit"),
        ("li", f"/desk/reviews/company/{me}"),
        (None, f"/companies/{me}"),
    ):
        reader = browser(name)
        with statements(database) as seen:
            assert reader.get(path).status == 200
        assert len(seen) <= 12, (path, seen)


def test_values_are_shown_in_words() -> None:
    assert in_words("country", "DE") == "Germany"
    assert (
        in_words("sites", [{"role": "plant", "country": "CN", "headcount": None}])
        == "Plant · China"
    )
    before, after = marked("配有4台", "配有6台")
    assert [s.text for s in before if s.changed] == ["4"]
    assert [s.text for s in after if s.changed] == ["6"]
