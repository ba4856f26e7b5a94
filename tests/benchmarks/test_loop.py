"""The loop's bench: which rows come, what equal cost means, and tables that say what is undecided."""

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from benchmarks.loop import OTHERS, SCALES, SUPERVISED, Row, methods_table, rows, steps_of_cost

PLAIN = Row("methods", "drawn", SUPERVISED, "random", 1, 25, 20, 0)


def told(row: Row, oks: np.ndarray, *, cpu_s: float, steps: int | None = None) -> dict[str, Any]:
    """A finished row of twelve people in six images."""
    held_out = {"student_oks": oks.tolist(), "groups": [i // 2 for i in range(len(oks))]}
    one = {"round": 1, "held_out": held_out, "cpu_s": cpu_s}
    return {"row": row.name, **asdict(row), "steps": steps or row.steps, "rows": [one]}


@pytest.mark.parametrize("name", SCALES)
def test_a_method_is_run_before_the_supervised_training_of_its_cost_and_no_row_comes_twice(name):
    names = [row.name for row in rows(SCALES[name])]
    assert len(set(names)) == len(names)
    for row in rows(SCALES[name]):
        if row.beside:
            before = names[: names.index(row.name)]
            assert any(f"-{row.beside}-" in one and "cost-of" not in one for one in before)


def test_supervised_training_of_equal_cost_has_as_many_steps_as_the_seconds_give():
    other = replace(PLAIN, method="sspcm")
    done = [told(PLAIN, np.ones(12), cpu_s=30.0), told(other, np.ones(12), cpu_s=120.0)]
    beside = replace(PLAIN, steps=0, beside="sspcm")
    assert steps_of_cost(beside, {one["row"]: one for one in done}) == 80


def test_the_table_pairs_persons_and_names_what_is_undecided():
    base = np.linspace(0.3, 0.9, 12)
    noise = np.tile([0.1, -0.1], 6)
    done = [
        told(PLAIN, base, cpu_s=30.0),
        told(replace(PLAIN, method="sspcm"), base - 0.05, cpu_s=120.0),
        told(replace(PLAIN, method="dualpose"), base + noise[np.argsort(base)], cpu_s=60.0),
        told(replace(PLAIN, steps=0, beside="sspcm"), base + 0.1, cpu_s=120.0, steps=80),
    ]
    text = "\n".join(methods_table(done))
    assert "| sspcm, 25 | 1 | 20 |" in text and "-0.050 [-0.050, -0.050]" in text and "-0.150 [-0.150, -0.150]" in text
    assert "Undecided: dualpose and supervised at 25 labels and equal steps." in text
    assert set(OTHERS) >= {"sspcm", "dualpose", "multiaugs"}
