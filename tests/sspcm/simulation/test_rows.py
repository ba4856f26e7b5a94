"""Rows of several processes add up, and a killed one's half line costs nobody a row."""

from hypothesis import given
from hypothesis import strategies as st

from sspcm.simulation.rows import ROWS_FILE, Run, add_row, all_runs, part_of, read_rows


@given(st.integers(1, 5), st.lists(st.integers(0, 99), min_size=1, max_size=4, unique=True))
def test_the_parts_of_all_processes_are_all_runs_and_none_is_twice(parts, seeds):
    runs = all_runs(["random", "fitted", "random"], seeds)
    taken = [run for part in range(parts) for run in part_of(runs, part=part, parts=parts)]
    assert sorted(map(str, taken)) == sorted(map(str, runs))
    assert len(runs) == len(set(runs)) == 2 * len(seeds)


def test_a_half_line_is_ended_and_read_over(tmp_path):
    first, second = ({"acquisition": "u3", "seed": 0, "round": number} for number in (0, 1))
    add_row(tmp_path, first)
    with (tmp_path / ROWS_FILE).open("a") as file:
        file.write('{"acquisition": "u3", "se')
    add_row(tmp_path, second)
    assert list(read_rows(tmp_path).values()) == [first, second]


def test_seeds_come_one_after_the_other():
    assert all_runs(["u3", "random"], [4, 5])[:2] == [Run("u3", 4), Run("random", 4)]
