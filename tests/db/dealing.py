"""Rankings to deal by, and the queue as it stands."""

from db.labelling import leases, queue
from db.records import RankingEntry
from db.rounds import rankings, rounds


def order(image_ids):
    """A ranking of these images, first first."""
    return [
        RankingEntry(image_id, position, 1.0 - position / 100, (f"reason {position}",), blind=position == 1)
        for position, image_id in enumerate(image_ids)
    ]


def rank_cold(store, image_ids):
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, order(image_ids))


def publish(store, image_ids, *, user, now):
    with store.transaction() as tx:
        launched = rounds.create(tx, config_toml="", user=user)
        rounds.start(tx, launched.id)
        rankings.add_round_ranking(tx, launched.id, order(image_ids))
        rounds.publish(tx, launched.id, metrics={}, directory="rounds/1", now=now)


def listed(store, now, limit=100):
    with store.reading() as tx:
        return queue.listing(tx, limit=limit, now=now)


def claim(store, user, now, **options):
    """The claimed image's id, or None."""
    with store.transaction() as tx:
        claimed = queue.claim(tx, user, now=now, lease_s=60, **options)
    return claimed and claimed[0].image.id


def held_by(tx, user, now):
    return {image_id for image_id, name in leases.lease_holders(tx, now=now).items() if name == user.name}
