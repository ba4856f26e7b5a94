"""An answer holds until it is old and something changed, or something else was chosen."""

from concurrent.futures import ThreadPoolExecutor
from itertools import count
from time import sleep

from app.web.kept_answer import KeptAnswer


def test_a_kept_answer_waits_for_its_age_and_not_for_another_choice() -> None:
    numbers, kept = count(), KeptAnswer[int](again_after_s=99.0)
    assert kept.now(lambda: next(numbers), chosen="a", mark=1) == 0
    assert kept.now(lambda: next(numbers), chosen="a", mark=2) == 0, "it is not old yet"
    assert kept.now(lambda: next(numbers), chosen="b", mark=2) == 1
    kept.forget()
    assert kept.now(lambda: next(numbers), chosen="b", mark=2) == 2


def test_an_old_answer_is_made_anew_only_if_something_changed() -> None:
    numbers, kept = count(), KeptAnswer[int](again_after_s=0.0)
    assert [kept.now(lambda: next(numbers), chosen=0, mark=mark) for mark in (1, 1, 2, 2, 3)] == [0, 0, 1, 1, 2]


def test_of_many_who_ask_at_once_one_works() -> None:
    numbers, kept = count(), KeptAnswer[int](again_after_s=99.0)

    def slowly() -> int:
        sleep(0.05)
        return next(numbers)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: kept.now(slowly, chosen=0, mark=0), range(8))) == {0}
