"""What the base's people change in the thesaurus: revisions, the releases they went live with, and
the trials that came before."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created, OpaqueId


class ThesaurusRelease(Base):
    """Changes that went live together. `digest` is that of all changes in force since then."""

    __tablename__ = "thesaurus_release"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str] = mapped_column(String(16))
    at: Mapped[Created]
    actor_id: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text, default="")
    undoes: Mapped[int | None]
    indexed_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]

    @property
    def id(self) -> int:
        """The audit trail knows objects by their id."""
        return self.number


class ConceptRevision(Base):
    """One state of a concept, whole, as somebody wrote it; never edited, only published,
    withdrawn, or replaced by the next draft."""

    __tablename__ = "concept_revision"
    __table_args__ = (
        Index("ix_concept_revision_concept", "concept_id", "release"),
        Index("ix_concept_revision_status", "status"),
    )
    id: Mapped[OpaqueId]
    concept_id: Mapped[str] = mapped_column(String(80))
    state: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[Created]
    status: Mapped[str] = mapped_column(String(12), default="draft")
    release: Mapped[int | None] = mapped_column(ForeignKey("thesaurus_release.number"))


class ThesaurusTrial(Base):
    """One relevance run of all drafts over a copy of the index; `fingerprint` names the drafts."""

    __tablename__ = "thesaurus_trial"
    id: Mapped[OpaqueId]
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    at: Mapped[Created]
    actor_id: Mapped[str | None] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(12), default="waiting")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    finished_at: Mapped[datetime | None]
