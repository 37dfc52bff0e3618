"""The data map names everything that is kept, and nothing else."""

from portal.accounts import consents
from portal.privacy import mapping, retention, texts


def test_every_column_is_mapped_and_every_line_has_its_column() -> None:
    assert mapping.faults() == []


def test_every_class_that_time_ends_has_a_clock() -> None:
    clocked = {key for key, period in mapping.periods().items() if period.days is not None}
    assert clocked - {"backup"} == set(retention.CLASSES)


def test_a_new_column_is_told_with_the_line_to_add() -> None:
    known = mapping.lines()
    line = mapping.propose("inquiry.created_by", mapping.columns()["inquiry.created_by"])
    assert line.whose == "author" and line.purpose == "inquiry"
    assert len(known) == len({one.name for one in known})


def test_the_notice_is_there_in_the_languages_of_the_first_release() -> None:
    for tag in ("zh-Hans", "en", "de"):
        text, language = texts.notice(tag)
        assert language == tag and text.count("## ") == 5
    assert texts.versions()[0] == consents.NOTICE
