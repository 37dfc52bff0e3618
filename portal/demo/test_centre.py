"""The demo's test centre: lines with published weeks, and bookings on their way to a result."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from portal.core import i18n
from portal.core.files import Upload, store
from portal.demo.past import at
from portal.demo.stage import Stage
from portal.test_centre import results, rules, samples, services, weeks
from portal.test_centre.models import Booking, Line, Run, Sample
from portal.test_centre.results import ReportInput, RunInput
from portal.test_centre.samples import CustodyInput, SampleInput
from portal.test_centre.services import BookingInput, OfferInput
from portal.test_centre.weeks import LineInput

LI, ZHAO = "li@base.example", "zhao@base.example"
PAST, SHOWN = 30, 44  # weeks published: from so long ago, so many
LINES = (
    (("老化与高温工作寿命", "Burn-in and HTOL ovens", "Burn-in- und HTOL-Öfen"),
     ("aec-q100", "aec-q101", "aec-q102", "aec-q104", "reliability"), 4),
    (("温湿度与无源器件", "Climatic chambers and passives", "Klimakammern und passive Bauteile"),
     ("aec-q200", "aec-q101", "reliability"), 3),
    (("EMC 暗室与芯片工位", "EMC hall and IC benches", "EMV-Halle und IC-Messplätze"),
     ("emc-ic", "emc-component"), 2),
    (("功能安全与信息安全", "Functional safety and security", "Funktionale Sicherheit, Security"),
     ("iso-26262-evaluation", "iso-26262-analysis", "security"), 2),
)  # fmt: skip
PRICES = {
    "zh-Hans": "人民币 38 万至 46 万元，不含老化板与插座",
    "en": "CNY 380,000 to 460,000, without burn-in boards and sockets",
}
PLANS = {
    "zh-Hans": "第 1 周到样检验与预处理，第 2 周起并行试验，每 500 小时读点一次；末周出具报告。",
    "en": "Week 1: incoming inspection and preconditioning. From week 2 all stresses in parallel, "
    "read-out every 500 h. The report follows in the last week.",
}


@dataclass(frozen=True)
class Story:
    """A booking: what is asked for, how many days ago it began, and how far it has come."""

    capability: str
    programme: str
    device: str
    chip: str
    days: int
    end: str  # the last step it took
    line: int = 0
    weeks: int = 6
    grade: str = ""
    package: str = ""
    node: int | None = None
    verdict: str = "pass"
    finding: str = ""
    words: str = ""


STORIES = (
    Story("s05-5", "aec-q101", "SBD120-20 Rev C", "power-discrete", 150, "release", weeks=14,
          package="TO-247-2", words="量产已一年，需要补 AEC-Q101 证据。"),
    Story("s05-1", "reliability", "XM120-13 Rev D", "power-discrete", 120, "release", line=1,
          weeks=8, package="TO-247-4", verdict="fail",
          finding="HAST 96 h：231 颗中 2 颗漏电流超限，失效分析为模封分层。",
          words="新塑封料变更评估。"),
    Story("s10-2", "aec-q100", "LH2 Rev B, 1 MB", "mcu", 60, "start", weeks=14, grade="1",
          package="LQFP-100", node=40,
          words="Revision B moves to a second assembly site; the family data of rev A exists."),
    Story("s10-3", "emc-ic", "LH7-AFE18", "analogue", 40, "report", line=2, weeks=4,
          package="LQFP-64", node=130),
    Story("s50-3", "reliability", "LC650-120H", "power-discrete", 18, "announce", line=1, weeks=5,
          package="TO-247-4", words="焊线改为铜线，需要重新评估。"),
    Story("s10-1", "security", "LH7 Rev A, MRAM", "mcu", 9, "offer", line=3, weeks=8, node=28,
          words="Our customer asks for side-channel figures of the security module."),
    Story("s54-3", "emc-ic", "GY-IMU5", "sensor", 2, "request", line=2, package="SOIC-16",
          node=180, words="希望下月开始，客户要求 DPI 数据。"),
)  # fmt: skip


def load(stage: Stage) -> None:
    """To be loaded after the requests."""
    lines = [_line(stage, *facts) for facts in LINES]
    for story in STORIES:
        _Course(stage, story, lines[story.line]).run()


def _line(stage: Stage, names: tuple[str, ...], known: tuple[str, ...], places: int) -> Line:
    first = rules.monday((stage.now - timedelta(weeks=PAST)).date())
    data = LineInput(dict(zip(("zh-Hans", "en", "de"), names, strict=True)), known, places)
    with at(stage.session, stage.ago(7 * PAST)):
        line = weeks.save_line(stage.session, stage.actors[ZHAO], None, data)
        weeks.publish(stage.session, stage.actors[ZHAO], line.id, first, SHOWN, places)
    return line


class _Course:
    """One booking, step after step, each at its day."""

    def __init__(self, stage: Stage, story: Story, line: Line) -> None:
        self.stage, self.story, self.line = stage, story, line
        self.session = stage.session
        self.capability = stage.capabilities[story.capability]
        self.owner = stage.actor(story.capability.split("-")[0])
        self.li, self.zhao = stage.actors[LI], stage.actors[ZHAO]
        self.booking: Booking = None  # type: ignore[assignment]

    def run(self) -> None:
        story = self.story
        steps = ["request", "offer", "confirm", "call_samples", "announce", "arrive", "start"]
        steps += ["enter", "report", "release"]
        span = story.days * 0.95
        last = 7 * story.weeks
        ago = [story.days - n * min(2.0, span / 10) for n in range(len(steps))]
        for place, name in enumerate(steps):
            late = name in ("report", "release")
            begun = ago[place] - last if late else ago[place]
            who = self.owner if name in ("request", "confirm", "announce") else self.li
            with (
                at(self.session, self.stage.ago(max(begun, 0.2))),
                i18n.use_locale(who.locale, who.timezone),
            ):
                getattr(self, f"_{name}")()
            if name == story.end:
                break

    def _request(self) -> None:
        story = self.story
        data = BookingInput(
            programme=story.programme,
            capability_id=self.capability.id,
            device=story.device,
            chip_type=story.chip,
            locale=self.owner.locale,
            words=story.words,
            node_nm=Decimal(story.node) if story.node else None,
            package=story.package,
            grade=story.grade,
            wished_week=self._first_week(),
            destructive=True,
            publish=True,
        )
        self.booking = services.request(self.session, self.owner, data)

    def _first_week(self) -> date:
        days = self.story.days - 14
        return rules.monday((self.stage.now - timedelta(days=days)).date())

    def _offer(self) -> None:
        tongue = "zh-Hans" if self.owner.locale == "zh-Hans" else "en"
        data = OfferInput(
            self.line.id,
            self._first_week(),
            self.story.weeks,
            PRICES[tongue],
            PLANS[tongue],
            tongue,
            rules.today() + timedelta(days=21),
        )
        services.offer(self.session, self.li, self.booking.id, data)

    def _confirm(self) -> None:
        services.step(self.session, self.owner, self.booking.id, "confirm")

    def _call_samples(self) -> None:
        services.step(self.session, self.li, self.booking.id, "call_samples")

    def _announce(self) -> None:
        number = self.booking.number
        for lot in range(1, 4):
            code = f"{25 + lot % 2}{30 + lot:02}"
            data = SampleInput(
                f"L{number}{lot:02}", 250, code, "SF Express", f"SF10{number}{lot}42"
            )
            samples.announce(self.session, self.owner, self.booking.id, data)

    def _samples(self) -> list[Sample]:
        query = select(Sample).where(Sample.booking_id == self.booking.id).order_by(Sample.number)
        return list(self.session.scalars(query))

    def _arrive(self) -> None:
        for shelf, sample in enumerate(self._samples(), start=1):
            place = f"Dry cabinet {self.booking.number % 4 + 1}, shelf {shelf}"
            data = CustodyInput("received", 250, "intact", place)
            samples.record(self.session, self.li, sample.id, data)

    def _start(self) -> None:
        services.step(self.session, self.li, self.booking.id, "start")
        for number, sample in enumerate(self._samples()):
            kind, place = ("stored", sample.place) if number == 2 else ("in_test", "Oven 3")
            samples.record(self.session, self.li, sample.id, CustodyInput(kind, 250, "", place))
        if self.story.end == "start":
            self._enter(share=0.4)

    def _enter(self, share: float = 1.0) -> None:
        query = select(Run).where(Run.booking_id == self.booking.id).order_by(Run.position)
        runs = list(self.session.scalars(query))
        found = {run.id: self._result(run) for run in runs[: int(len(runs) * share) or 1]}
        results.enter(self.session, self.li, self.booking.id, found)

    def _result(self, run: Run) -> RunInput:
        tested = (run.size or 10) * (run.lots or 1)
        if self.story.verdict == "fail" and run.test == "hast":
            return RunInput("fail", tested, 2, self.story.finding)
        return RunInput("pass", tested, 0)

    def _report(self) -> None:
        number = f"{self.booking.reference}-R1"
        text = f"{number}\n{self.story.device}\n".encode()
        kept = store(
            self.session, self.stage.files, Upload(f"{number}.txt", "text/plain", text), None
        )
        scope = " · ".join(part for part in (self.story.device, self.story.package) if part)
        data = ReportInput(
            number,
            scope,
            "Functional safety, and any other assembly site or process revision",
            self.story.finding,
            kept,
        )
        results.report(self.session, self.li, self.booking.id, data)

    def _release(self) -> None:
        results.release(self.session, self.zhao, self.booking.id)
        first, *others = self._samples()
        data = CustodyInput("returned", first.left, "", "", "With the report")
        samples.record(self.session, self.li, first.id, data)
        for sample in others[:1]:
            samples.record(self.session, self.li, sample.id, CustodyInput("scrapped", sample.left))
