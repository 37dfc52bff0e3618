"""Verbs on the thesaurus: write a draft, withdraw it, try all drafts, publish them, undo that."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.core import audit, clock, jobs
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Forbidden, Invalid, NotFound
from portal.core.i18n import lazy_gettext as _l
from portal.thesaurus import overlay, queries, rules
from portal.thesaurus.models import ConceptRevision, ThesaurusRelease, ThesaurusTrial
from portal.thesaurus.overlay import State
from portal.thesaurus.store import Thesaurus

RELEASE_JOB = "thesaurus.release"
TRIAL_JOB = "thesaurus.try"
MAX_REASON = 500


def _may(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise Forbidden(_l("Your role does not permit this."))


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        message = _l("Please say why: colleagues read it in the history.")
        raise Invalid(message, field="reason")
    if len(reason) > MAX_REASON:
        raise Invalid(_l("Please use fewer words."), field="reason")
    return reason


def seen(session: Session, concept_id: str) -> str:
    """What a form was made from: it is refused when somebody else has written since."""
    newest = queries.history(session, concept_id)
    return newest[0].id if newest else ""


def save_draft(
    session: Session, actor: Actor, state: State, reason: str, *, version: str | None = None
) -> ConceptRevision:
    """Write a new state of a concept as a draft; it replaces a draft that waits."""
    _may(actor, Permission.THESAURUS_EDIT)
    reason = _reason(reason)
    concept_id = str(state["id"])
    if version is not None and version != seen(session, concept_id):
        raise Conflict(_l("Somebody else has changed this concept meanwhile."))
    return _draft(session, actor, concept_id, state, reason)


def _draft(
    session: Session, actor: Actor, concept_id: str, state: State, reason: str
) -> ConceptRevision:
    waiting = queries.draft_of(session, concept_id)
    if waiting is not None:
        waiting.status = "replaced"
    revision = ConceptRevision(
        concept_id=concept_id, state=state, reason=reason, author_id=actor.user_id
    )
    session.add(revision)
    session.flush()
    audit.record(session, actor, "concept.draft", revision, {"concept": concept_id})
    return revision


def retire(
    session: Session, actor: Actor, concept_id: str, reason: str, *, used: int
) -> ConceptRevision:
    """Draft that a concept is no more; refused while something still stands on it."""
    _may(actor, Permission.THESAURUS_EDIT)
    planned = queries.planned_thesaurus(session, queries.drafts(session))
    if concept_id not in planned:
        raise NotFound
    if used:
        message = _l(
            "%(count)s published records use it as their category or scenario.", count=used
        )
        raise Conflict(message)
    if planned.narrower(concept_id):
        raise Conflict(_l("Other concepts stand below it: move them first."))
    return _draft(session, actor, concept_id, overlay.retired(concept_id), _reason(reason))


def draft_all(
    session: Session, actor: Actor, states: Iterable[State], reason: str
) -> list[ConceptRevision]:
    """Many drafts at once, as an import makes them; what is as it was makes none."""
    _may(actor, Permission.THESAURUS_EDIT)
    reason = _reason(reason)
    planned = queries.planned_thesaurus(session, queries.drafts(session))
    return [
        _draft(session, actor, str(state["id"]), state, reason)
        for state in differing(states, planned)
    ]


def differing(states: Iterable[State], planned: Thesaurus) -> Iterator[State]:
    """Those that are not as the concept is already."""
    for state in states:
        if overlay.concept_of(state) != planned.get(str(state["id"])):
            yield state


def withdraw(session: Session, actor: Actor, concept_id: str) -> None:
    """Take back the draft of a concept."""
    _may(actor, Permission.THESAURUS_EDIT)
    revision = queries.draft_of(session, concept_id)
    if revision is None:
        raise NotFound
    revision.status = "withdrawn"
    audit.record(session, actor, "concept.withdraw", revision, {"concept": concept_id})


def withdraw_all(session: Session, actor: Actor) -> int:
    waiting = queries.drafts(session)
    for revision in waiting:
        withdraw(session, actor, revision.concept_id)
    return len(waiting)


def begin_trial(session: Session, actor: Actor) -> ThesaurusTrial:
    """Let a job show what the drafts would do. A trial of the same drafts that runs is enough."""
    _may(actor, Permission.THESAURUS_EDIT)
    waiting = queries.drafts(session)
    if not waiting:
        raise Conflict(_l("There are no drafts."))
    mark = queries.fingerprint(session, waiting)
    running = queries.trial_of(session, mark)
    if running is not None and running.state in rules.RUNNING:
        return running
    trial = ThesaurusTrial(fingerprint=mark, actor_id=actor.user_id)
    session.add(trial)
    session.flush()
    jobs.enqueue(session, TRIAL_JOB, {"id": trial.id}, dedupe=trial.id)
    audit.record(session, actor, "thesaurus.try", trial, {"drafts": len(waiting)})
    return trial


def obstacle(
    waiting: Sequence[ConceptRevision], trial: ThesaurusTrial | None, planned: Thesaurus
) -> Any:
    """Why the drafts cannot be published now, or None; `trial` is the one of exactly these."""
    if not waiting:
        return _l("There are no drafts.")
    if trial is None or trial.state != rules.TRIED:
        return _l("Try the drafts first: nobody has seen yet what they do as they are now.")
    if rules.problems((revision.concept_id for revision in waiting), planned):
        return _l("The checker has found problems in the drafts.")
    return None


def publish(session: Session, actor: Actor, note: str = "") -> ThesaurusRelease:
    """All drafts together become the next release; a job brings it into the index."""
    _may(actor, Permission.THESAURUS_PUBLISH)
    waiting = queries.drafts(session)
    trial = queries.trial_of(session, queries.fingerprint(session, waiting))
    reason = obstacle(waiting, trial, queries.planned_thesaurus(session, waiting))
    if reason is not None:
        raise Conflict(reason)
    states = {revision.concept_id: revision.state for revision in waiting}
    release = _release(session, actor, states, note.strip())
    for revision in waiting:
        revision.status, revision.release = overlay.PUBLISHED, release.number
    session.flush()
    audit.record(session, actor, "thesaurus.publish", release, {"concepts": sorted(states)[:50]})
    return release


def _release(
    session: Session,
    actor: Actor,
    states: Mapping[str, State],
    note: str,
    undoes: int | None = None,
) -> ThesaurusRelease:
    last = overlay.newest(session).number
    everything = overlay.states(session, last) | dict(states)
    release = ThesaurusRelease(
        number=last + 1,
        digest=overlay.digest(everything),
        actor_id=actor.user_id,
        note=note[:MAX_REASON],
        undoes=undoes,
    )
    session.add(release)
    session.flush()
    jobs.enqueue(session, RELEASE_JOB, {}, dedupe=str(release.number))
    return release


def undo(session: Session, actor: Actor, which: str) -> ThesaurusRelease:
    """A new release that puts back what another one changed."""
    _may(actor, Permission.THESAURUS_PUBLISH)
    number = queries.release_for(session, which).number
    changed = [revision.concept_id for revision in queries.revisions_of(session, number)]
    if queries.later_changes(session, number) & set(changed):
        raise Conflict(_l("A later release changed the same concepts: undo that one first."))
    earlier = queries.before(session, number, changed)
    states = {i: overlay.state_of(concept, i) for i, concept in earlier.items()}
    release = _release(session, actor, states, "", undoes=number)
    for concept_id, state in states.items():
        session.add(
            ConceptRevision(
                concept_id=concept_id,
                state=state,
                reason="",
                author_id=actor.user_id,
                at=clock.now(),
                status=overlay.PUBLISHED,
                release=release.number,
            )
        )
    session.flush()
    audit.record(session, actor, "thesaurus.undo", release, {"undoes": number})
    return release
