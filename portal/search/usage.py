"""How many documents carry a concept."""

import numpy as np

from portal.search.engine import EmbeddedEngine
from portal.search.index import IndexUnavailable
from portal.search.segments import FACETS, TERMS

KINDS = ("capability", "need", "company")


def carrying(engine: EmbeddedEngine, concept_id: str) -> dict[str, int] | None:
    """Kind → documents whose texts or fields speak of a concept; None without an index."""
    return _counted(engine, [(TERMS, "@" + concept_id)])


def declaring(engine: EmbeddedEngine, concept_id: str) -> int | None:
    """Documents with a concept as their category, or one above it, or as a scenario."""
    facets = [(FACETS, f"category:{concept_id}"), (FACETS, f"scenario:{concept_id}")]
    found = _counted(engine, facets)
    return None if found is None else sum(found.values())


def _counted(engine: EmbeddedEngine, wanted: list[tuple[str, str]]) -> dict[str, int] | None:
    try:
        segments = engine.scorer().snapshot.segments
    except IndexUnavailable:
        return None
    counts = dict.fromkeys(KINDS, 0)
    for segment in segments:
        lists = [segment.postings(field, term)[0] for field, term in wanted]
        holding = np.unique(np.concatenate(lists))
        holding = holding[segment.alive[holding]]
        for kind in KINDS:
            of_kind = segment.postings(FACETS, f"kind:{kind}")[0]
            counts[kind] += int(np.isin(holding, of_kind, assume_unique=True).sum())
    return counts
