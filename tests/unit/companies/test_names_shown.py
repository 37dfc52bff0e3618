"""Which of a company's names a reader sees."""

from portal.companies.models import CompanyText
from portal.companies.rules import name_for


def test_a_text_without_a_name_does_not_hide_the_name_in_another_language() -> None:
    original = CompanyText(locale="zh-Hans", name="华能电驱", description="", position=0)
    described = CompanyText(locale="en", name="", description="E-drives", position=1)
    assert name_for([original, described], "en") is original


def test_a_company_without_names_has_none() -> None:
    assert name_for([CompanyText(locale="en", name="", position=0)], "en") is None
