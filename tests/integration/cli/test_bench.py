"""`portal bench`: figures of every page."""

import json

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def test_every_page_is_measured_and_answers(portal):
    result = portal("bench", "--suppliers", "5", "--needs", "5", "--json")
    assert result.exit_code == 0, result.output
    figures = json.loads(result.stdout)
    assert {page["status"] for page in figures["pages"]} == {200}
    assert all(page["ms"] > 0 for page in figures["pages"])
    assert figures["documents"] > 300
    assert figures["worker_mb"] > 20
