"""Writers of one process come one after the other, in the order in which they came."""

import threading
import time

import pytest

from db.errors import StoreBusy
from db.store.turns import Turns


def soon() -> float:
    return time.monotonic() + 20


def started(work) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def until_waiting(turns: Turns, count: int) -> None:
    deadline = soon()
    while len(turns._waiting) < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_whoever_came_first_writes_first():
    turns, order = Turns(), []

    def write(number: int) -> None:
        with turns.turn(give_up_at=soon()):
            order.append(number)

    with turns.turn(give_up_at=soon()):
        threads = []
        for number in range(20):
            threads.append(started(lambda number=number: write(number)))
            until_waiting(turns, number + 1)
    for thread in threads:
        thread.join(20)
    assert order == list(range(20))


def test_never_two_at_once_and_nobody_is_left_out():
    turns, inside, counts, most = Turns(), [0], [0] * 8, [0]

    def write(number: int) -> None:
        for _ in range(200):
            with turns.turn(give_up_at=soon()):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                counts[number] += 1
                inside[0] -= 1

    for thread in [started(lambda number=number: write(number)) for number in range(8)]:
        thread.join(60)
    assert (most, counts) == ([1], [200] * 8)


def test_who_waited_too_long_is_told_and_the_others_go_on():
    turns = Turns()
    with turns.turn(give_up_at=soon()):
        told = []

        def wait_a_little() -> None:
            try:
                with turns.turn(give_up_at=time.monotonic() + 0.05):
                    told.append("wrote")
            except StoreBusy as error:
                told.append(str(error))

        started(wait_a_little).join(20)
    assert "Try again" in told[0]
    with turns.turn(give_up_at=soon()):
        pass


def test_a_turn_that_fails_is_passed_on():
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn(give_up_at=soon()):
        raise ZeroDivisionError
    with turns.turn(give_up_at=soon()):
        pass


def test_a_transaction_within_a_transaction_is_named_as_such_at_once(sqlite_store):
    with pytest.raises(RuntimeError, match="Hand the open session on"), sqlite_store.transaction():  # noqa: SIM117
        with sqlite_store.transaction():
            pass
    with sqlite_store.transaction():
        pass
