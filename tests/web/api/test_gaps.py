"""What markets ask of a capability, for programs."""

from collections.abc import Callable

from portal.market_rules import shipped
from portal.web.app import Portal
from tests.web.api.conftest import Chain, Program

RULE = {
    "id": "eu-tisax", "market": "EU", "kind": "market_practice", "classes": ["battery"],
    "satisfied_by": ["TISAX"], "service": "QMS", "title": {"en": "TISAX label"},
    "valid_from": "2027-02-18", "source": {"name": "TISAX", "url": "https://enx.com/tisax/"},
}  # fmt: skip
ENGLISH = {"Accept_Language": "en"}
Make = Callable[..., Program]


def test_programs_read_the_analysis(app: Portal, program: Make, chain: Chain) -> None:
    with app.database.transaction() as session:
        shipped.load(session, [RULE])
    path = f"/capabilities/{chain.capability}/gaps"
    found = program("chen", "read").get(f"{path}?market=EU&sop=2027-06", **ENGLISH).get_json()
    (market,) = found["markets"]
    (line,) = market["lines"]
    assert market["counts"] == {"missing": 1}
    assert (line["verdict"], line["matters_from"]) == ("missing", "2027-06-01")
    assert line["applies"] == "Applies from Feb 18, 2027, before your SOP in June 2027"
    assert line["status"] == "to_review" and line["source"]["url"] == "https://enx.com/tisax/"
    assert program("chen", "read").get(path).get_json()["markets"][0]["market"] == "EU"
    assert program("li", "read").get(path).status_code == 200
    assert program("wang", "read").get(path).status_code == 404
    assert program("chen", "read").get(f"{path}?sop=soon").status_code == 400
    assert program("chen", "read").get(f"{path}?market=XX").status_code == 400
