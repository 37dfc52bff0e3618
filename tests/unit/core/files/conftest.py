"""What every test of files begins with."""

import pytest

from portal.core.files import begin_request


@pytest.fixture(autouse=True)
def nothing_read_before() -> None:
    """A file that another test has sent is parsed again."""
    begin_request()
