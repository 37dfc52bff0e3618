"""The command line, as the tests of the commands have it."""

from tests.integration.cli.conftest import instance, portal  # noqa: F401
