"""Records as rows of a table, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.errors import Invalid
from portal.core.spreadsheets import guard
from portal.transfer.flat import columns, flatten, plain, unflatten

_KEYS = st.from_regex(r"[a-z][a-z_-]{0,8}", fullmatch=True)
_LEAVES = st.text(min_size=1) | st.integers(-(2**40), 2**40)
_NODES = st.recursive(
    _LEAVES,
    lambda below: (
        st.lists(below, min_size=1, max_size=4)
        | st.dictionaries(_KEYS, below, min_size=1, max_size=4)
    ),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _NODES, max_size=5))
def test_a_record_survives_becoming_a_row(record):
    assert unflatten(flatten(record)) == record


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_comes_back(text):
    cell = guard(text)
    assert not str(cell).startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))
    assert plain(cell) == text


def test_numbers_are_not_taken_for_formulas():
    assert guard(-40) == -40


def test_places_of_a_list_stay_in_order():
    rows = [{"sites": [{"city": str(n)} for n in range(12)]}]
    assert columns(rows)[:3] == ["sites.0.city", "sites.1.city", "sites.2.city"]
    assert columns(rows)[-1] == "sites.11.city"


@pytest.mark.parametrize(
    "cells",
    [{"a": "1", "a.b": "2"}, {"a.b": "2", "a": "1"}, {"a.4000": "x"}, {"a.99999999999999": "x"}],
)
def test_columns_that_contradict_each_other_are_refused(cells):
    with pytest.raises(Invalid):
        unflatten(cells)


@pytest.mark.parametrize(
    ("cell", "value"), [(1.0, 1), (1.5, 1.5), (True, "true"), ("'=1+1", "=1+1"), ("'tis", "'tis")]
)
def test_cells_of_spreadsheets_become_what_records_hold(cell, value):
    assert plain(cell) == value
