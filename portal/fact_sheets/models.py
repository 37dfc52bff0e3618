"""A file that was read and waits for its owner to say which of its changes count."""

from typing import Any

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, Created


class FactSheetDraft(Base):
    """The answers of the last file a company imported, by key, until it confirms or discards them.

    `versions` are those of the profile and the capabilities when the file was made; `kept` the
    questions whose answers an import never changes although the file differs.
    """

    __tablename__ = "fact_sheet_draft"
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), primary_key=True
    )
    answers: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    versions: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    kept: Mapped[list[str]] = mapped_column(JSON, default=list)
    created_at: Mapped[Created]
