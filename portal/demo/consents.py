"""What the people of the demo agreed to: all of them the notice, most of those in mainland China
to be named abroad, some took it back, one refused."""

from sqlalchemy import select

from portal.accounts import consents
from portal.accounts.models import Organisation, User
from portal.core.access import Actor
from portal.demo.past import at
from portal.demo.stage import Stage

# Among people of mainland China, by turns: the days after joining on which they say yes or no.
TURNS: tuple[tuple[tuple[int, bool], ...], ...] = (
    ((0, True),),
    ((0, True),),
    ((3, True), (90, False)),
    ((0, True),),
    (),
)


def load(stage: Stage) -> None:
    """Everybody's consents, dated after they joined."""
    turn = 0
    countries = dict(stage.session.execute(select(Organisation.id, Organisation.country)).all())
    for actor in [a for a in stage.actors.values() if a.org_id]:
        country = countries[actor.org_id or ""]
        _accept(stage, actor, country)
        if country == consents.HOME:
            _decide(stage, actor, TURNS[turn % len(TURNS)])
            turn += 1


def _user(stage: Stage, actor: Actor) -> User:
    return stage.session.get_one(User, actor.user_id)


def _accept(stage: Stage, actor: Actor, country: str) -> None:
    with at(stage.session, stage.ago(189)):
        user = _user(stage, actor)
        consents.accept_notice(stage.session, user, country, actor.locale, abroad=False)


def _decide(stage: Stage, actor: Actor, said: tuple[tuple[int, bool], ...]) -> None:
    for days, given in said:
        with at(stage.session, stage.ago(189 - days)):
            user = _user(stage, actor)
            consents.record(stage.session, user, "abroad", given, actor.locale)
