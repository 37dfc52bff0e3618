"""Reads of further facts."""

from collections.abc import Iterable
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

Row = TypeVar("Row")


def rows(session: Session, model: type[Row], company_ids: Iterable[str]) -> list[Row]:
    """Of these companies, in their order."""
    columns: Any = model
    query = select(model).where(columns.company_id.in_(list(company_ids)))
    return list(session.scalars(query.order_by(columns.company_id, columns.position)))
