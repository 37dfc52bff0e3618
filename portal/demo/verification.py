"""What the demo's base has checked of companies, and what waits in its queue."""

from collections.abc import Sequence
from datetime import timedelta

from portal.companies import records
from portal.companies import services as companies
from portal.companies.verification.levels import Finding
from portal.companies.verification.models import VerificationRequest
from portal.companies.verification.services import appeals, changes, reports, requests
from portal.companies.verification.standing import DOCUMENTS
from portal.core import clock
from portal.core.access import SYSTEM
from portal.core.files import Upload, store
from portal.demo.past import at
from portal.demo.stage import Stage

LI, ZHAO = "li@base.example", "zhao@base.example"
# Company, days ago, days that the finding still counts, what was not checked.
PAPERS = (
    ("s01", 210, 155, ("finances", "references")),
    ("s02", 341, 24, ("finances", "capacity", "other_sites")),
    ("s05", 60, 305, ("owners", "finances")),
    ("s08", 120, 245, ("finances", "capacity")),
    ("s12", 33, 332, ("finances", "export", "other_sites")),
    ("b01", 95, 270, ("finances",)),
)
SEEN = (
    "现场查看两条定子绕线线和一条总装线，均在生产；营业执照原件与门牌、厂房租赁合同一致；"
    "抽查三个批次的检验记录。Besuch in beiden Hallen, Linien in Betrieb."
)
SUSPENDED = "s58"


def load(stage: Stage) -> None:
    """To be loaded after companies and people."""
    for ref, ago, left, open_points in PAPERS:
        _check_papers(stage, ref, ago, left, open_points)
    _visit(stage)
    _waiting(stage)
    _appeal(stage)
    _lookalike(stage)


def _ask(stage: Stage, ref: str, message: str) -> VerificationRequest:
    """With a register extract; a demo shows nobody's real papers."""
    company, who = stage.companies[ref], stage.actor(ref)
    said = f"{who.org_name}\n{company.registration_scheme} {company.registration_id}\n"
    paper = Upload("register-extract.txt", "text/plain", said.encode())
    file = store(stage.session, stage.files, paper, who.org_id)
    return requests.ask(stage.session, who, requests.Ask(DOCUMENTS, message, (file,)))


def _check_papers(
    stage: Stage, ref: str, ago: float, left: int, open_points: Sequence[str]
) -> None:
    with at(stage.session, stage.ago(ago + 3)):
        row = _ask(stage, ref, "")
    with at(stage.session, stage.ago(ago)):
        until = stage.now.date() + timedelta(days=left)
        finding = Finding(valid_until=until, not_checked=list(open_points))
        requests.decide(stage.session, stage.actors[LI], row.id, "grant", finding=finding)


def _visit(stage: Stage) -> None:
    """Two people: one who was there, one who confirms it."""
    with at(stage.session, stage.ago(72)):
        row = requests.propose_visit(stage.session, stage.actors[LI], stage.companies["s01"].id)
        finding = Finding(
            valid_until=stage.now.date() + timedelta(days=650),
            not_checked=["finances", "bank", "export"],
            not_checked_note="太仓的仓库没有去",
            visited_on=clock.now().date(),
            visitors="李敏、徐嘉",
            seen=SEEN,
        )
        requests.decide(stage.session, stage.actors[LI], row.id, "propose", finding=finding)
    with at(stage.session, stage.ago(70)):
        requests.decide(stage.session, stage.actors[ZHAO], row.id, "approve")


def _waiting(stage: Stage) -> None:
    with at(stage.session, stage.ago(1.2)):
        _ask(stage, "s03", "营业执照见附件，三证合一后未再变更，请核验。")
    with at(stage.session, stage.ago(0.8)):
        company = stage.companies["s06"]
        wish = changes.Wish(
            names={"en": "Changzhou Tuoyuan E-Drive Co., Ltd."},
            kind=company.kind,
            country=company.country,
            scheme=company.registration_scheme or "",
            number=company.registration_id or "",
            reason="公司已于上月更名，新营业执照已领取。",
        )
        changes.ask(stage.session, stage.actor("s06"), wish)
    with at(stage.session, stage.ago(0.5)):
        reports.report(
            stage.session,
            stage.actor("b02"),
            stage.companies["s30"].id,
            "trader",
            "The plant shown in the profile belongs to another company; we visited it in May.",
        )


def _appeal(stage: Stage) -> None:
    company = stage.companies[SUSPENDED]
    with at(stage.session, stage.ago(4)):
        note = "IATF 16949 证书编号在发证机构查无记录，请说明。"
        companies.move(stage.session, stage.actors[ZHAO], company.id, "suspend", note)
    with at(stage.session, stage.ago(2)):
        body = "证书由前一家发证机构转移，编号随之更换；转移函已寄出，请核对后恢复公开。"
        appeals.write(stage.session, stage.actor(SUSPENDED), body)


def _lookalike(stage: Stage) -> None:
    """Somebody registers the name of Wang's company in traditional characters."""
    record = {
        "ref": "s01-lookalike",
        "kind": "supplier",
        "names": {"zh-Hans": "蘇州瀾馳電驅技術有限公司"},
        "country": "CN",
        "texts": {"zh-Hans": {"description": "电驱动系统贸易与服务。"}},
        "website": "https://www.lanchi-edrlve.example",
    }
    with at(stage.session, stage.ago(0.3)):
        records.import_one(stage.session, SYSTEM, records.from_record(record))
