"""How well partners answer, from one aggregated statement over all referrals."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from portal.service_requests.models import Referral
from portal.service_requests.partners.rules import OPEN


@dataclass(frozen=True)
class Figures:
    """Counts of referrals; medians in working minutes of the partner; share and mark when known."""

    asked: int = 0
    open: int = 0
    accepted: int = 0
    done: int = 0
    answer_minutes: int | None = None
    finish_minutes: int | None = None
    in_time: Decimal | None = None
    mark: Decimal | None = None


NONE = Figures()


def of_partners(session: Session, partner_ids: Iterable[str] | None = None) -> dict[str, Figures]:
    """Figures by partner id; all partners that were ever asked when none are named."""
    ranked = _ranked(partner_ids)
    answer = _median(ranked, "answer_minutes")
    finish = _median(ranked, "finish_minutes")
    query = select(
        ranked.c.partner_id,
        func.count(),
        _times(ranked.c.state.in_(OPEN)),
        _times(ranked.c.accepted == 1),
        _times(ranked.c.state == "done"),
        answer,
        finish,
        func.avg(case((ranked.c.in_time.is_(True), 1.0), (ranked.c.in_time.is_(False), 0.0))),
        func.avg(ranked.c.mark),
    ).group_by(ranked.c.partner_id)
    return {row[0]: _figures(*row[1:]) for row in session.execute(query)}


def _ranked(partner_ids: Iterable[str] | None) -> Any:
    """Referrals with the rank of their times among those of the same partner. A withdrawn one
    that was never answered says nothing of the partner."""
    query = select(
        Referral.partner_id,
        Referral.state,
        Referral.mark,
        Referral.in_time,
        Referral.answer_minutes,
        Referral.finish_minutes,
        case((_was_accepted(), 1), else_=0).label("accepted"),
        *(
            window
            for column in (Referral.answer_minutes, Referral.finish_minutes)
            for window in _windows(column)
        ),
    ).where((Referral.state != "withdrawn") | Referral.answered_at.is_not(None))
    if partner_ids is not None:
        query = query.where(Referral.partner_id.in_(list(partner_ids)))
    return query.subquery()


def _was_accepted() -> ColumnElement[bool]:
    return Referral.answered_at.is_not(None) & (Referral.state != "declined")


def _windows(column: Any) -> tuple[Any, Any]:
    """The place of a row among the known times of its partner, and how many are known."""
    groups = [Referral.partner_id, column.is_(None)]
    rank = func.row_number().over(partition_by=groups, order_by=(column, Referral.id))
    known = func.count(column).over(partition_by=Referral.partner_id)
    return rank.label(f"{column.key}_rank"), known.label(f"{column.key}_known")


def _median(ranked: Any, name: str) -> ColumnElement[Any]:
    """The middle one of the known times, or the mean of the two in the middle."""
    rank, known = ranked.c[f"{name}_rank"], ranked.c[f"{name}_known"]
    middle = (rank * 2).between(known, known + 2)
    return func.avg(case((middle & ranked.c[name].is_not(None), ranked.c[name])))


def _times(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _figures(
    asked: int, is_open: int, accepted: int, done: int, answer: Any, finish: Any, time: Any,
    mark: Any,
) -> Figures:  # fmt: skip
    return Figures(
        asked,
        is_open,
        accepted,
        done,
        None if answer is None else round(answer),
        None if finish is None else round(finish),
        _places(time, 2),
        _places(mark, 1),
    )


def _places(value: Any, places: int) -> Decimal | None:
    return None if value is None else round(Decimal(str(value)), places)
