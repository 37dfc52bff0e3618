"""Pages of a list: state in the address, counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from flask import request, url_for
from sqlalchemy import Select, func
from sqlalchemy.orm import Session

from portal.web.locale import with_query

Row = TypeVar("Row")
PER_PAGE = 20
MAX_PAGE = 500


def number() -> int:
    """The page asked for; anything odd is the first one."""
    raw = request.args.get("page", "1")
    wanted = int(raw) if raw.isascii() and raw.isdigit() and len(raw) <= 6 else 1
    return min(max(wanted, 1), MAX_PAGE)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of rows; `total` counts all of them."""

    rows: Sequence[Row]
    total: int
    number: int
    per_page: int = PER_PAGE
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        return min(max(1, -(-self.total // self.per_page)), MAX_PAGE)

    @property
    def offset(self) -> int:
        return (self.number - 1) * self.per_page

    def url(self, n: int) -> str:
        """The same list at page `n`."""
        path = url_for(request.endpoint or "", **(request.view_args or {}))
        kept = [pair for pair in request.args.items(multi=True) if pair[0] != "page"]
        return with_query(path, [*kept, ("page", n if n > 1 else None)])

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(
    session: Session, query: Select[Any], *, page: int | None = None, per_page: int = PER_PAGE
) -> Page[Any]:
    """Two statements: a count, and the rows of one page (first column of each row)."""
    at = page or number()
    total = session.execute(
        query.with_only_columns(func.count(), maintain_column_froms=True).order_by(None)
    ).scalar_one()
    rows = session.scalars(query.limit(per_page).offset((at - 1) * per_page)).unique().all()
    return Page(rows, total, at, per_page)
