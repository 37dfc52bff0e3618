"""`portal bench`: how fast pages are with many records, measured on a throw-away instance."""

import json
import os
import re
import subprocess  # nosec B404  (measures a fresh process of this program)
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import click

from portal.core.errors import DomainError

if TYPE_CHECKING:
    from portal.web.app import Portal

ROUNDS = 9
CALIBRATION = "sign-in page (calibration)"
BUYER, SUPPLIER, AGENT = "meyer@oem.example", "wang@supplier.example", "li@base.example"
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_TOKEN = re.compile(r'name="csrf_token" (?:type="hidden" )?value="([^"]+)"')

# Name, who looks (None: a visitor), path; {need}, {capability}, {company} are filled in.
PAGES: tuple[tuple[str, str | None, str], ...] = (
    (CALIBRATION, None, "/en/sign-in"),
    ("home", None, "/en/"),
    ("search, nothing asked", None, "/en/search"),
    ("search, one German word", None, "/de/search?q=Traktionswechselrichter"),
    ("search, German phrase", None, "/de/search?q=Festk%C3%B6rperbatterie+f%C3%BCr+Pkw"),
    (
        "search, Chinese words",
        None,
        "/zh-hans/search?q=%E8%BD%A6%E8%A7%84%E7%BA%A7%E8%8A%AF%E7%89%87",
    ),
    ("search, English, filters", None, "/en/search?q=inverter+800+V&kind=capability&country=CN"),
    ("search, common words", None, "/en/search?q=battery+system+for+vehicles+with+cooling"),
    ("capability page", None, "/en/capabilities/{capability}"),
    ("company page", None, "/en/companies/{company}"),
    ("needs directory", None, "/en/needs"),
    ("need's matches", BUYER, "/de/needs/{need}/matches"),
    ("buyer's dashboard", BUYER, "/de/dashboard"),
    ("supplier's dashboard", SUPPLIER, "/zh-hans/dashboard"),
    ("staff queue", AGENT, "/en/desk"),
)


