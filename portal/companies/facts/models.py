"""What a company states beside its certificates: sustainability, and for whom it works."""

from decimal import Decimal

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.db import Base, OpaqueId


class SustainabilityFact(Base):
    """One figure of a product or plant; `kind` says which columns it uses (see rules.KINDS).

    `value` is in `unit`; `method` is the method of calculation, the kind of energy certificate or
    the state of the battery passport.
    """

    __tablename__ = "sustainability_fact"
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    kind: Mapped[str] = mapped_column(String(30))
    product: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[Decimal | None]
    unit: Mapped[str] = mapped_column(String(20), default="")
    material: Mapped[str] = mapped_column(String(30), default="")
    method: Mapped[str] = mapped_column(String(40), default="")
    boundary: Mapped[str] = mapped_column(String(40), default="")
    scope: Mapped[str] = mapped_column(String(300), default="")
    year: Mapped[int | None]
    verifier: Mapped[str] = mapped_column(String(120), default="")
    site: Mapped[str] = mapped_column(String(120), default="")
    disclosure: Mapped[str] = mapped_column(String(12), default="public")


class CompanyReference(Base):
    """A customer the company supplies, by name or described; `since` is a year."""

    __tablename__ = "company_reference"
    id: Mapped[OpaqueId]
    company_id: Mapped[str] = mapped_column(
        ForeignKey("company.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int] = mapped_column(default=0)
    customer: Mapped[str] = mapped_column(String(200))
    product: Mapped[str] = mapped_column(String(200), default="")
    since: Mapped[int | None]
    market: Mapped[str] = mapped_column(String(2), default="")
    disclosure: Mapped[str] = mapped_column(String(12), default="nda")
