"""What every test of files begins with."""

import pytest

from portal.core.files import parsing


@pytest.fixture(autouse=True)
def outside_of_requests() -> None:
    """Within a request each file is parsed once; a request of another test is over."""
    parsing._done.set(None)
