"""Reading over the API: pages, search, matches, problems, limits, the description."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.api.operations import OPERATIONS
from portal.config import Settings
from portal.factory import create_app
from tests.support.client import Browser
from tests.web.api.conftest import NEED, Chain, Program

Make = Callable[..., Program]


def test_cursors_lead_through_the_whole_list(program: Make) -> None:
    visitor = program()
    seen: list[str] = []
    path: str | None = "/concepts?kind=standard&limit=7"
    while path:
        answer = visitor.get(path)
        seen += [row["id"] for row in answer.get_json()["items"]]
        url = answer.get_json()["next"]
        assert answer.headers.get("Link") == (f'<{url}>; rel="next"' if url else None)
        path = url.split("/api/v1")[1] if url else None
    assert len(seen) == len(set(seen)) > 30
    assert seen == sorted(seen)


def test_lists_of_rows_are_paged_newest_first(program: Make, chain: Chain) -> None:
    meyer = program("meyer")
    first = meyer.get("/needs?own=1&limit=1").get_json()
    assert [row["id"] for row in first["items"]] == [max(chain.need, chain.draft_need)]
    second = meyer.get(first["next"].split("/api/v1")[1]).get_json()
    assert {row["id"] for row in first["items"] + second["items"]} == {
        chain.need,
        chain.draft_need,
    }
    assert second["next"] is None


@pytest.mark.parametrize(
    "query",
    ["limit=0", "state=draft", "limit=101", "limit=x", "cursor=%21", "cursor=YQ", "own=maybe",
     "colour=red", "limit=1&limit=2", "kind=both", "market=Germany"],
)  # fmt: skip
def test_wrong_parameters_are_named(program: Make, query: str) -> None:
    answer = program().get(f"/needs?{query}")
    assert answer.status_code == 400
    assert query.split("=", maxsplit=1)[0] in answer.get_json()["errors"]


def test_search_answers_across_languages(program: Make, chain: Chain) -> None:
    answer = program().get("/search?q=Festkörperbatterie&kind=capability", Accept_Language="de")
    found = answer.get_json()
    assert [hit["id"] for hit in found["results"]] == [chain.capability]
    concepts = [r for r in found["results"][0]["reasons"] if r["kind"] == "concept"]
    assert concepts[0]["concept"] == "solid-state-battery"
    assert concepts[0]["document"]["lang"] == "zh-Hans"
    assert found["facets"]["kind"]["capability"] == 1


def check_match(match: dict[str, Any], other: str) -> None:
    assert set(match) >= {"rank", other, "company", "score", "criteria", "reasons"}
    assert match["rank"] == 1
    assert 0 < match["score"] <= 1
    verdicts = {(c["criterion"], c["wanted"]): c for c in match["criteria"]}
    certificate = verdicts["certificate", "IATF 16949"]
    assert (certificate["verdict"], certificate["level"]) == ("MATCH", "claimed")
    assert certificate["evidence"]
    assert {c["verdict"] for c in match["criteria"]} <= {"MATCH", "GAP", "UNKNOWN"}
    reason = next(r for r in match["reasons"] if r["kind"] == "concept")
    assert reason["concept"] == "solid-state-battery"
    assert set(reason["document"]) >= {"lang", "text", "passage"}
    assert set(reason["query"]) >= {"lang", "text"}


def test_matches_have_the_agreed_form_in_both_directions(program: Make, chain: Chain) -> None:
    found = program("meyer", "read").get(f"/needs/{chain.need}/matches").get_json()
    assert found["need"] == chain.need
    assert [m["capability"] for m in found["matches"]] == [chain.capability]
    check_match(found["matches"][0], "capability")
    back = program("chen", "read").get(f"/capabilities/{chain.capability}/matches").get_json()
    assert [m["need"] for m in back["matches"]] == [chain.need]
    check_match(back["matches"][0], "need")


def test_a_need_is_matched_without_being_stored(program: Make, chain: Chain) -> None:
    meyer = program("meyer", "read")
    found = meyer.post("/match?limit=5", NEED).get_json()
    assert [m["capability"] for m in found["matches"]] == [chain.capability]
    assert len(meyer.get("/needs?own=1").get_json()["items"]) == 2
    assert "category" in meyer.post("/match", {**NEED, "category": "x"}).get_json()["errors"]


def test_problems_are_answered_as_such(program: Make) -> None:
    visitor = program()
    for path in ("/nowhere", "/needs/unknown", "/concepts/unknown", "/needs/a/b/c"):
        assert visitor.get(path).status_code == 404
    wrong = visitor.call("DELETE", "/needs")
    assert wrong.status_code == 405
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].split(", "))


def test_messages_follow_the_callers_language(program: Make) -> None:
    answer = program().get("/needs", Accept_Language="de-AT,de;q=0.9")
    assert answer.headers["Content-Language"] == "de"
    assert program("wang").get("/needs").headers["Content-Language"] == "zh-Hans"


def test_used_up_windows_say_when_to_come_back(settings: Settings) -> None:
    app = create_app(settings.but(rate_limits=True))
    visitor = Program(app, None)
    first = visitor.get("/concepts/battery")
    limit = int(first.headers["RateLimit-Limit"])
    assert int(first.headers["RateLimit-Remaining"]) == limit - 1
    for _ in range(limit - 1):
        visitor.get("/concepts/battery")
    answer = visitor.get("/concepts/battery")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    app.database.engine.dispose()


def test_the_document_describes_every_route(app: Any, program: Make) -> None:
    document = program().get("/openapi.json").get_json()
    assert document["openapi"] == "3.1.0"
    routes = set()
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/v1"):
            path = rule.rule.removeprefix("/api/v1").replace("<", "{").replace(">", "}")
            routes |= {(path, m.lower()) for m in rule.methods - {"HEAD", "OPTIONS"}}
    described = {(path, m) for path, ops in document["paths"].items() for m in ops}
    assert routes == described
    ids = [op["operationId"] for ops in document["paths"].values() for op in ops.values()]
    assert sorted(ids) == sorted(OPERATIONS)


def test_the_document_is_whole(program: Make) -> None:
    document = program().get("/openapi.json").get_json()
    pointers = set(_pointers(document))
    assert pointers
    for pointer in pointers:
        node: Any = document
        for part in pointer.removeprefix("#/").split("/"):
            node = node[part]
    for path, operations in document["paths"].items():
        for operation in operations.values():
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == {part[1:-1] for part in path.split("/") if part.startswith("{")}
            assert operation["summary"]
            assert operation["responses"]
            assert "security" in operation


def _pointers(node: Any) -> Any:
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from _pointers(value)
    elif isinstance(node, list):
        for value in node:
            yield from _pointers(value)


def test_answers_keep_to_their_schemas(program: Make, chain: Chain) -> None:
    """Every key of an answer is described, and every required one is there."""
    schemas = program().get("/openapi.json").get_json()["components"]["schemas"]
    samples = {
        "Capability": program("chen").get(f"/capabilities/{chain.capability}"),
        "Need": program("meyer").get(f"/needs/{chain.need}"),
        "Company": program().get(f"/companies/{chain.company}"),
        "Concept": program().get("/concepts/battery-cell"),
        "Inquiry": program("meyer").get(f"/inquiries/{chain.inquiry}"),
        "ServiceRequest": program("meyer").get(f"/service-requests/{chain.request}"),
        "NeedMatches": program("meyer").get(f"/needs/{chain.need}/matches"),
        "SearchAnswer": program().get("/search?q=电池"),
    }
    for name, answer in samples.items():
        found, schema = answer.get_json(), schemas[name]
        assert set(found) <= set(schema["properties"]), name
        assert set(schema["required"]) <= set(found), name


def test_the_page_for_people_names_every_operation(browser: Callable[..., Browser]) -> None:
    page = browser(locale="de").get("/api/v1/docs")
    assert page.status == 200
    for name in OPERATIONS:
        assert f'id="{name}"' in page
    german = browser().get("/api/v1/docs?locale=de")
    assert '<html lang="de"' in german
