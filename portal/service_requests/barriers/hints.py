"""Public barriers on the page of a service that helps with them."""

from sqlalchemy.orm import Session

from portal.core import i18n
from portal.service_requests.barriers import presentation, queries, rules
from portal.service_requests.barriers.presentation import Shown


def of_service(session: Session, code: str, market: str = "") -> list[Shown]:
    """The newest ones of a market, or of all markets without one."""
    kinds = rules.kinds_of(code)
    known = market == rules.EU or market in dict(i18n.countries())
    if not kinds:
        return []
    rows = queries.public_hints(session, [market] if known else [], kinds=kinds)
    return [presentation.public(row) for row in rows]
