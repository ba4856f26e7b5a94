"""What a worker does now is told as long as it does it."""

import pytest

from app.processes.activity import Activity


def test_it_is_told_until_it_ends_however_it_ends() -> None:
    activity = Activity()
    assert activity.now == (None, None)
    with pytest.raises(ZeroDivisionError), activity.of("round 3, train"):
        what, since = activity.now
        assert what == "round 3, train" and since is not None and since.tzinfo is not None
        raise ZeroDivisionError
    assert activity.now == (None, None)


def test_of_two_at_a_time_both_are_told_since_the_first() -> None:
    activity = Activity()
    with activity.of("one"):
        since = activity.now[1]
        with activity.of("two"):
            assert activity.now == ("one; two", since)
        assert activity.now == ("one", since)


def test_a_change_is_there_to_be_waited_for() -> None:
    activity = Activity()
    with activity.of("one"):
        assert activity.changed.is_set()
        activity.changed.clear()
    assert activity.changed.is_set()


def test_it_may_say_in_other_words_how_far_it_is() -> None:
    activity = Activity()
    with activity.of("one"), activity.of("scores round 3") as say:
        since = activity.now[1]
        activity.changed.clear()
        say("scores round 3, shard 5 of 12")
        assert activity.changed.is_set()
        assert activity.now == ("one; scores round 3, shard 5 of 12", since)
    assert activity.now == (None, None)
