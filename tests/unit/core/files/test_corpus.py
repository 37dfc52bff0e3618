"""What becomes of each file that is sent, honest or hostile."""

import io
import re
import zlib
from collections.abc import Iterator
from itertools import count

import pytest
from PIL import Image

from portal.core import files, scanning
from portal.core.errors import Invalid
from portal.core.files import parsing
from portal.core.files.refusals import TEXTS
from tests.support import uploads as corpus
from tests.support.uploads import ACTING, TAKEN, Case
from tests.support.uploads.batch import Batch

CASES = corpus.cases()
_REASONS = {id(text): reason for reason, text in TEXTS.items()} | {id(scanning.REFUSED): "malware"}


@pytest.fixture(scope="module")
def batch() -> Iterator[Batch]:
    """One process for many files: what is asked here is what each parser says."""
    with Batch() as made:
        yield made


@pytest.fixture
def parsers(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "run", batch.run)


def outcome(case: Case) -> str:
    try:
        files.check_attachment(case.name, case.build())
    except Invalid as refused:
        return _REASONS.get(id(refused.message), "kind")
    return TAKEN


def test_the_corpus_is_large_and_mixed() -> None:
    assert len(CASES) >= 150
    assert len(corpus.FOREIGN) >= 42
    taken = [case for case in CASES if case.outcome == TAKEN]
    assert len(taken) >= 40
    said = {case.outcome for case in CASES} - {TAKEN, "kind", "malware"}
    assert said | {"active", "too_costly"} == set(TEXTS)


@pytest.mark.usefixtures("parsers")
def test_every_file_fares_as_the_table_says() -> None:
    found = [(str(case), case.outcome, outcome(case)) for case in CASES]
    assert [line for line in found if line[1] != line[2]] == []


@pytest.mark.usefixtures("parsers")
@pytest.mark.parametrize("about", ACTING)
def test_of_a_pdf_that_acts_nothing_acting_is_left(about: str) -> None:
    made = files.check_attachment("a.pdf", ACTING[about]()).content
    assert b"CANARY" not in unpacked(made)
    assert not re.search(rb"/(JS|JavaScript|Launch|XFA|EF|AA|SubmitForm|GoToR)\b", unpacked(made))


def unpacked(content: bytes) -> bytes:
    """The bytes of a PDF, and whatever unfolds of its streams."""
    parts = [content]
    for start in re.finditer(rb"stream\r?\n", content):
        try:
            parts.append(zlib.decompressobj().decompress(content[start.end() :]))
        except zlib.error:
            continue
    return b"\n".join(parts)


@pytest.mark.usefixtures("parsers")
def test_of_a_picture_only_pixels_are_left() -> None:
    case = next(case for case in CASES if "JPEG that is a script" in case.about)
    made = files.check_attachment(case.name, case.build())
    assert made.name == "a.webp" and made.media_type == "image/webp"
    assert b"alert" not in made.content
    with Image.open(io.BytesIO(made.content)) as image:
        assert image.size == (40, 40)


def test_without_its_parts_a_pdf_that_may_act_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.core.files.checking.find_spec", lambda _name: None)
    numbers = count()
    for case in CASES:
        if not case.name.endswith(".pdf") or "link" in case.about or "password" in case.about:
            continue
        wanted = "active" if case.about.removeprefix("a PDF with ") in ACTING else case.outcome
        if "without pages" in case.about:
            wanted = TAKEN  # nothing looks so far into it
        assert (str(case), outcome(case)) == (str(case), wanted)
        next(numbers)
    assert next(numbers) > 60
