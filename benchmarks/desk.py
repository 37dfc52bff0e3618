"""`python -m benchmarks.desk --requests 50k --messages 10 --json FILE`: pages of a full desk.

Fills two instances, one with a tenth of the requests, and asks for every page of the desk as its
reader would: the median time, how many statements it takes, and whether more rows take more.
"""

import argparse
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select

from benchmarks import desk_data
from benchmarks.matching import number, open_app
from portal import migrate
from portal.core.statements import counted
from portal.search import jobs as search_jobs
from portal.service_requests.finding import index
from portal.service_requests.models import RequestEntry, ServiceRequest
from portal.web.app import Portal

REPEATS = 15
GOALS = {"queue": 150.0, "reports": 2_000.0}  # milliseconds
STATEMENTS = 12
OK, FOUND = 200, 303
_TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')
QUEUE = "/en/desk"
PAGES = {
    "queue: all open": f"{QUEUE}?state=open",
    "queue: mine": f"{QUEUE}?state=open&assignee=mine",
    "queue: my team": f"{QUEUE}?state=open&team=mine",
    "queue: unassigned": f"{QUEUE}?state=open&assignee=none",
    "queue: breaching": f"{QUEUE}?state=open&due=breaching",
    "queue: waiting": f"{QUEUE}?state=waiting",
    "queue: resolved": f"{QUEUE}?state=resolved",
    "queue: search by word": f"{QUEUE}?q=AEC-Q100",
    "queue: search by number": f"{QUEUE}?q=SR-00017",
    "queue: deep page": f"{QUEUE}?state=done&page=400",
    **{
        f"queue: saved view by {name}": f"{QUEUE}?" + "&".join(f"{k}={v}" for k, v in kept.items())
        for name, kept in desk_data.VIEWS.items()
    },
    "queue: search in messages": "/en/desk/search?q=%E6%9A%97%E5%AE%A4",
    "queue: search for a common word": "/en/desk/search?q=the",
    "reports: twelve months": "/en/desk/reports?period=year",
    "reports: three years": "/en/desk/reports?period=all",
    "reports: by person": "/en/desk/reports?period=all&by=person",
    "reports: by partner": "/en/desk/reports?period=all&by=partner",
    "reports: as a file": "/en/desk/reports/tables/service.xlsx?period=all",
}


def build(instance: Path, requests: int, messages: int, seed: int) -> tuple[Portal, float]:
    """A full instance, and how many seconds filling it took; one that was kept is used again."""
    is_new = not (instance / "portal.sqlite3").exists()
    app = open_app(instance)
    migrate.upgrade(app.database)
    if not is_new:
        return app, 0.0
    search_jobs.rebuild(app.engine, app.database)
    begun = time.perf_counter()
    desk_data.fill(app.database, requests, messages, seed)
    index.complete(app.database)
    return app, time.perf_counter() - begun


def signed_in(app: Portal, email: str) -> FlaskClient:
    client = app.test_client()
    found = _TOKEN.search(client.get("/en/sign-in").get_data(as_text=True))
    form = {"csrf_token": found[1] if found else "", "email": email}
    answer = client.post("/en/sign-in", data={**form, "password": desk_data.PASSWORD})
    if answer.status_code != FOUND:
        raise RuntimeError(f"{email}: {answer.status_code}")
    return client


def asked(app: Portal, client: FlaskClient, path: str) -> dict[str, Any]:
    """Medians of a page in milliseconds, by the clock and of CPU, and its statements."""

    def ask() -> tuple[float, float]:
        used, begun = time.process_time(), time.perf_counter()
        answer = client.get(path)
        if answer.status_code != OK:
            raise RuntimeError(f"{path}: {answer.status_code}")
        return time.perf_counter() - begun, time.process_time() - used

    ask()
    with counted(app.database) as seen:
        ask()
    wall, cpu = zip(*(ask() for _ in range(REPEATS)), strict=True)
    return {
        "ms": round(median(wall) * 1_000, 1),
        "cpu_ms": round(median(cpu) * 1_000, 1),
        "sql": len(seen),
    }


def pages(app: Portal) -> dict[str, dict[str, Any]]:
    """Every page by name, asked by the person it is for."""
    staff, customer = (
        signed_in(app, email) for email in (desk_data.SUPERVISOR, desk_data.CUSTOMER)
    )
    agent = signed_in(app, desk_data.AGENT)
    busiest = _busiest(app)
    listed: dict[str, tuple[FlaskClient, str]] = {
        name: (agent if "mine" in path else staff, path) for name, path in PAGES.items()
    }
    listed["work item"] = (staff, f"/en/desk/requests/{busiest}")
    listed["customer: list"] = (customer, "/en/service-requests")
    return {name: asked(app, *question) for name, question in listed.items()}


def _busiest(app: Portal) -> str:
    """The open request with the longest thread."""
    query = (
        select(ServiceRequest.id)
        .join(RequestEntry, RequestEntry.request_id == ServiceRequest.id)
        .where(ServiceRequest.state == "in_progress")
        .group_by(ServiceRequest.id)
        .order_by(func.count().desc(), ServiceRequest.id)
    )
    with app.database.reading() as session:
        return session.scalars(query.limit(1)).one()


def sizes(app: Portal) -> dict[str, int]:
    message = RequestEntry.event.is_(None)
    with app.database.reading() as session:
        return {
            "requests": session.scalar(select(func.count(ServiceRequest.id))) or 0,
            "messages": session.scalar(select(func.count(RequestEntry.id)).where(message)) or 0,
            "entries": session.scalar(select(func.count(RequestEntry.id))) or 0,
        }


def run(folder: Path, requests: int, messages: int, seed: int) -> dict[str, Any]:
    """Both sizes side by side."""
    result: dict[str, Any] = {"machine": machine(), "goals_ms": GOALS, "goal_sql": STATEMENTS}
    for name, count in (("small", requests // 10), ("full", requests)):
        app, seconds = build(folder / name, count, messages, seed)
        result[name] = {**sizes(app), "fill_s": round(seconds, 1), "pages": pages(app)}
        app.database.engine.dispose()
    result["kept"] = list(_kept(result))
    return result


def machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _kept(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Page by page: time as a share of the goal, statements, and as many as with fewer rows."""
    small = result["small"]["pages"]
    for name, figures in result["full"]["pages"].items():
        goal = GOALS["reports" if name.startswith("reports") else "queue"]
        yield {
            "page": name,
            **figures,
            "ratio": round(figures["ms"] / goal, 2),
            "same_sql": figures["sql"] == small[name]["sql"],
            "kept": figures["ms"] <= goal and figures["sql"] <= STATEMENTS,
        }


def told(result: dict[str, Any], tell: Callable[[str], None]) -> None:
    full = result["full"]
    tell(
        f"{full['requests']} requests, {full['messages']} messages, filled in {full['fill_s']} s; "
        f"{result['machine']}"
    )
    for line in result["kept"]:
        mark = "" if line["kept"] and line["same_sql"] else "  <-- beyond its goal"
        tell(
            f"{line['page']:32} {line['ms']:8.1f} ms  {line['cpu_ms']:8.1f} ms of CPU  "
            f"{line['ratio']:5.2f} of the goal  "
            f"{line['sql']:3} statements{mark}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=number, default=50_000)
    parser.add_argument("--messages", type=int, default=10, help="of each request, on average")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write all figures into this file")
    parser.add_argument("--keep", type=Path, help="keep the instances here, or use those kept")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="desk-"))
    try:
        result = run(folder, options.requests, options.messages, options.seed)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    told(result, print)
    if options.json:
        options.json.write_text(json.dumps(result, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
