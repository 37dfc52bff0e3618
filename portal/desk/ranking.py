"""The weights of the order: in words and numbers, what a change would move, and who made which."""

from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField
from wtforms.validators import Length

from portal.capabilities.models import Capability
from portal.core import i18n
from portal.core.access import Permission
from portal.core.errors import Invalid
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.texts import chosen
from portal.desk.blueprint import blueprint
from portal.matching import judging, queries, weighing, wording
from portal.matching.ranking import PARTS, Weights
from portal.matching.weighing import Proposal, Trial
from portal.needs.models import Need
from portal.web.app import actor, db
from portal.web.forms import BaseForm, IntegerNumberField
from portal.web.guards import requires
from portal.web.locale import with_query
from portal.web.templating import page


class WeightsForm(BaseForm):
    """Points of a hundred by part. They come in the address, so that a trial can be shared."""

    criteria = IntegerNumberField(wording.PARTS["criteria"])
    relevance = IntegerNumberField(wording.PARTS["relevance"])
    freshness = IntegerNumberField(wording.PARTS["freshness"])
    responsiveness = IntegerNumberField(wording.PARTS["responsiveness"])
    reason = StringField(_l("Reason for the change"), [Length(max=500)])
    do = HiddenField()

    def weights(self) -> Weights:
        """Raises Invalid, with a message at the field, unless the four make a hundred."""
        missing = {n: _l("Please enter a whole number.") for n in PARTS if self[n].data is None}
        if missing:
            raise Invalid(_l("Please enter all four numbers."), errors=missing)
        weights = Weights(**{name: int(self[name].data) for name in PARTS})
        weighing.check(weights)
        return weights


@blueprint.get("/desk/ranking")
@requires(Permission.RANKING_VIEW)
def ranking() -> ResponseReturnValue:
    """The weights; with numbers in the address also what they would do."""
    now = queries.weights(db())
    asked = any(name in request.args for name in PARTS)
    kept = MultiDict({name: str(points) for name, points in now.as_dict().items()})
    given = request.args if asked else kept
    form = WeightsForm(formdata=given, meta={"csrf": False})
    if not asked or not form.validate():
        return _page(form)
    proposed = form.accept(form.weights)
    return _page(form, proposed) if proposed and proposed != now else _page(form)


def _page(form: WeightsForm, proposed: Weights | None = None) -> ResponseReturnValue:
    now = queries.weights(db())
    trial = _trial(proposed) if proposed else None
    return page(
        "desk/ranking.html",
        form=form,
        weights=now,
        proposed=proposed,
        trial=trial,
        figures=trial.before if trial else weighing.figures(db(), now, judging.everything(db())),
        history=() if proposed else weighing.history(db()),
        part_names=wording.PARTS,
        parts=PARTS,
        **_moved(trial),
    )


def _trial(weights: Weights) -> Trial | None:
    """At once, or what the worker has found out about many matches; None: not yet known."""
    if weighing.is_large(db()):
        return weighing.answer(db(), weights)
    return weighing.tried(db(), weights)


def _moved(trial: Trial | None) -> dict[str, Any]:
    tag = i18n.current().tag
    moves = trial.moves if trial else ()
    return {
        "needs": queries.titles(db(), Need, {m.need_id for m in moves}),
        "capabilities": queries.titles(db(), Capability, {m.capability_id for m in moves}),
        "text_of": lambda row: chosen(row.texts, tag),
    }


@blueprint.post("/desk/ranking")
@requires(Permission.RANKING_EDIT)
def change_ranking() -> ResponseReturnValue:
    """Put weights into force, or let the worker try them."""
    form = WeightsForm()
    valid = form.validate()
    proposed = None if any(form[n].errors for n in PARTS) else form.accept(form.weights)
    if proposed is None or not valid:
        return _page(form, proposed)
    if form.do.data == "try":
        weighing.ask(db(), proposed)
        return redirect(with_query(url_for("desk.ranking"), proposed.as_dict().items()), 303)
    reason = form.reason.data or ""
    if form.accept(lambda: weighing.change(db(), actor(), Proposal(proposed, reason))) is None:
        return _page(form, proposed)
    flash(gettext("The new weights are in force. Stored lists follow within minutes."), "success")
    return redirect(url_for("desk.ranking"), 303)
