"""Rankings take each other's place whole."""

import pytest

from db.errors import RoundOver
from db.labelling import labels
from db.pool import persons
from db.records import Decision, RankingEntry
from db.rounds import rankings, rounds
from tests.db.dealing import listed, order, rank_cold


def test_a_round_takes_the_queue_over_when_published_and_not_before(store, add_people, add_account, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    lead = add_account(store, "lea", "lead")
    rank_cold(store, [a, b, c])
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        rankings.add_round_ranking(tx, launched.id, order([a, c, b]))
        rankings.add_round_ranking(tx, launched.id, order([c, b, a]))  # scored again: this one counts
    assert [item.image.id for item in listed(store, now)] == [a, b, c]
    with store.transaction() as tx:
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)
    assert [item.image.id for item in listed(store, now)] == [c, b, a]
    rank_cold(store, [a, b, c])
    assert [item.image.id for item in listed(store, now)] == [c, b, a]
    with pytest.raises(RoundOver, match="round 1 is published"), store.transaction() as tx:
        rankings.add_round_ranking(tx, launched.id, order([a]))


def test_a_new_cold_ranking_replaces_the_old_one(store, add_people, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    rank_cold(store, [a, b, c])
    rank_cold(store, [c, a])
    assert [item.image.id for item in listed(store, now)] == [c, a, b]


def test_an_image_decided_while_the_round_ran_is_not_queued_when_it_is_published(
    store, add_people, add_account, ann, now
):
    a, b, c = (image.id for image in add_people(store, count=3))
    lead = add_account(store, "lea", "lead")
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        rankings.add_round_ranking(tx, launched.id, order([c, b, a]))
        (person,) = persons.list_persons(tx, image_id=c)
        labels.decide(tx, Decision("1", "not_a_person", person.id, 0, ann), now=now)
    with store.transaction() as tx:
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)
    assert [item.image.id for item in listed(store, now)] == [b, a]


def test_images_get_a_place_in_the_rankings_that_are_shown_or_come(store, add_people, add_account, ann, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    lead = add_account(store, "lea", "lead")
    rank_cold(store, [a, b])
    with store.transaction() as tx:
        (cold,) = rankings.shown_or_coming(tx)
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        coming = rankings.add_round_ranking(tx, launched.id, order([b, a]))
        assert rankings.shown_or_coming(tx) == [cold, coming]
        for ranking_id in (cold, coming):
            rankings.put_entries(tx, ranking_id, [RankingEntry(c, 0, 0.0, (), blind=True)])
            rankings.put_entries(tx, ranking_id, [RankingEntry(c, 1, 0.0, (), blind=True)])
        assert [one.image_id for one in rankings.open_entries(tx, coming, "train")] == [b, a, c]
        assert rankings.open_entries(tx, coming, "validation") == []
    assert [(item.image.id, item.blind) for item in listed(store, now)] == [(a, False), (b, True), (c, True)]


def test_the_order_of_the_current_ranking_is_made_anew_in_its_place(store, add_people, add_account, now):
    a, b, c = (image.id for image in add_people(store, count=3))
    lead = add_account(store, "lea", "lead")
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=lead)
        rounds.start(tx, launched.id)
        rankings.add_round_ranking(tx, launched.id, order([a, b, c]))
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)
    with store.transaction() as tx:
        rankings.replace_current(tx, order([c, a]))
    assert [item.image.id for item in listed(store, now)] == [c, a, b], "what it does not know comes last"
    with store.transaction() as tx:
        rankings.replace_current(tx, order([b, c, a]))
    assert [item.image.id for item in listed(store, now)] == [b, c, a]
    rank_cold(store, [a, b, c])
    assert [item.image.id for item in listed(store, now)] == [b, c, a], "it is the round's still"


def test_where_there_is_no_ranking_none_is_made(store, add_people, now):
    a, b = (image.id for image in add_people(store, count=2))
    with store.transaction() as tx:
        rankings.replace_current(tx, order([b, a]))
    assert [item.image.id for item in listed(store, now)] == [a, b]
