"""Sizes fit the number of people, and are refused where there are too few of them or of their groups."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulation.planning import LEAST_LABELLED, MOST_PEOPLE, NotEnough, plan_for


@given(st.integers(LEAST_LABELLED, 3000), st.integers(1, 4))
def test_whatever_is_held_out_two_rounds_find_their_labels_in_the_pool(people: int, in_a_group: int) -> None:
    plan = plan_for([str(i // in_a_group) for i in range(people)], plain=False)
    assert plan.people == min(people, MOST_PEOPLE)
    most_aside = round(plan.holdout * plan.people) + plan.validation + 2 * (in_a_group - 1)
    assert plan.rounds * plan.per_round <= plan.people - most_aside
    assert plan.per_round >= 10 and plan.validation >= 20


def test_too_few_people_and_too_large_groups_are_told_apart() -> None:
    with pytest.raises(NotEnough, match=r"^99 people are labelled; wanted 100"):
        plan_for(["one"] * 99, plain=False)
    with pytest.raises(NotEnough, match="groups of up to 150 "):
        plan_for(["one"] * 150 + ["other"] * 50, plain=False)
