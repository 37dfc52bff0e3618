"""Rules of markets in the demo: brought in, a part of them reviewed, and a request that began at
one that a supplier does not meet yet."""

from portal.core import i18n
from portal.core.texts import Words
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.market_rules import queries, services, shipped
from portal.market_rules.models import MarketRule
from portal.service_requests import services as requests
from portal.service_requests.market_gaps import describe
from portal.service_requests.services import RequestInput

REVIEWERS = ("li@base.example", "zhao@base.example")
REVIEWED_MARKETS = ("EU", "TR")
# One rule in this many is left to be reviewed; the others were, in the weeks before.
LEFT = 4
DUE_AGO = 380
INVERTER, EMC = "s01-1", "eu-un-r10"


def load(stage: Stage) -> None:
    """The staff and the suppliers with their capabilities must be there already."""
    with at(stage.session, stage.ago(DUE_AGO + 5)):
        shipped.load(stage.session)
    rows = [r for r in queries.all_rows(stage.session) if r.market in REVIEWED_MARKETS]
    for place, row in enumerate(rows):
        if place % LEFT:
            _review(stage, place, row)
    _ask(stage)


def _review(stage: Stage, place: int, row: MarketRule) -> None:
    days = DUE_AGO if place % 17 == 1 else 10 + place * 7 % 120
    reviewer = stage.actors[REVIEWERS[place % len(REVIEWERS)]]
    with at(stage.session, stage.ago(days)):
        services.step(stage.session, reviewer, row.id, "confirmed")


def _ask(stage: Stage) -> None:
    """The inverter maker asked for help with electromagnetic compatibility in the EU."""
    capability = stage.capabilities[INVERTER]
    asker = stage.actor("s01")
    rule = queries.rule_in_use(stage.session, EMC)
    with at(stage.session, stage.ago(2)), i18n.use_locale(asker.locale):
        text = next(t.title for t in capability.texts if t.locale == asker.locale)
        data = RequestInput(
            service=rule.service,
            title=i18n.gettext("%(rule)s for %(title)s", rule=rule.title[asker.locale], title=text),
            words=Words(describe(rule, text, ""), asker.locale),
            markets=["DE", "HU"],
            answers={"component": text, "regulation": ["UN R10"]},
            capability_id=capability.id,
            rule_id=rule.id,
        )
        requests.create(stage.session, asker, data)
