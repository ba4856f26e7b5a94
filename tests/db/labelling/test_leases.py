"""Leases are held, renewed, released and run out."""

from datetime import timedelta

from db.labelling import leases, queue
from tests.db.dealing import claim, held_by, listed


def test_only_the_holder_renews_and_releases(store, add_people, ann, bea, now):
    a, b = (image.id for image in add_people(store, count=2))
    claim(store, ann, now)
    claim(store, bea, now)
    later = now + timedelta(seconds=50)
    with store.transaction() as tx:
        (renewed,) = leases.renew(tx, ann, [a, b], now=later, lease_s=60)
        leases.release(tx, ann, [b])
    assert (renewed.image_id, renewed.expires_at) == (a, later + timedelta(seconds=60))
    assert [i.leased_by for i in listed(store, now)] == ["ann", "bea"]
    with store.transaction() as tx:
        leases.release(tx, ann, [a])
    assert [i.leased_by for i in listed(store, now)] == [None, "bea"]


def test_what_one_tab_let_go_the_other_tab_of_its_annotator_holds_again(store, add_people, ann, bea, now):
    (closed,) = add_people(store, labelled=True)
    (validation,) = add_people(store, labelled=True, split="validation")
    a, b, c = (image.id for image in add_people(store, count=3))
    for _ in range(2):
        claim(store, ann, now, exclude=[a] if _ else [])
    with store.transaction() as tx:
        leases.release(tx, ann, [a, b])
    assert claim(store, bea, now) == a
    asked = [a, b, c, closed.id, validation.id, 99]
    with store.transaction() as tx:
        renewed = leases.renew(tx, ann, asked, now=now, lease_s=60)
    assert [(lease.image_id, lease.user_id, lease.expires_at) for lease in renewed] == [
        (b, ann.id, now + timedelta(seconds=60)),
        (c, ann.id, now + timedelta(seconds=60)),
    ]
    assert [i.leased_by for i in listed(store, now)] == ["bea", "ann", "ann"]


def test_a_lease_that_ran_out_is_renewed_only_if_nobody_took_the_image(store, add_people, ann, bea, now):
    a, _ = (image.id for image in add_people(store, count=2))
    claim(store, ann, now)
    later = now + timedelta(seconds=100)
    with store.transaction() as tx:
        assert [lease.image_id for lease in leases.renew(tx, ann, [a], now=later, lease_s=60)] == [a]
    much_later = later + timedelta(seconds=100)
    assert claim(store, bea, much_later) == a
    with store.transaction() as tx:
        assert leases.renew(tx, ann, [a], now=much_later, lease_s=60) == []


def test_a_heartbeat_keeps_the_first_of_too_many(store, add_people, ann, now):
    shown = [image.id for image in add_people(store, count=7)]
    order = [shown[5], shown[0], shown[3], shown[6], shown[1], shown[2], shown[4]]
    with store.transaction() as tx:
        held = [lease.image_id for lease in leases.renew(tx, ann, order, now=now, lease_s=120)]
        assert held == sorted(order[:4])
        assert held_by(tx, ann, now) == set(order[:4])
        held = [lease.image_id for lease in leases.renew(tx, ann, shown, now=now, lease_s=120, most_held=2)]
        assert held == [shown[0], shown[3]]


def test_a_heartbeat_takes_nothing_back_beyond_what_another_tab_holds(store, add_people, ann, now):
    shown = [image.id for image in add_people(store, count=6)]
    with store.transaction() as tx:
        for image_id in shown[:3]:
            queue.claim_image(tx, ann, image_id, now=now, lease_s=120)
        held = [lease.image_id for lease in leases.renew(tx, ann, shown[3:], now=now, lease_s=120)]
        assert held == [shown[3]]
        assert held_by(tx, ann, now) == set(shown[:4])


def test_a_release_tells_what_was_held(store, add_people, ann, bea, now):
    shown = [image.id for image in add_people(store, count=3)]
    with store.transaction() as tx:
        queue.claim_image(tx, ann, shown[0], now=now, lease_s=120)
        queue.claim_image(tx, bea, shown[1], now=now, lease_s=120)
        assert leases.release(tx, ann, [*shown, 999, shown[0]]) == shown[:1]
        assert leases.release(tx, ann, shown) == []
