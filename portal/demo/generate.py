"""More companies, capabilities and needs for load tests: the demo's own texts, recombined.

The same size and seed give the same records. They are imported like a file, in batches.
"""

import copy
import random
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import click

from portal.core import clock
from portal.core.db import Database
from portal.core.models import State
from portal.demo.data_files import read
from portal.search.engine import EmbeddedEngine
from portal.transfer import importing
from portal.transfer.kinds import IMPORTABLE
from portal.transfer.tables import Row

SIZES = {"small": 0, "10k": 10_000, "100k": 100_000}
_CITIES = (
    ("苏州", "Suzhou"), ("合肥", "Hefei"), ("宁波", "Ningbo"), ("无锡", "Wuxi"),
    ("常州", "Changzhou"), ("杭州", "Hangzhou"), ("南京", "Nanjing"), ("嘉兴", "Jiaxing"),
    ("上海", "Shanghai"), ("芜湖", "Wuhu"), ("台州", "Taizhou"), ("湖州", "Huzhou"),
    ("绍兴", "Shaoxing"), ("扬州", "Yangzhou"), ("镇江", "Zhenjiang"), ("温州", "Wenzhou"),
)  # fmt: skip
_FIRST = (
    ("恒", "Heng"), ("锐", "Rui"), ("澜", "Lan"), ("拓", "Tuo"), ("驭", "Yu"), ("启", "Qi"),
    ("晟", "Sheng"), ("凌", "Ling"), ("峻", "Jun"), ("泽", "Ze"), ("昱", "Yu"), ("瀚", "Han"),
)  # fmt: skip
_SECOND = (
    ("驰", "chi"), ("源", "yuan"), ("行", "xing"), ("能", "neng"), ("辰", "chen"), ("威", "wei"),
    ("川", "chuan"), ("芯", "xin"), ("途", "tu"), ("和", "he"), ("远", "yuan"), ("合", "he"),
)  # fmt: skip
_TRADES = (
    ("电驱动", "Electric Drive"), ("新能源", "New Energy"), ("汽车零部件", "Automotive Parts"),
    ("半导体", "Semiconductor"), ("智能科技", "Intelligent Technology"),
    ("精密制造", "Precision Manufacturing"), ("新材料", "Advanced Materials"),
)  # fmt: skip
_SENTENCES = re.compile(r"(?<=[。；！？])|(?<=[.!?])\s+")
Record = dict[str, Any]


def add(database: Database, engine: EmbeddedEngine, size: str, seed: int) -> None:
    """Import a whole size: so many capabilities, a fifth as many companies, a tenth of needs."""
    count = SIZES[size]
    total = 0
    for name, records, wanted in parts(count, seed):
        total += _import(database, name, records, wanted)
    importing.register(engine)
    with click.progressbar(length=total, label="index", file=sys.stderr) as bar:
        importing.catch_up(engine, database, total, bar.update)
    with database.transaction() as session:
        session.merge(State(name="demo", value={"size": size, "seed": seed}))
    click.echo(f"demo: {count} capabilities added")


def parts(count: int, seed: int) -> Iterator[tuple[str, Iterator[Record], int]]:
    """Kind, records and their number, in the order of import."""
    makers, buyers = max(1, count // 5), max(1, count // 50)
    yield "companies", companies(makers, buyers, seed), makers + buyers
    yield "capabilities", capabilities(count, makers, seed), count
    yield "needs", needs(count // 10, buyers, seed), count // 10


def _import(database: Database, name: str, records: Iterator[Record], count: int) -> int:
    rows = (Row(number, record) for number, record in enumerate(records, start=1))
    with click.progressbar(length=count, label=name, file=sys.stderr) as bar:
        advance: Callable[[Row], None] = lambda _row: bar.update(1)  # noqa: E731
        summary = importing.run(database, IMPORTABLE[name], rows, _fail, advance, matching=False)
    return summary.done


def _fail(problem: importing.Problem) -> None:
    raise RuntimeError(f"a generated record was refused: {problem}")


def companies(makers: int, buyers: int, seed: int) -> Iterator[Record]:
    """`makers` suppliers g1, g2, … and `buyers` buyers h1, h2, …"""
    dice = random.Random(f"companies {seed}")  # noqa: S311  (load tests, not secrets)
    base = read("companies", clock.now().date())
    sellers = [record for record in base if record["kind"] != "buyer"]
    clients = [record for record in base if record["kind"] == "buyer"]
    for number in range(1, makers + 1):
        yield _company(f"g{number}", "supplier", dice, sellers)
    for number in range(1, buyers + 1):
        yield _company(f"h{number}", "buyer", dice, clients)


def _company(ref: str, kind: str, dice: random.Random, base: list[Record]) -> Record:
    model = dice.choice(base)
    city, first, second = dice.choice(_CITIES), dice.choice(_FIRST), dice.choice(_SECOND)
    trade = dice.choice(_TRADES)
    names = {
        "zh-Hans": f"{city[0]}{first[0]}{second[0]}{trade[0]}有限公司",
        "en": f"{city[1]} {first[1]}{second[1]} {trade[1]} Co., Ltd. {ref}",
    }
    if kind == "buyer":
        names = {"en": f"{first[1]}{second[1]} Mobility {ref}"}
    kept = ("country", "texts", "sites", "founded", "headcount")
    return {"ref": ref, "kind": kind, "names": names, **{k: model[k] for k in kept if k in model}}


def capabilities(count: int, makers: int, seed: int) -> Iterator[Record]:
    dice = random.Random(f"capabilities {seed}")  # noqa: S311
    yield from _recombined("capabilities", "gc", count, ("g", makers), dice)


def needs(count: int, buyers: int, seed: int) -> Iterator[Record]:
    dice = random.Random(f"needs {seed}")  # noqa: S311
    for record in _recombined("needs", "gn", count, ("h", buyers), dice):
        yield {**record, "state": "published"}


def _recombined(
    name: str, prefix: str, count: int, owners: tuple[str, int], dice: random.Random
) -> Iterator[Record]:
    """A record, with sentences of others of its category mixed in and figures moved a little."""
    base = [r for r in read(name, clock.now().date()) if r.get("state", "published") == "published"]
    kin: dict[str, list[Record]] = defaultdict(list)
    for record in base:
        kin[record["category"]].append(record)
    for number in range(1, count + 1):
        model = copy.deepcopy(dice.choice(base))
        other = dice.choice(kin[model["category"]])
        for lang, text in model["texts"].items():
            text["description"] = _mixed(lang, model, other, dice)
        _vary(model, dice)
        owner, owned = owners
        yield {**model, "ref": f"{prefix}{number}", "company": f"{owner}{number % owned + 1}"}


def _mixed(lang: str, model: Record, other: Record, dice: random.Random) -> str:
    pieces = _SENTENCES.split(model["texts"][lang]["description"])
    extra = _SENTENCES.split(other["texts"].get(lang, model["texts"][lang])["description"])
    chosen = [p for p in pieces if dice.random() < 0.75] or pieces[:1]
    chosen += [p for p in extra if p not in chosen and dice.random() < 0.35]
    return ("" if lang.startswith("zh") else " ").join(p.strip() for p in chosen)


def _vary(record: Record, dice: random.Random) -> None:
    for row in record.get("attributes", {}).values():
        if isinstance(row["value"], (int, float)):
            row["value"] = round(row["value"] * dice.uniform(0.85, 1.15), 1)
    if "capacity" in record:
        record["capacity"]["quantity"] = int(record["capacity"]["quantity"] * dice.uniform(0.5, 2))
