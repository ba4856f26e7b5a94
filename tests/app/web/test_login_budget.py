"""Who guesses waits; who is guessed at does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.login_budget import (
    BY_ADDRESS,
    BY_NAME_AND_ADDRESS,
    FORGOTTEN_AFTER_S,
    IN_ALL,
    LONGEST_SLOWING_S,
    SLOWED_AFTER,
    Attempt,
    LoginBudget,
    one_account,
    one_sender,
)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> LoginBudget:
    return LoginBudget(clock)


def wrong(budget: LoginBudget, name: str = "ann", address: str = "1.1.1.1", browser: str | None = None) -> float:
    """One wrong password; how long it is refused for."""
    attempt = Attempt(name, address, browser)
    verdict = budget.admit(attempt)
    if verdict.refused_s == 0:
        budget.settle(attempt, right=False)
    return verdict.refused_s


def test_five_wrong_passwords_for_a_name_and_then_one_every_twelve_seconds(budget: LoginBudget, clock: Clock) -> None:
    assert [wrong(budget) for _ in range(5)] == [0.0] * 5
    assert wrong(budget) == pytest.approx(12.0)
    assert wrong(budget, name="bob") == wrong(budget, address="2.2.2.2") == 0.0
    clock.now += 12.0
    assert wrong(budget) == 0.0
    assert wrong(budget) > 0


def test_many_names_from_one_address_share_its_budget_and_others_have_their_own(budget: LoginBudget) -> None:
    refused = [wrong(budget, name=f"name {number}") > 0 for number in range(100)]
    assert refused == [False] * BY_ADDRESS.burst + [True] * (100 - BY_ADDRESS.burst)
    assert wrong(budget, address="2.2.2.2") == 0.0


def test_many_addresses_share_the_budget_of_all(budget: LoginBudget) -> None:
    refused = [wrong(budget, name=f"n{number}", address=f"10.0.0.{number}") > 0 for number in range(400)]
    assert refused.index(True) == IN_ALL.burst
    assert wrong(budget, name="ann", address="1.1.1.1", browser="hers") == 0.0


def test_a_known_browser_gets_in_whatever_strangers_try_from_the_same_address(budget: LoginBudget) -> None:
    for _ in range(1000):
        wrong(budget)
    hers = Attempt("ann", "1.1.1.1", "hers")
    assert budget.admit(hers).refused_s == budget.admit(hers).slowed_s == 0.0


def test_a_known_browser_is_slowed_by_its_own_wrong_passwords_and_never_refused(budget: LoginBudget) -> None:
    assert [wrong(budget, browser="hers") for _ in range(100)] == [0.0] * 100
    verdict = budget.admit(Attempt("ann", "1.1.1.1", "hers"))
    assert (verdict.refused_s, verdict.slowed_s) == (0.0, LONGEST_SLOWING_S)


def test_a_known_browser_tries_two_passwords_at_once_and_no_more(budget: LoginBudget) -> None:
    hers = Attempt("ann", "1.1.1.1", "hers")
    assert [budget.admit(hers).refused_s > 0 for _ in range(3)] == [False, False, True]
    budget.settle(hers, right=False)
    assert budget.admit(hers).refused_s == 0.0


def test_a_name_guessed_at_from_everywhere_is_slowed_and_never_refused(budget: LoginBudget) -> None:
    for number in range(200):
        assert wrong(budget, address=f"10.0.{number}.1") == 0.0
    verdict = budget.admit(Attempt("ann", "9.9.9.9"))
    assert (verdict.refused_s, verdict.slowed_s) == (0.0, LONGEST_SLOWING_S)


def test_right_passwords_cost_nothing(budget: LoginBudget) -> None:
    for _ in range(3 * IN_ALL.burst):
        attempt = Attempt("ann", "1.1.1.1")
        verdict = budget.admit(attempt)
        assert (verdict.refused_s, verdict.slowed_s) == (0.0, 0.0)
        budget.settle(attempt, right=True)


def test_what_nobody_could_check_costs_nothing_and_clears_nothing(budget: LoginBudget) -> None:
    for _ in range(4):
        wrong(budget)
    for _ in range(20):  # the store is away
        attempt = Attempt("ann", "1.1.1.1")
        assert budget.admit(attempt).refused_s == 0
        budget.settle(attempt, right=None)
    assert wrong(budget) == 0
    assert wrong(budget) > 0


def test_a_right_password_clears_what_was_mistyped_before(budget: LoginBudget) -> None:
    for _ in range(4):
        wrong(budget)
    attempt = Attempt("ann", "1.1.1.1")
    budget.admit(attempt)
    budget.settle(attempt, right=True)
    assert [wrong(budget) for _ in range(5)] == [0.0] * 5


def test_tries_in_parallel_count_one_by_one(budget: LoginBudget) -> None:
    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(lambda _: budget.admit(Attempt("ann", "1.1.1.1")), range(100)))
    assert sum(verdict.refused_s == 0 for verdict in verdicts) == BY_NAME_AND_ADDRESS.burst


def test_accounts_that_are_full_again_take_no_room(budget: LoginBudget, clock: Clock) -> None:
    for number in range(5000):
        clock.now += 1.0
        wrong(budget, name=f"name {number}", address=f"address {number}")
    assert len(budget._spent) < 4 * FORGOTTEN_AFTER_S


@given(st.lists(st.tuples(st.floats(0, 30), st.sampled_from(["ann", "bob"]), st.booleans()), max_size=60))
def test_no_history_makes_anybody_wait_longer_than_their_own_account_takes_to_fill(
    history: list[tuple[float, str, bool]],
) -> None:
    clock = Clock()
    budget = LoginBudget(clock)
    for pause, name, right in history:
        clock.now += pause
        attempt = Attempt(name, "1.1.1.1")
        verdict = budget.admit(attempt)
        assert 0 <= verdict.refused_s <= BY_NAME_AND_ADDRESS.refill_s
        assert 0 <= verdict.slowed_s <= LONGEST_SLOWING_S
        if verdict.refused_s == 0:
            budget.settle(attempt, right=right)


@pytest.mark.parametrize(
    ("same", "one", "other"),
    [
        (one_account, " ANN ", "ann"),
        (one_account, "ａｎｎ", "ann"),
        (one_account, "x" * 10_000, "x" * 20_000),
        (one_sender, "2001:db8::1", "2001:db8::ffff"),
        (one_sender, "::ffff:1.2.3.4", "1.2.3.4"),
        (one_sender, "fe80::1%eth0", "fe80::2"),
    ],
)
def test_spellings_of_one_are_one(same: Callable[[str], str], one: str, other: str) -> None:
    assert same(one) == same(other)


def test_other_senders_are_others() -> None:
    assert len({one_sender(a) for a in ("1.2.3.4", "1.2.3.5", "2001:db8:0:1::1", "2001:db8:0:2::1", "", "unix")}) == 6
    assert BY_NAME_AND_ADDRESS.burst < SLOWED_AFTER  # who mistypes alone is not slowed as well
