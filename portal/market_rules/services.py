"""Verbs of rules: each leaves a version that says who did what and why."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from portal.core import audit, clock
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid
from portal.core.i18n import lazy_gettext as _l
from portal.market_rules import checks, queries, rules
from portal.market_rules.models import MarketRule, MarketRuleVersion

MAX_WHY = 500
# From which statuses each step may be taken, and where it leads.
STEPS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "confirmed": ((rules.TO_REVIEW, rules.CONFIRMED, rules.OUTDATED), rules.CONFIRMED),
    "outdated": ((rules.TO_REVIEW, rules.CONFIRMED), rules.OUTDATED),
    "retired": ((rules.TO_REVIEW, rules.CONFIRMED, rules.OUTDATED), rules.RETIRED),
    "restored": ((rules.CONFIRMED, rules.RETIRED, rules.OUTDATED), rules.TO_REVIEW),
}
STEP_LABELS = {
    "confirmed": _l("Confirm"),
    "outdated": _l("Mark as outdated"),
    "retired": _l("Retire"),
    "restored": _l("Take back into review"),
}


def _may_edit(actor: Actor) -> None:
    if not actor.may(Permission.MARKET_RULE_EDIT):
        raise Forbidden(_l("Only the base keeps the rules of markets."))


def content_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record is kept as its content, in a fixed order, without what is empty."""
    kept = ((name, record.get(name)) for name in checks.FIELDS)
    return {name: value for name, value in kept if value not in (None, "", [], {})}


def add(session: Session, actor: Actor, record: Mapping[str, Any], why: str = "") -> MarketRule:
    """A new rule, to be reviewed. Raises Invalid."""
    _may_edit(actor)
    _check(record)
    if session.get(MarketRule, record["id"]) is not None:
        raise Invalid(_l("There is a rule with this id already."), field="id")
    return _begun(session, actor, record, why, "added")


def _check(record: Mapping[str, Any]) -> None:
    if wrong := checks.faults(record):
        raise Invalid(wrong[0][1], errors=dict(reversed(wrong)))


def _begun(
    session: Session, actor: Actor, record: Mapping[str, Any], why: str, act: str
) -> MarketRule:
    row = MarketRule(id=record["id"], status=rules.TO_REVIEW, edited=True, version=0)
    _write(row, record)
    session.add(row)
    keep(session, actor, row, act, why)
    return row


def _write(row: MarketRule, record: Mapping[str, Any]) -> None:
    row.content = content_of(record)
    row.market, row.kind = record["market"], record["kind"]


def edit(
    session: Session,
    actor: Actor,
    rule_id: str,
    record: Mapping[str, Any],
    why: str = "",
    version: int | None = None,
    act: str = "edited",
) -> MarketRule:
    """Write a rule anew; it waits for review again. Raises NotFound, Conflict, Invalid."""
    _may_edit(actor)
    row = queries.row_for(session, rule_id)
    _check_version(row, version)
    _check({**record, "id": rule_id})
    if content_of({**record, "id": rule_id}) == row.content:
        return row
    _write(row, {**record, "id": rule_id})
    row.edited = True
    if row.status != rules.RETIRED:
        _to_review(row)
    keep(session, actor, row, act, why)
    return row


def _to_review(row: MarketRule) -> None:
    row.status, row.reviewed_on, row.reviewer = rules.TO_REVIEW, None, ""


def _check_version(row: MarketRule, version: int | None) -> None:
    if version is not None and version != row.version:
        raise Conflict(_l("Somebody has changed this rule meanwhile: please look again."))


def step(
    session: Session,
    actor: Actor,
    rule_id: str,
    name: str,
    why: str = "",
    version: int | None = None,
) -> MarketRule:
    """Confirm a rule, mark it as outdated, retire it, or take it back. Raises Conflict."""
    _may_edit(actor)
    row = queries.row_for(session, rule_id)
    _check_version(row, version)
    sources, target = STEPS.get(name, ((), ""))
    if row.status not in sources:
        raise Conflict(_l("This step is not possible now."))
    row.status = target
    if target == rules.CONFIRMED:
        row.reviewed_on, row.reviewer = clock.now().date(), actor.name
    elif target == rules.TO_REVIEW:
        _to_review(row)
    keep(session, actor, row, name, why)
    return row


def keep(session: Session, actor: Actor, row: MarketRule, act: str, why: str = "") -> None:
    """Add the version that a rule has come to, and note the act in the audit trail."""
    keep_version(session, actor, row, act, why)
    audit.record(session, actor, f"market_rule.{act}", row, {"version": row.version})
    queries.forget(session)


def keep_version(session: Session, actor: Actor, row: MarketRule, act: str, why: str = "") -> None:
    """Add the version that a rule has come to."""
    row.version += 1
    row.changed_at = clock.now()
    session.add(
        MarketRuleVersion(
            rule_id=row.id,
            number=row.version,
            act=act,
            status=row.status,
            content=row.content,
            actor_id=actor.user_id,
            actor=actor.name,
            why=why.strip()[:MAX_WHY],
            at=row.changed_at,
        )
    )


def import_all(
    session: Session, actor: Actor, records: list[Mapping[str, Any]], why: str
) -> dict[str, int]:
    """Write all records that differ from what is kept; the caller has looked at their faults.
    Returns how many were added, edited and left as they were. Raises Invalid."""
    _may_edit(actor)
    done = dict.fromkeys(("added", "edited", "same"), 0)
    for record in records:
        done[_import_one(session, actor, record, why)] += 1
    return done


def _import_one(session: Session, actor: Actor, record: Mapping[str, Any], why: str) -> str:
    row = session.get(MarketRule, record["id"])
    what = change(row, record)
    verbs: dict[str, Callable[[], MarketRule]] = {
        "added": lambda: add(session, actor, record, why),
        "edited": lambda: edit(session, actor, record["id"], record, why, act="imported"),
    }
    if what in verbs:
        verbs[what]()
    return what


def change(row: MarketRule | None, record: Mapping[str, Any]) -> str:
    """What importing a record would do: added, edited or same."""
    if row is None:
        return "added"
    return "same" if row.content == content_of(record) else "edited"
