"""How the project's labelled people are used: sizes that fit their number, and whether there are enough of them."""

from collections.abc import Sequence

from app.simulation.folder import Plan

LEAST_LABELLED = 100
"""A quarter is held out and 20 choose the starts, as the product's rule wants (`evaluation.choosing`); of the others
two rounds label a third each."""
MOST_PEOPLE = 600
"""More would narrow the intervals little, and each training waits for everybody to be predicted."""
HOLDOUT, ROUNDS, SEEDS = 0.25, 2, (0, 1, 2)
ACQUISITIONS = ("random", "queue")
"""The product's order beside chance."""
_FEWEST_A_ROUND, _MOST_A_ROUND = 10, 100
_SHARE_A_ROUND = 0.35


class NotEnough(ValueError):
    """Too few labelled people, or too few groups of them; the message says what is there and what is wanted."""


def plan_for(groups: Sequence[str], *, plain: bool, left_out: int = 0) -> Plan:
    """What to do with these people, each given by whom they belong together with. Raises NotEnough."""
    labelled = len(groups)
    people = min(labelled, MOST_PEOPLE)
    if labelled < LEAST_LABELLED:
        raise NotEnough(too_few(labelled))
    largest = max(groups.count(one) for one in set(groups))
    validation = min(40, max(20, people // 8))
    pool = people - round(HOLDOUT * people) - validation
    # whole groups are held out: either share may be larger by one of them
    per_round = min(_MOST_A_ROUND, round(_SHARE_A_ROUND * pool), (pool - 2 * largest) // ROUNDS)
    if per_round < _FEWEST_A_ROUND:
        raise NotEnough(
            f"{labelled} labelled people belong together in groups of up to {largest} (neighbouring frames); "
            f"wanted enough for two rounds of {_FEWEST_A_ROUND} labels beside whole groups that are held out. Label "
            "people in more frames."
        )
    return Plan(labelled, people, HOLDOUT, validation, ROUNDS, per_round, plain, left_out)


def too_few(labelled: int) -> str:
    """Why nothing can be simulated yet."""
    wanted = f"wanted {LEAST_LABELLED}, to learn from some and to measure on others"
    return f"{labelled} {'person is' if labelled == 1 else 'people are'} labelled; {wanted}. Label on."