@click.command("bench")
@click.option("--suppliers", type=click.IntRange(0, 100_000), default=0, show_default=True)
@click.option("--needs", type=click.IntRange(0, 100_000), default=0, show_default=True)
@click.option("--companies", "companies_file", type=_FILE, help="Companies to import (.jsonl).")
@click.option("--capabilities", "capabilities_file", type=_FILE, help="Capabilities to import.")
@click.option("--needs-file", type=_FILE, help="Needs to import.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
def bench_command(
    suppliers: int,
    needs: int,
    companies_file: Path | None,
    capabilities_file: Path | None,
    needs_file: Path | None,
    as_json: bool,
) -> None:
    """Build an instance of the demo plus generated or imported records and measure its pages.

    Prints medians of server time and SQL statements per page, and the size of process and index.
    """
    files = (
        ("companies", companies_file),
        ("capabilities", capabilities_file),
        ("needs", needs_file),
    )
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        loading = _build(Path(folder), suppliers, needs, [(k, f) for k, f in files if f])
        result = {"loading": loading, **_measure_in_child(Path(folder))}
    click.echo(json.dumps(result, indent=2) if as_json else table(result))


def _app(instance: Path) -> "Portal":
    from portal.config import load_settings  # noqa: PLC0415  (counted into the start)
    from portal.factory import create_app  # noqa: PLC0415

    settings = load_settings({"PORTAL_INSTANCE": str(instance)})
    return create_app(settings.but(rate_limits=False, argon2_memory_kib=64))


def _build(
    instance: Path, suppliers: int, needs: int, files: list[tuple[str, Path]]
) -> dict[str, float]:
    """Fill the instance; returns the seconds that each step took."""
    from portal import migrate  # noqa: PLC0415
    from portal.demo import generate, load  # noqa: PLC0415
    from portal.search import jobs as search_jobs  # noqa: PLC0415

    app = _app(instance)
    migrate.upgrade(app.database)
    steps: list[tuple[str, Callable[[], object]]] = [
        ("demo", lambda: load.load(app.database, app.files))
    ]
    sources: list[tuple[str, Iterable[Any]]] = [(kind, _rows(file)) for kind, file in files]
    if suppliers or needs:
        buyers = max(1, needs // 5)
        sources.append(("companies", generate.companies(suppliers, buyers, 1)))
        if suppliers:
            sources.append(("capabilities", generate.capabilities(suppliers * 4, suppliers, 1)))
        sources.append(("needs", generate.needs(needs, buyers, 1)))
    for kind, records in sources:
        steps.append((kind, _importer(app, kind, records)))
    steps.append(("index", lambda: search_jobs.rebuild(app.engine, app.database)))
    return {name: round(_timed(step), 2) for name, step in steps}


def _rows(file: Path) -> Iterator[Any]:
    from portal.transfer import tables  # noqa: PLC0415

    return (row.record for row in tables.read(file) if row.record is not None)


def _importer(app: "Portal", kind: str, records: Iterable[Any]) -> Callable[[], object]:
    from portal.transfer import importing, kinds  # noqa: PLC0415
    from portal.transfer.tables import Row  # noqa: PLC0415

    def run() -> None:
        rows = (Row(number, record) for number, record in enumerate(records, start=1))
        importable = kinds.IMPORTABLE[kind]
        importing.run(app.database, importable, rows, _ignore, _ignore, matching=False)

    return run


def _ignore(_item: object) -> None:
    """A refused row is not measured."""


def _timed(step: Callable[[], object]) -> float:
    click.echo(".", err=True, nl=False)
    begun = time.perf_counter()
    step()
    return time.perf_counter() - begun


def _measure_in_child(instance: Path) -> dict[str, Any]:
    """In a process of its own, as a worker would be."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "portal.bench", str(instance)],
        stdout=subprocess.PIPE,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("PORTAL_")},
    )
    if done.returncode:
        raise DomainError("the measuring process failed")
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def measure(instance: Path) -> dict[str, Any]:
    """Start, look at every page some times, weigh the process."""
    begun = time.perf_counter()
    app = _app(instance)
    app.test_client().get("/en/")
    started = time.perf_counter() - begun
    clients = {who: _signed_in(app, who) for who in {who for _, who, _ in PAGES}}
    ids = _ids(app)
    pages = [_page(app, clients[who], name, path.format(**ids)) for name, who, path in PAGES]
    base = next(p["ms"] for p in pages if p["page"] == CALIBRATION) or 1.0
    for page in pages:
        page["ratio"] = round(page["ms"] / base, 1)
    stats = app.engine.stats()
    return {
        "start_seconds": round(started, 2),
        "worker_mb": round(_resident() / 2**20),
        "index_mb": round(stats["bytes"] / 2**20, 1),
        "documents": stats["documents"],
        "pages": pages,
    }


def _signed_in(app: "Portal", email: str | None) -> Any:
    from portal.demo.plan import PASSWORD  # noqa: PLC0415

    client = app.test_client()
    if email:
        found = _TOKEN.search(client.get("/en/sign-in").get_data(as_text=True))
        token = found[1] if found else ""
        form = {"email": email, "password": PASSWORD, "csrf_token": token}
        if client.post("/en/sign-in", data=form).status_code != 303:
            raise DomainError(f"{email} cannot sign in")
    return client


def _ids(app: "Portal") -> dict[str, str]:
    from portal.capabilities.queries import by_ref as capability  # noqa: PLC0415
    from portal.needs.queries import by_ref as need  # noqa: PLC0415

    with app.database.reading() as session:
        offered, wanted = capability(session, "s02-1"), need(session, "n01")
        if offered is None or wanted is None:
            raise DomainError("the demo is not there")
        return {"capability": offered.id, "company": offered.company_id, "need": wanted.id}


def _page(app: "Portal", client: Any, name: str, path: str) -> dict[str, Any]:
    from portal.core.statements import counted  # noqa: PLC0415

    client.get(path)
    times, statements, status, size = [], 0, 0, 0
    for _ in range(ROUNDS):
        with counted(app.database) as seen:
            begun = time.perf_counter()
            answer = client.get(path)
            size, status = len(answer.get_data()), answer.status_code
            times.append((time.perf_counter() - begun) * 1000)
        statements = len(seen)
    row = {"page": name, "status": status, "ms": round(median(times), 1)}
    return {**row, "sql": statements, "kb": round(size / 1024, 1)}


def _resident() -> int:
    """Bytes of this process in memory; where the system does not tell, the most it ever had."""
    status = Path("/proc/self/status")
    if status.exists():
        found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text("ascii"))
        return int(found[1]) * 1024 if found else 0
    import resource  # noqa: PLC0415

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def table(result: dict[str, Any]) -> str:
    """The figures in columns."""
    lines = [f"{'page':30}{'status':>7}{'ms':>9}{'ratio':>8}{'SQL':>6}{'kB':>8}"]
    lines += [
        f"{p['page']:30}{p['status']:>7}{p['ms']:>9}{p['ratio']:>8}{p['sql']:>6}{p['kb']:>8}"
        for p in result["pages"]
    ]
    loading = ", ".join(f"{name} {seconds} s" for name, seconds in result["loading"].items())
    lines += [
        "",
        f"process start   {result['start_seconds']} s",
        f"worker memory   {result['worker_mb']} MB",
        f"index           {result['documents']} documents, {result['index_mb']} MB",
        f"loading         {loading}",
        "Medians of server time; the ratio is to the calibration page of the same machine.",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
