"""The index works with whoosh-reloaded, too: a way out should the Whoosh in use be given up."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
OTHER = "whoosh-reloaded==2.7.5"
TESTS = ("test_engine.py", "test_scoring.py", "test_declared.py")


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the other Whoosh; it has the same import name, so it stands before ours."""
    folder = tmp_path_factory.mktemp("other")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-input", "--retries", "0"]
    done = subprocess.run(
        [*install, "--timeout", "10", "--target", str(folder), OTHER],
        capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        pytest.skip(f"{OTHER} cannot be had: {last}")
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}"}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=500, check=False
    )


def test_the_other_one_is_in_use(other: Path) -> None:
    said = run(other, "-c", "import whoosh; print(whoosh.__file__, whoosh.__version__)").stdout
    assert said.startswith(str(other))
    assert "(2, 7, 5)" in said


def test_the_index_passes_its_tests_with_it(other: Path) -> None:
    paths = [str(ROOT / "tests/unit/search" / name) for name in TESTS]
    # As in a process that serves: its own warnings about old syntax are not ours to mend.
    plain = ("-o", "filterwarnings=", "-p", "no:cacheprovider", "-q")
    done = run(other, "-m", "pytest", *plain, *paths)
    assert done.returncode == 0, done.stdout[-3000:]


def test_each_refuses_the_index_of_the_other(other: Path, tmp_path: Path) -> None:
    """Their pickled tables of contents differ: the index is built anew after a change."""
    build = (
        "import sys\nfrom pathlib import Path\n"
        "from portal.search.engine import EmbeddedEngine\n"
        "from portal.thesaurus.store import Thesaurus\n"
        "from portal.search.documents import Document, TextPart\n"
        "engine = EmbeddedEngine(Path(sys.argv[1]), Thesaurus([], (), 'x'))\n"
        "print(engine.health().problem)\n"
        "engine.rebuild([Document('a', 'need', (TextPart('title', 'en', 'gearbox'),))])\n"
        "print(engine.health().documents)\n"
    )
    index = str(tmp_path / "index")
    first = run(other, "-c", build, index)
    assert first.stdout.splitlines()[-1:] == ["1"], first.stderr[-2000:]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    ours = subprocess.run(
        [sys.executable, "-c", build, index],
        cwd=ROOT, env=env, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert "written by 3-whoosh-2.7.5" in ours.stdout
    assert ours.stdout.splitlines()[-1] == "1"
