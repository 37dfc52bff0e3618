"""The rules that come with the portal, one JSON object a line.

They become rows that the base reviews. A rule that the base wrote or changed itself is never
touched; a shipped change to any other comes in as a new version, to be reviewed again.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import audit
from portal.core.access import SYSTEM
from portal.market_rules import queries, rules
from portal.market_rules.models import MarketRule
from portal.market_rules.services import content_of, keep_version

FOLDER = Path(__file__).parent / "data"


def records(folder: Path = FOLDER) -> list[dict[str, Any]]:
    """What is shipped, file by file."""
    lines = (
        line
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    )
    return [json.loads(line) for line in lines if line.strip()]


def load(session: Session, shipped: Iterable[Mapping[str, Any]] | None = None) -> int:
    """Bring in new rules and changes of rules nobody edited; returns how many those were."""
    known = {row.id: row for row in session.scalars(select(MarketRule))}
    found = (_brought_in(session, known.get(r["id"]), r) for r in shipped or records())
    brought = [row for row in found if row is not None]
    if brought:
        session.flush()
        audit.record(session, SYSTEM, "market_rule.bring_in", brought[-1], {"rules": len(brought)})
        queries.forget(session)
    return len(brought)


def _brought_in(
    session: Session, row: MarketRule | None, record: Mapping[str, Any]
) -> MarketRule | None:
    content = content_of(record)
    digest = _digest(content)
    if row is None:
        row = MarketRule(id=record["id"], edited=False, version=0)
        session.add(row)
    elif row.shipped == digest or row.edited or row.status == rules.RETIRED:
        return None
    row.content, row.market, row.kind = content, content["market"], content["kind"]
    row.status, row.reviewed_on, row.reviewer = rules.TO_REVIEW, None, ""
    row.shipped = digest
    keep_version(session, SYSTEM, row, "brought_in")
    return row


def _digest(content: Mapping[str, Any]) -> str:
    plain = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()
