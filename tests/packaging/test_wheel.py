"""The wheel, installed without the checkout, serves pages in three languages."""

import contextlib
import re
import subprocess
import sys
import sysconfig
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.served import environment, eventually, free_port, healthy

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
# One word of the home page's navigation in each language.
PAGES = {"zh-hans": ("zh-Hans", "登录"), "en": ("en", "Sign in"), "de": ("de", "Anmelden")}
NEEDED = (
    "portal/_assets/templates/layouts/base.html",
    "portal/_assets/templates/emails/inquiries/new.txt",
    "portal/_assets/static/theme.css",
    "portal/_assets/static/theme.css.gz",
    "portal/_assets/static/icons.svg",
    "portal/_assets/translations/de/LC_MESSAGES/messages.mo",
    "portal/_assets/translations/zh_Hans/LC_MESSAGES/messages.mo",
    "portal/_assets/translations/en/pages/how-matching-works.md",
    "portal/thesaurus/data/attributes.jsonl",
    "portal/thesaurus/data/concepts/battery.jsonl",
    "portal/migrations/env.py",
    "portal/migrations/versions/0001_initial_schema.py",
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with the wheel in it, which borrows the packages the portal needs."""
    home = tmp_path_factory.mktemp("venv")
    venv.create(home, with_pip=False, symlinks=True)
    own = home / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(own), str(wheel)], check=True, timeout=120)
    # A plain path entry, not a site folder: the checkout's own .pth file stays unread.
    (own / "borrowed.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    return home / "bin" / "python"


@pytest.fixture(scope="module")
def address(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(python, tmp_path_factory.mktemp("elsewhere")) as found:
        yield found


@contextlib.contextmanager
def serving(python: Path, folder: Path) -> Iterator[str]:
    """Upgrade and serve from a folder that is not the checkout."""
    port = free_port()
    env = environment(folder / "instance", port)
    env.pop("PYTHONPATH", None)
    command = [str(python), "-m", "portal"]
    subprocess.run([*command, "db", "upgrade"], cwd=folder, env=env, check=True, timeout=120)
    serve = [*command, "serve", "--port", str(port), "--workers", "1"]
    with (folder / "serve.log").open("w") as log:
        server = subprocess.Popen(serve, cwd=folder, env=env, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            eventually(lambda: healthy(address) or server.poll() is not None, 90)
            assert server.poll() is None, (folder / "serve.log").read_text()
            yield address
        finally:
            server.terminate()
            server.wait(40)


def test_everything_that_is_read_at_run_time_is_in_the_wheel(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    assert not [name for name in NEEDED if name not in names]
    for folder in ("thesaurus/data", "migrations", "demo"):
        here = (p for p in (ROOT / "portal" / folder).rglob("*") if p.is_file())
        texts = {p.relative_to(ROOT).as_posix() for p in here if "__pycache__" not in p.parts}
        assert texts <= names, f"left out: {sorted(texts - names)[:5]}"


def test_nothing_private_is_in_the_wheel(wheel: Path) -> None:
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"portal"}


def test_the_installed_package_is_not_the_checkout(python: Path, tmp_path: Path) -> None:
    ask = [str(python), "-c", "import portal; print(portal.__file__)"]
    said = subprocess.run(ask, cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert Path(said.strip()).is_relative_to(python.parents[1])


@pytest.mark.parametrize("slug", list(PAGES))
def test_pages_are_served_in_each_language_with_their_style(address: str, slug: str) -> None:
    tag, word = PAGES[slug]
    page = fetched(f"{address}/{slug}/")
    assert f'<html lang="{tag}"' in page
    assert word in page
    sheets = re.findall(r'<link rel="stylesheet" href="([^"]+)"', page)
    assert sheets
    for sheet in sheets:
        assert "{" in fetched(f"{address}{sheet}")


def test_language_of_the_browser_chooses_the_first_page(address: str) -> None:
    asked = urllib.request.Request(address, headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    with urllib.request.urlopen(asked, timeout=30) as answer:
        assert answer.url.endswith("/zh-hans/")


def fetched(url: str) -> str:
    """The text at an address; raises unless the answer is 200."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        assert answer.status == 200
        return str(answer.read().decode())
