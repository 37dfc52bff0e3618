"""Real companies and notices from ../shared/data/loading as records that `portal import` takes.

    python -m tests.support.loading OUT_FOLDER

writes companies.jsonl, capabilities.jsonl and needs.jsonl. What the files hold is kept as it is,
dirt included; only fields that the records do not have are put where they belong:

    id                     ref
    name_zh, name_en       names, the short name standing in for a missing full one
    uscc                   registration USCC
    city, address_zh       a site (head office); a missing address stays missing
    founded                its year
    desc_zh, desc_en       texts, and the description of one capability of the company
    title, text, lang      the need's text; titles over 300 characters are cut at a word
    country (UK is GB)     market, and the company “Public buyers (<country>)” that all needs of a
                           country belong to, as notices name no buyer
    capital, date, cpv     have no place in the records and are left out
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "loading"
_COUNTRIES = {"cn": "CN", "ls": "CN", "de": "DE"}
_WRITTEN = {"UK": "GB"}


def available() -> bool:
    return (FOLDER / "suppliers.jsonl").exists() and (FOLDER / "needs.jsonl").exists()


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with (FOLDER / name).open("rb") as file:
        yield from (json.loads(line) for line in file)


def _country(row: dict[str, Any]) -> str:
    return _WRITTEN.get(row["country"], row["country"])


def _full(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value not in (None, "", [], {})}


def company(row: dict[str, Any]) -> dict[str, Any]:
    names = {"zh-Hans": row.get("name_zh") or row.get("short_zh"), "en": row.get("name_en")}
    texts = {"zh-Hans": row.get("desc_zh"), "en": row.get("desc_en")}
    country = _COUNTRIES.get(row["id"][:2])
    site = _full({"city": row.get("city"), "address": row.get("address_zh")})
    return _full(
        {
            "ref": row["id"],
            "kind": "supplier",
            "names": _full(names),
            "country": country,
            "registration": {"scheme": "USCC", "id": row["uscc"]} if row.get("uscc") else None,
            "texts": {lang: {"description": text} for lang, text in texts.items() if text},
            "website": row.get("website"),
            "founded": int(row["founded"][:4]) if row.get("founded", "")[:4].isdigit() else None,
            "sites": [{"role": "HQ", **site}] if site else None,
        }
    )


def capability(row: dict[str, Any]) -> dict[str, Any]:
    texts = {}
    for lang, name, description in (
        ("zh-Hans", row.get("short_zh") or row.get("name_zh"), row.get("desc_zh")),
        ("en", row.get("name_en"), row.get("desc_en")),
    ):
        if description:
            title = re.split(r"(?<=[。.；;])", description, maxsplit=1)[0]
            texts[lang] = {"title": cut(title or name or row["id"]), "description": description}
    return {"ref": f"{row['id']}-1", "company": row["id"], "texts": texts}


def cut(title: str) -> str:
    return title if len(title) <= 300 else f"{title[:298].rsplit(' ', 1)[0]} …"


def need(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "ref": row["id"],
        "company": f"buyers-{_country(row)}",
        "texts": {row["lang"]: {"title": cut(row["title"]), "description": row["text"]}},
        "market": _country(row),
    }


def buyer(country: str) -> dict[str, Any]:
    name = f"Public buyers ({country})"
    return {"ref": f"buyers-{country}", "kind": "buyer", "names": {"en": name}, "country": country}


def write(folder: Path) -> dict[str, int]:
    """Write the three files; returns how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    suppliers, notices = list(_lines("suppliers.jsonl")), list(_lines("needs.jsonl"))
    records = {
        "companies": [
            *(company(row) for row in suppliers),
            *(buyer(country) for country in sorted({_country(row) for row in notices})),
        ],
        "capabilities": [c for row in suppliers if (c := capability(row))["texts"]],
        "needs": [need(row) for row in notices],
    }
    for name, rows in records.items():
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{name}.jsonl").write_text("\n".join(lines) + "\n", "utf-8", newline="\n")
    return {name: len(rows) for name, rows in records.items()}


if __name__ == "__main__":
    for name, count in write(Path(sys.argv[1])).items():
        print(f"{name}.jsonl: {count}")
