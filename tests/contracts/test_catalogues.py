"""The catalogues hold everything that pages and mails say, in every language."""

from tests.support import catalogues


def test_catalogues_are_complete() -> None:
    assert catalogues.check() == []
