"""The command line over a copy of the test database, run in this process."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from portal.cli import cli
from portal.config import Settings


@pytest.fixture
def instance(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance folder that the command line works in, as a demo (no secret key)."""
    for name in ("PORTAL_SECRET_KEY", "PORTAL_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORTAL_INSTANCE", str(settings.instance))
    return settings.instance


@pytest.fixture
def portal(instance: Path) -> Callable[..., Result]:
    """Run `portal <words>`; what it leaves on stderr must be free of tracebacks."""

    def run(*words: object) -> Result:
        result = CliRunner().invoke(cli, [str(word) for word in words], prog_name="portal")
        assert "Traceback" not in result.output, result.output
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run
