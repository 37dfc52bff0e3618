"""`portal gaps`: the analysis of a capability on the command line."""

import json
from collections.abc import Callable

from click.testing import Result

from portal.core.db import Database
from portal.market_rules import shipped
from tests.support import objects
from tests.support.people import Person

RULE = {
    "id": "eu-tisax", "market": "EU", "kind": "market_practice", "classes": ["traction-inverter"],
    "satisfied_by": ["TISAX"], "service": "QMS", "title": {"en": "TISAX label", "de": "TISAX"},
    "valid_from": "2027-02-18", "source": {"name": "TISAX", "url": "https://enx.com/tisax/"},
}  # fmt: skip


def test_the_command_tells_what_is_missing(
    portal: Callable[..., Result], database: Database, people: dict[str, Person]
) -> None:
    with database.transaction() as session:
        shipped.load(session, [RULE])
        row = objects.capability(people["wang"].org_id or "", "published")
        session.add(row)
        session.flush()
        capability = row.id
    said = portal("gaps", capability, "--sop", "2027-06").output
    assert "- Missing: TISAX label [To be reviewed by the base]" in said
    assert "before your SOP in June 2027" in said and "not legal advice" in said
    told = json.loads(portal("gaps", capability, "--market", "EU", "--format", "json").output)
    (line,) = told["markets"][0]["lines"]
    assert (line["verdict"], line["applies"]) == ("missing", "Applies from Feb 18, 2027")
    assert portal("gaps", "nothing").exit_code == 1
    assert portal("gaps", capability, "--sop", "soon").exit_code == 1
    assert portal("gaps", capability, "--market", "XX").exit_code == 2
