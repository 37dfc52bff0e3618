"""Who is chosen for a request: rules first, then language, then load; never by chance."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest

from portal.service_requests.assignment.choosing import Facts, Person, Rule, choose

FACTS = Facts("CERT", "de", "nordstern", ("DE", "FR"))
ANNA = Person("a", "Anna", "testing", languages=("de", "en"), load=Decimal(3), count=3)
BO = Person("b", "Bo", "testing", languages=("zh-Hans",), load=Decimal(0))
CHEN = Person("c", "Chen", "trade", languages=("zh-Hans", "en"), load=Decimal(1), count=1)
ALL = (ANNA, BO, CHEN)


def chosen(*rules: Rule, people: tuple[Person, ...] = ALL, facts: Facts = FACTS) -> str:
    found = choose(facts, rules, people)
    return "" if found is None else f"{found.person.name if found.person else ''}/{found.team}"


def test_whoever_speaks_the_language_comes_before_whoever_has_less_to_do() -> None:
    assert chosen() == "Anna/testing"
    assert chosen(facts=replace(FACTS, language="fr")) == "Bo/testing"
    found = choose(FACTS, (), ALL)
    assert found and found.reasons == {"language": "de", "open": 3}


@pytest.mark.parametrize(
    "rule",
    [
        Rule(1, service="LOGI", team="trade"),
        Rule(1, market="CN", team="trade"),
        Rule(1, language="en", team="trade"),
        Rule(1, company_id="lakeside", team="trade"),
        Rule(1, service="CERT", market="DE", language="zh-Hans", team="trade"),
    ],
)
def test_a_rule_holds_only_when_all_of_it_fits(rule: Rule) -> None:
    assert chosen(rule) == "Anna/testing"
    fits = Rule(1, "CERT", "FR", "de", "nordstern", team="trade")
    assert chosen(fits) == "Chen/trade"


def test_the_first_rule_that_fits_holds_whatever_order_they_come_in() -> None:
    rules = (Rule(2, team="testing"), Rule(1, person_id="c"), Rule(3, team="trade"))
    assert {chosen(*order) for order in itertools.permutations(rules)} == {"Chen/trade"}


@pytest.mark.parametrize("gone", [{"takes": False}, {"capacity": 1}])
def test_somebody_absent_or_full_is_passed_over(gone: dict[str, int]) -> None:
    away = replace(CHEN, **gone)  # type: ignore[arg-type]
    people = (ANNA, BO, away)
    assert chosen(Rule(1, person_id="c"), Rule(2, person_id="b"), people=people) == "Bo/testing"
    assert chosen(Rule(1, team="trade"), people=people) == "/trade", "the team keeps it"
    nobody = tuple(replace(one, takes=False) for one in ALL)
    assert chosen(people=nobody) == "" == chosen(Rule(1, person_id="a"), people=nobody)


def test_only_those_who_do_the_service_are_asked_unless_a_team_has_nobody_who_does() -> None:
    lawyer = replace(ANNA, services=("LEGAL",))
    assert chosen(people=(lawyer, BO)) == "Bo/testing"
    assert chosen(people=(lawyer,)) == ""
    assert chosen(Rule(1, team="testing"), people=(lawyer,)) == "Anna/testing"


def test_urgent_requests_weigh_more_and_ties_are_broken_by_name() -> None:
    twins = (replace(BO, id="y", name="Yi"), replace(BO, id="x", name="Xu"))
    assert chosen(people=twins) == chosen(people=twins[::-1]) == "Xu/testing"
    busy = twins[1].after(replace(FACTS, priority="P1"))
    assert busy.load == 4 and busy.count == 1
    given = []
    for _ in range(4):
        found = choose(FACTS, (), (busy, twins[0]))
        assert found and found.person
        twins = (found.person.after(FACTS), busy)
        given.append(found.person.name)
    assert given == ["Yi"] * 4
