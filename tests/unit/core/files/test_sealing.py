"""What a parser's process may not do, and what it may use up."""

import subprocess
import sys
import textwrap
import zlib

import pytest

from portal.core.errors import Invalid
from portal.core.files import parsing
from portal.core.parsers import sealing
from tests.support.papers import pdf
from tests.support.uploads import cases
from tests.support.uploads.images import claimed_png, pixels, text_bomb_png
from tests.support.uploads.office import bomb, office

MIB = 1024 * 1024


@pytest.mark.parametrize("filtered", [True, False], ids=["seccomp", "hook"])
@pytest.mark.parametrize(
    "act",
    [
        "open('/etc/passwd').read()",
        "open('/tmp/x', 'w')",
        "socket.socket()",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(1, 0)",
    ],
)
def test_after_sealing_nothing_is_opened_or_started(act: str, filtered: bool) -> None:
    if act.startswith("os.kill") and not filtered:
        pytest.skip("only the kernel refuses this")
    program = f"""
        import os, socket
        from portal.core.parsers import sealing
        sealing.limit()
        if not {filtered}:
            sealing._filtered = lambda: False
        print(sealing.seal())
        try:
            {act}
        except OSError as error:
            print(type(error).__name__)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["seccomp" if filtered else "hook", "PermissionError"]


def test_the_process_of_the_portal_is_sealed() -> None:
    assert parsing.sealed_by() in ("seccomp", "hook")


def test_a_process_has_no_environment_of_the_portal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_SECRET_KEY", "x" * 40)
    assert set(parsing._environment(["pdf"])) == {"LC_ALL", "MALLOC_ARENA_MAX"}


def _rows() -> bytes:
    cells = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(1, 400_000))
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="A1:A400000"/><sheetData>{cells}</sheetData></worksheet>'
    )
    return office("xlsx", {"xl/worksheets/sheet1.xml": sheet})


def _unfolding_pdf() -> bytes:
    """Its table of objects unfolds to 560 MB."""
    packer = zlib.compressobj(1)
    table = b"".join([*(packer.compress(bytes(MIB)) for _ in range(540)), packer.flush()])
    about = b"/Type /XRef /Size 9 /W [1 1 1] /Root 2 0 R /Filter /FlateDecode /Length %d" % len(
        table
    )
    head = b"%PDF-1.7\n1 0 obj\n<< " + about + b" >>\nstream\n"
    return head + table + b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n"


BOMBS = {
    "pixels": ("picture", lambda: pixels("PNG", 20_000, 20_000), {"side": 4000}),
    "claims": ("picture", lambda: claimed_png(6_000, 6_000), {"side": 4000}),
    "comments": ("picture", text_bomb_png, {"side": 4000}),
    "largest picture": ("picture", lambda: pixels("PNG", 6_300, 6_300, "RGBA"), {"side": 4000}),
    "archive": ("office", lambda: bomb("docx", 95), {"suffix": "docx"}),
    "cells": ("office", _rows, {"suffix": "xlsx"}),
    "depth": ("pdf", lambda: pdf(b"[" * 100_000 + b"]" * 100_000, catalog=b"/X 5 0 R"), {}),
    "unfolding table": ("pdf", _unfolding_pdf, {}),
    "objects": ("pdf", lambda: pdf(*[b"<< /A << /S /URI /URI (javascript:1) >> >>"] * 30_000), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_no_file_takes_more_than_its_share(name: str) -> None:
    task, build, options = BOMBS[name]
    usage = parsing.run(task, [build()], options).usage
    assert usage.memory <= sealing.MEMORY
    assert usage.seconds <= sealing.SECONDS + 0.5


def test_a_process_that_takes_too_long_has_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "SECONDS", 0.0)
    with pytest.raises(Invalid, match="too much time or memory"):
        parsing.parse("office", office("docx"), suffix="docx")


def test_a_worker_stays_small_while_files_of_10_mb_are_checked() -> None:
    program = """
        import resource
        from portal.core import files
        from tests.support.papers import pdf
        def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        whole = pdf(b"<< /Length 9000000 >>\\nstream\\n" + bytes(9000000) + b"\\nendstream")
        files.check_attachment("a.txt", b"x")
        before = peak()
        for _ in range(2):
            files.check_attachment("a.pdf", whole)
            files.check_attachment("a.txt", b"x" * 10_000_000)
        print(peak() - before)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) <= 100


def test_each_file_has_a_process_of_its_own_that_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def popen(*args: object, **options: object) -> subprocess.Popen[bytes]:
        begun.append(real(*args, **options))  # type: ignore[call-overload]
        return begun[-1]

    monkeypatch.setattr(parsing.subprocess, "Popen", popen)
    taken = next(case for case in cases() if case.about == "a DOCX")
    for _ in range(2):
        parsing.parse("office", taken.build(), suffix="docx")
    assert [process.returncode is not None for process in begun] == [True, True]
