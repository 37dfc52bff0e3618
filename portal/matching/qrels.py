"""Judgements as a collection for relevance runs: texts that are public now, and what was judged."""

import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from portal.matching import judging
from portal.search.documents import Document
from portal.search.sources import documents

BATCH = 500


@dataclass(frozen=True)
class Collection:
    """File name → its text: `corpus.<lang>.jsonl`, `queries.jsonl`, `qrels.tsv`. `left_out` counts
    judgements about records that are not public any more."""

    files: Mapping[str, str]
    judgements: int
    left_out: int


def collected(session: Session) -> Collection:
    """Every judgement that counts, with all public texts of the capabilities and the original
    text of the needs it is about."""
    rows = judging.everything(session)
    needs = _public(session, "need", {r.need_id for r in rows})
    capabilities = _public(session, "capability", {r.capability_id for r in rows})
    kept = [r for r in rows if r.need_id in needs and r.capability_id in capabilities]
    said = sorted((r.need_id, r.capability_id, judging.GRADES[r.verdict]) for r in kept)
    asked = [needs[i] for i in dict.fromkeys(need for need, _, _ in said)]
    offered = [capabilities[i] for i in sorted({r.capability_id for r in kept})]
    files = {
        **_corpora(offered),
        "queries.jsonl": _lines(_original(document) for document in asked),
        "qrels.tsv": "".join(f"{n}\t{c}\t{grade}\n" for n, c, grade in said),
    }
    return Collection(files, len(kept), len(rows) - len(kept))


def _public(session: Session, kind: str, ids: Iterable[str]) -> dict[str, Document]:
    """Only what the index may hold: published records, and of them no confidential field."""
    wanted = sorted(ids)
    found: dict[str, Document] = {}
    for start in range(0, len(wanted), BATCH):
        found |= {d.id: d for d in documents(session, kind, wanted[start : start + BATCH])}
    return found


def _by_language(document: Document) -> dict[str, str]:
    """Language → all texts in it; the original comes first."""
    texts: dict[str, list[str]] = {}
    for part in document.texts:
        texts.setdefault(part.lang or "und", []).append(part.text)
    return {lang: "\n".join(parts) for lang, parts in texts.items()}


def _original(document: Document) -> dict[str, str]:
    lang, text = next(iter(_by_language(document).items()), ("und", ""))
    return {"_id": document.id, "lang": lang, "text": text}


def _corpora(offered: Iterable[Document]) -> dict[str, str]:
    """One file a language: a capability in two languages is one document in each."""
    rows: dict[str, list[dict[str, str]]] = {}
    for document in offered:
        for lang, text in _by_language(document).items():
            rows.setdefault(lang, []).append({"_id": document.id, "lang": lang, "text": text})
    return {f"corpus.{lang}.jsonl": _lines(found) for lang, found in sorted(rows.items())}


def _lines(rows: Iterable[Mapping[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def write(folder: Path, collection: Collection) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in collection.files.items():
        (folder / name).write_text(text, "utf-8")


def zipped(collection: Collection) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in collection.files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
