"""The story of a round, as its lead reads it the next morning."""

from datetime import timedelta

from db.rounds import events, rounds


def test_a_story_is_told_in_the_order_in_which_it_happened(store, add_people, lead, now):
    add_people(store, count=1)
    with store.transaction() as tx:
        first = rounds.create(tx, config_toml="", user=lead, now=now)
        rounds.start(tx, first.id, now=now + timedelta(minutes=1))
        events.tell(tx, first.id, "the trainer was killed; started again", now=now + timedelta(minutes=2))
        rounds.fail(tx, first.id, "no memory left", now=now + timedelta(minutes=3))
        second = rounds.create(tx, config_toml="", user=lead, now=now + timedelta(minutes=4))
    with store.reading() as tx:
        told = events.story(tx, first.id)
        assert [(one.at - now).seconds // 60 for one in told] == [0, 1, 2, 3]
        assert [one.what for one in told] == [
            "launched by lea",
            "the worker began",
            "the trainer was killed; started again",
            "failed in the stage 'freeze': no memory left",
        ]
        assert [one.what for one in events.story(tx, second.id)] == ["launched by lea"]
