"""The texts that come with the portal, one JSON object a line.

They become rows like those that staff write, so that a base words them as it likes. Each is loaded
once: what staff change, retire or take for themselves is never put back.
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.service_requests.models import TextModule

FILE = Path(__file__).parent / "data" / "modules.jsonl"


@lru_cache
def records() -> tuple[dict[str, Any], ...]:
    """What is shipped: id, service, names and bodies by locale, actions."""
    return tuple(json.loads(line) for line in FILE.read_text(encoding="utf-8").splitlines())


def load(session: Session) -> int:
    """Add the shipped texts that this portal has never had; returns how many those were."""
    ids = [record["id"] for record in records()]
    known = set(session.scalars(select(TextModule.id).where(TextModule.id.in_(ids))))
    fresh = [TextModule(**record) for record in records() if record["id"] not in known]
    session.add_all(fresh)
    session.flush()
    return len(fresh)
