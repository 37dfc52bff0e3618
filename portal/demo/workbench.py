"""What the demo's desk has at hand: texts, half-done checklists, colleagues named in notes."""

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.core.texts import Words
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.service_requests import checks, services
from portal.service_requests.models import ServiceRequest
from portal.service_requests.text_modules import services as texts
from portal.service_requests.text_modules import shipped
from portal.service_requests.text_modules.services import ME, ModuleInput

LI, ZHAO = "li@base.example", "zhao@base.example"
# The share of the checklist that is done, by state.
DONE = {
    "assigned": 0.2,
    "in_progress": 0.5,
    "waiting_customer": 0.5,
    "waiting_partner": 0.6,
    "resolved": 1.0,
    "closed": 1.0,
}
OWN = {
    LI: ModuleInput(
        names={"zh-Hans": "实验室档期已预留", "de": "Labortermin reserviert"},
        bodies={
            "zh-Hans": "{{customer}}，您好：\n\n已为申请 {{number}} 预留实验室档期：…\n"
            "请于两个工作日内确认，逾期档期将释放。\n\n{{agent}}",
            "de": "Guten Tag {{customer}},\n\nfür {{number}} ist ein Labortermin reserviert: …\n"
            "Bitte bestätigen Sie ihn innerhalb von zwei Arbeitstagen, danach wird er frei.\n\n"
            "{{agent}}",
        },
        service="CERT",
        actions={"step": "ask_customer"},
    ),
    ZHAO: ModuleInput(
        names={"zh-Hans": "我来接手，加急", "en": "I take over, urgent"},
        bodies={},
        actions={"assignee": ME, "priority": "P2"},
    ),
}
# Notes that name a colleague, by request: days ago, who writes, the words.
MENTIONS = {
    "r01": (0.6, LI, "@{zhao} 太仓那边如果能签保密协议，请通知我，差价可以给客户省一笔。"),
    "r14": (0.8, ZHAO, "@{li} 你上周联系过不来梅那家，他们接不接 9 类危险品？"),
    "r22": (0.4, ZHAO, "@{li} 周二上午的内部碰头请一起来，德语纪要由你写。"),
}


def load(stage: Stage) -> None:
    """To be loaded after the requests."""
    shipped.load(stage.session)
    for email, text in OWN.items():
        texts.save(stage.session, stage.actors[email], None, text)
    loaded = joinedload(ServiceRequest.checks)
    for request in stage.session.scalars(select(ServiceRequest).options(loaded)).unique():
        _tick(stage, request)
        _mention(stage, request)


def _tick(stage: Stage, request: ServiceRequest) -> None:
    """The first lines of the list, one after the other, by whoever takes care of it."""
    agent = next((a for a in stage.actors.values() if a.user_id == request.assignee_id), None)
    lines = checks.lines(request)
    count = int(len(lines) * DONE.get(request.state, 0) + 0.5) if agent else 0
    for place, line in enumerate(lines[:count]):
        moment = request.created_at + (request.changed_at - request.created_at) * (place + 1) / (
            count + 1
        )
        with at(stage.session, moment):
            checks.tick(stage.session, agent or stage.actors[LI], request.id, line.place, done=True)


def _mention(stage: Stage, request: ServiceRequest) -> None:
    days, email, words = MENTIONS.get(request.external_ref or "", (0.0, LI, ""))
    if words:
        names = {"li": stage.actors[LI].name, "zhao": stage.actors[ZHAO].name}
        with at(stage.session, stage.ago(days)):
            said = Words(words.format(**names), "zh-Hans")
            services.note(stage.session, stage.actors[email], request.id, said)
