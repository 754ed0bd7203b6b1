"""The benchmark of searches among the rows of tables."""

from __future__ import annotations

import numpy as np
import pytest
from benches.pools.__main__ import FIRST, READ, regrets
from benches.pools.searches import SEARCHES, encoded, nearest_row
from benches.pools.tables import RECORDED, REPORTED, TUNING, drawn_rows, pool


def test_no_table_is_in_both_halves_and_every_row_has_an_error() -> None:
    assert not set(TUNING) & set(REPORTED)
    for name in (*TUNING, *REPORTED):
        table = pool(name)
        assert len(table.rows) == len(table.errors)
        assert np.isfinite(table.errors).all()
        assert table.sibling().sibling() is table


def test_recorded_rows_are_drawn_again_alike() -> None:
    for name, (space, _, _) in RECORDED.items():
        assert drawn_rows(name) == drawn_rows(name)
        assert all({p.name for p in space.active(row)} == row.keys() for row in drawn_rows(name))


def test_the_regret_is_a_share_of_the_range() -> None:
    table = pool("forest-wine")
    order = np.argsort(table.errors)
    best, worst = int(order[0]), int(order[-1])
    assert regrets("forest-wine", [worst] * 15 + [best] * 85) == [1.0, 0.0, 0.0, 0.0]
    assert READ[-1] == 100


def test_the_nearest_row_of_a_row_is_itself() -> None:
    table = pool("vectors-cancer")
    units = encoded(table, table.rows)
    assert [nearest_row(table, units, table.rows[row], []) for row in (0, 7, 599)] == [0, 7, 599]
    assert nearest_row(table, units, table.rows[7], [7]) != 7


@pytest.mark.parametrize("name", [name for name in SEARCHES if name != "process"])
def test_every_search_starts_with_the_given_rows_and_repeats_none(name: str) -> None:
    first = list(range(FIRST))
    rows = SEARCHES[name](pool("vectors-cancer"), first, 14, 1)
    assert rows[:FIRST] == first
    assert len(set(rows)) == len(rows) == 14
