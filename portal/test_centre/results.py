"""Results: entered test by test, reported by one person, released by another."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.capabilities import queries as capabilities
from portal.capabilities import services as capability_services
from portal.companies.models import Certificate
from portal.core import audit, clock, i18n, jobs, revisions
from portal.core.access import Actor, Permission
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.i18n import gettext
from portal.core.i18n import lazy_gettext as _l
from portal.core.models import StoredFile
from portal.core.texts import Words
from portal.core.workflow import check_version
from portal.evidence import services as evidence
from portal.evidence import subjects
from portal.evidence.services import Finding
from portal.test_centre import following, news, programmes, queries, rules
from portal.test_centre.models import Booking, Run
from portal.test_centre.rules import FAILED, PASSED, WORKFLOW

CENTRE = "Overseas Base Test Centre"


@dataclass(frozen=True)
class RunInput:
    """The result of a single test: pieces tested, rejects among them, and what was found."""

    verdict: str
    tested: int | None = None
    rejects: int | None = None
    finding: str = ""


@dataclass(frozen=True)
class ReportInput:
    """The report of all tests. `not_checked` says what the result does not prove."""

    number: str
    scope: str
    not_checked: str
    findings: str = ""
    file: StoredFile | None = None


def enter(
    session: Session,
    actor: Actor,
    booking_id: str,
    found: Mapping[str, RunInput],
    version: int | None = None,
) -> Booking:
    """Write results, by the id of the run; those left out stay. Raises Invalid at `<id>.<field>`,
    Conflict when the tests do not run."""
    booking = _at_work(session, actor, booking_id, version)
    if booking.state != "in_test":
        raise Conflict(_l("Results are entered while the tests run."))
    known = {run.id: run for run in booking.runs}
    wrong = {
        f"{name}.{field}": message
        for name, data in found.items()
        for field, message in _wrong(data).items()
    }
    if wrong or set(found) - set(known):
        raise Invalid(_l("Please check the results."), errors=wrong)
    changed = [name for name, data in found.items() if _set(actor, known[name], data)]
    if changed:
        booking.version += 1
        booking.changed_at = clock.now()
        audit.record(session, actor, "test_booking.results", booking, {"runs": changed})
        following.happened(session, actor, booking, "results", count=len(changed))
    return booking


def _wrong(data: RunInput) -> dict[str, object]:
    wrong: dict[str, object] = {}
    if data.verdict and data.verdict not in rules.VERDICTS:
        wrong["verdict"] = _l("Please choose a result.")
    if data.tested is not None and not 0 <= data.tested <= 100_000:
        wrong["tested"] = _l("Please check the number of pieces.")
    if data.rejects is not None and not 0 <= data.rejects <= (data.tested or 0):
        wrong["rejects"] = _l("There cannot be more rejects than pieces.")
    if data.verdict == "pass" and data.rejects:
        wrong["verdict"] = _l("With rejects a test is failed or passed with conditions.")
    if data.verdict in ("fail", "conditional", "not_run") and not data.finding.strip():
        wrong["finding"] = _l("Please say what was found, or why it was not run.")
    return wrong


def _set(actor: Actor, run: Run, data: RunInput) -> bool:
    given = (data.verdict, data.tested, data.rejects, data.finding.strip())
    if given == (run.verdict, run.tested, run.rejects, run.finding):
        return False
    run.verdict, run.tested, run.rejects, run.finding = given
    run.author_id, run.entered_at = actor.user_id, clock.now()
    return True


def report(
    session: Session, actor: Actor, booking_id: str, data: ReportInput, version: int | None = None
) -> Booking:
    """Put results and report before a colleague. Raises Invalid, Conflict while a single test has
    no result."""
    booking = _at_work(session, actor, booking_id, version)
    outcome = rules.outcome_of(run.verdict for run in booking.runs)
    if outcome is None or not booking.runs:
        raise Conflict(_l("Some single tests have no result yet."))
    _check_report(booking, data, outcome)
    WORKFLOW.fire(session, booking, "report", actor)
    booking.outcome, booking.reported_by_id = outcome, actor.user_id
    booking.report_number, booking.scope = data.number.strip(), data.scope.strip()
    booking.not_checked, booking.findings = data.not_checked.strip(), data.findings.strip()
    if data.file is not None:
        data.file.confidentiality = "confidential"
        booking.report_id = data.file.id
    event = following.happened(session, actor, booking, "report")
    news.tell_desk(session, actor, booking, event, "report")
    return booking


def _check_report(booking: Booking, data: ReportInput, outcome: str) -> None:
    needed = {
        "number": (data.number, _l("Please give the number of the report.")),
        "scope": (data.scope, _l("Please say what was tested.")),
        "not_checked": (data.not_checked, _l("Please say what the result does not prove.")),
        "findings": (data.findings or outcome == PASSED, _l("Please sum up the findings.")),
        "file": (data.file or booking.report_id, _l("Please add the report as a file.")),
    }
    wrong: dict[str, object] = {name: text for name, (given, text) in needed.items() if not given}
    if wrong:
        raise Invalid(_l("Please check the report."), errors=wrong)


def release(session: Session, actor: Actor, booking_id: str, version: int | None = None) -> Booking:
    """Release the result: the supplier gets the report and, when it is passed and the supplier
    agreed, the capability a certificate that counts as checked. Raises Conflict for the author
    of the report."""
    booking = _at_work(session, actor, booking_id, version)
    name = {PASSED: "complete", FAILED: "fail"}.get(booking.outcome, "complete")
    WORKFLOW.fire(session, booking, name, actor)
    booking.released_by_id, booking.released_at = actor.user_id, clock.now()
    if booking.report is not None:
        # The supplier gets the signed report itself, not a marked copy, and hears who opened it.
        booking.report.owner_id = booking.company_id
    programme = programmes.get(session, booking.programme)
    if name == "complete" and booking.publish and programme.grants:
        _certify(session, actor, booking, programme)
    event = following.happened(session, actor, booking, name)
    said = gettext(
        "The report of test booking %(number)s is released; you find it on the booking's page.",
        number=booking.reference,
    )
    following.settle(session, actor, booking.request, Words(said, i18n.current().tag))
    news.tell_supplier(session, booking, event, "result")
    return booking


def _certify(
    session: Session, actor: Actor, booking: Booking, programme: programmes.Programme
) -> None:
    """The report becomes a certificate of the capability, checked by whom issued it."""
    capability = capabilities.capability_for(session, actor, booking.capability_id)
    before = capability_services.snapshot(capability)
    certificate = Certificate(
        company_id=capability.company_id,
        position=len(capability.certificates),
        standard=programme.grants,
        number=booking.report_number,
        body=CENTRE,
        scope=booking.scope,
        details={"grade": booking.grade, "covers": "product"} if programme.grades else {},
        issued=rules.today(),
        level="claimed",
    )
    capability.certificates.append(certificate)
    capability.version += 1
    capability.changed_at = clock.now()
    session.flush()
    booking.certificate_id = certificate.id
    if capability.published_at is not None:
        after = capability_services.snapshot(capability)
        revisions.keep_change(session, actor, capability, before, after)
    finding = Finding(
        "issuer_checked",
        issuer=CENTRE,
        reference=booking.report_number,
        not_checked=booking.not_checked,
        document_id=booking.report_id,
    )
    evidence.record(session, actor, subjects.certificate(certificate), finding)
    for kind in ("index.update", "matching.capability"):
        payload = {"id": capability.id}
        more = {"kind": "capability"} if kind == "index.update" else {}
        jobs.enqueue(session, kind, {**payload, **more}, dedupe=f"capability:{capability.id}")


def _at_work(session: Session, actor: Actor, booking_id: str, version: int | None) -> Booking:
    if not actor.may(Permission.TEST_CENTRE_WORK):
        raise NotFound
    booking = queries.booking_for(session, actor, booking_id, *queries.whole())
    check_version(booking, version)
    return booking
