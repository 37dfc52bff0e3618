"""Members that could be taken for each other: found when a name, number or domain is written.

The number of statements does not depend on how many companies there are or are found.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, CompoundSelect, Select, bindparam, literal, select, union_all
from sqlalchemy.orm import Session

from portal.accounts.models import Membership, Organisation, User
from portal.accounts.services import people
from portal.companies.models import Company, CompanyText
from portal.companies.verification import rules
from portal.companies.verification.models import Lookalike
from portal.core import clock, jobs
from portal.core.names import claims, domains, spellings
from portal.core.names.folding import fold
from portal.core.names.legal_forms import core

OPEN = ("open", "duplicate")
_LENGTH = 300
_OWN: BindParameter[str] = bindparam("own")


@dataclass(frozen=True)
class Alike:
    """How an organisation resembles another one; `other_id` is itself for what its name says."""

    other_id: str
    reason: str
    mark: str
    shown: str
    other_shown: str

    @property
    def key(self) -> tuple[str, str, str]:
        return self.other_id, self.reason, self.mark


@dataclass(frozen=True)
class _Known:
    """What an organisation goes by."""

    id: str
    names: tuple[str, ...]
    addresses: tuple[str, ...]
    registration: str | None


def check(session: Session, organisation_id: str) -> list[Lookalike]:
    """Queue what is newly alike, close what no longer is; returns what is open afterwards.

    A company stays unpublished while something of weight is open.
    """
    session.flush()
    known = _known(session, organisation_id)
    if known is None:
        return []
    found = {alike.key: alike for alike in _found(session, known)}
    pairs = list(
        session.scalars(
            select(Lookalike).where(
                (Lookalike.organisation_id == known.id) | (Lookalike.other_id == known.id)
            )
        )
    )
    _close(pair for pair in pairs if _of(known, pair) and _key(known, pair) not in found)
    seen = {_key(known, pair): pair for pair in pairs}
    for key in found.keys() & seen.keys():
        if seen[key].state == "gone":
            seen[key].state = "open"
    new = [_row(known, alike) for key, alike in found.items() if key not in seen]
    session.add_all(new)
    session.flush()
    mine = [pair for pair in (*pairs, *new) if _of(known, pair) and pair.state in OPEN]
    hold(session, known.id, mine)
    return mine


def hold(session: Session, organisation_id: str, pairs: Iterable[Lookalike]) -> None:
    """Keep the profile from being published while one of its own pairs weighs enough."""
    company = session.get(Company, organisation_id)
    if company is not None:
        company.held = any(p.reason in rules.HOLDING and p.state in OPEN for p in pairs)


def _of(known: _Known, pair: Lookalike) -> bool:
    return pair.organisation_id == known.id


def _key(known: _Known, pair: Lookalike) -> tuple[str, str, str]:
    other = pair.other_id if _of(known, pair) else pair.organisation_id
    return other, pair.reason, pair.mark


def _close(pairs: Iterable[Lookalike]) -> None:
    for pair in pairs:
        if pair.state in OPEN:
            pair.state, pair.changed_at = "gone", clock.now()


def _row(known: _Known, alike: Alike) -> Lookalike:
    return Lookalike(
        organisation_id=known.id,
        other_id=alike.other_id,
        reason=alike.reason,
        mark=alike.mark[:_LENGTH],
        shown=alike.shown[:_LENGTH],
        other_shown=alike.other_shown[:_LENGTH],
    )


def _known(session: Session, organisation_id: str) -> _Known | None:
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        return None
    company = session.get(Company, organisation_id)
    texts = select(CompanyText.name).where(CompanyText.company_id == organisation_id)
    mails = (
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.organisation_id == organisation_id)
    )
    names = dict.fromkeys(name for name in (organisation.name, *session.scalars(texts)) if name)
    website = (company.website or "") if company else ""
    addresses = dict.fromkeys(_hosts((website, *session.scalars(mails))))
    number = company.registration_id if company else None
    return _Known(organisation_id, tuple(names), tuple(addresses), number)


def _hosts(addresses: Iterable[str]) -> Iterator[str]:
    return (domains.host(text) for text in addresses if domains.key(text))


def _found(session: Session, known: _Known) -> Iterator[Alike]:
    yield from _by_name(session, known)
    yield from _by_number(session, known)
    yield from _by_domain(session, known)
    for name in known.names:
        if claims.claims(name):
            yield Alike(known.id, "claim", fold(name), name, name)
        if claims.mixes_scripts(name):
            yield Alike(known.id, "script", fold(name), name, name)


def _by_name(session: Session, known: _Known) -> Iterator[Alike]:
    """The same key weighs more than the same name under another legal form."""
    exact: dict[str, str] = {}
    near: dict[str, str] = {}
    for name in known.names:
        plain = claims.without_claims(name)
        exact |= dict.fromkeys((spellings.keys(name) | spellings.keys(plain)) - {""}, name)
        cores = {core(n) for n in (name, plain)} | spellings.core_keys(plain)
        near |= dict.fromkeys({key for key in cores if len(key) > 1}, name)
    told = set()
    own_of = {"name": exact, "near": near}
    wanted = {"name": list(exact), "near": list(near), "own": known.id}
    rows = session.execute(_SAME_NAME, wanted).all()
    for reason, other_id, mark, shown in sorted(rows, key=lambda row: row[0] != "name"):
        if other_id not in told:
            told.add(other_id)
            yield Alike(other_id, reason, mark, own_of[reason][mark], shown)


def _marked(reason: str, owner: Any, mark: Any, shown: Any) -> Select[str, str, str, str]:
    """Names of others by one of their indexed keys, a parameter with the name of the reason."""
    wanted: BindParameter[Any] = bindparam(reason, expanding=True)
    return select(literal(reason, literal_execute=True), owner, mark, shown).where(
        mark.in_(wanted), owner != _OWN
    )


# Built once: an import asks them for every row.
_SAME_NAME: CompoundSelect[Any] = union_all(
    _marked("name", CompanyText.company_id, CompanyText.name_key, CompanyText.name),
    _marked("name", Organisation.id, Organisation.name_key, Organisation.name),
    _marked("near", CompanyText.company_id, CompanyText.core_key, CompanyText.name),
    _marked("near", Organisation.id, Organisation.core_key, Organisation.name),
)


def _by_number(session: Session, known: _Known) -> Iterator[Alike]:
    if known.registration is None:
        return
    query = select(Company.id).where(
        Company.registration_id == known.registration, Company.id != known.id
    )
    for other_id in session.scalars(query):
        number = known.registration
        yield Alike(other_id, "number", number, number, number)


def _by_domain(session: Session, known: _Known) -> Iterator[Alike]:
    """Another registered domain that could be taken for one of these; never the same one."""
    keys = {key: host for host in known.addresses for key in domains.suspects(host)}
    if not keys:
        return
    told = set()
    rows = session.execute(_SAME_HOST, {"keys": list(keys), "own": known.id})
    for other_id, key, address in rows:
        other = domains.host(address)
        if other_id in told or any(domains.same(other, own) for own in known.addresses):
            continue
        told.add(other_id)
        yield Alike(other_id, "domain", key, keys[key], other)


_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_SAME_HOST: CompoundSelect[Any] = union_all(
    select(Company.id, Company.domain_key, Company.website).where(
        Company.domain_key.in_(_KEYS), Company.id != _OWN
    ),
    select(Membership.organisation_id, User.domain_key, literal("@") + User.email)
    .join(Membership, Membership.user_id == User.id)
    .where(User.domain_key.in_(_KEYS), Membership.organisation_id != _OWN),
)


def refold(session: Session) -> int:
    """Bring the keys of every name and domain up to date; returns how many were not."""
    changed = 0
    for row in session.scalars(select(Organisation)):
        changed += _renewed(row, name_key=fold(row.name), core_key=core(row.name))
    for text in session.scalars(select(CompanyText)):
        changed += _renewed(text, name_key=fold(text.name), core_key=core(text.name))
    for company in session.scalars(select(Company)):
        changed += _renewed(company, domain_key=domains.key(company.website or ""))
    for user in session.scalars(select(User)):
        changed += _renewed(user, domain_key=domains.key(user.email))
    return changed


def _renewed(row: object, **keys: str) -> int:
    fresh = {name: key for name, key in keys.items() if getattr(row, name) != key}
    for name, key in fresh.items():
        setattr(row, name, key)
    return int(bool(fresh))


def check_later(session: Session, organisation_id: str) -> None:
    """After a registration, whose answer must take as long as for an address that is known."""
    jobs.enqueue(session, "likeness.check", {"id": organisation_id})


people.REGISTERED.append(check_later)
