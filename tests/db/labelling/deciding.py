"""Decisions, and several at once."""

from threading import Thread

from db.labelling import labels
from db.pool import images
from db.pool.persons import list_persons
from sspcm.pose import Box

TURNED = Box(100.5, 200.25, 40.0, 90.0, angle=-37.5)


def persons(store):
    with store.reading() as tx:
        return list_persons(tx)


def decide(store, decision, now):
    with store.transaction() as tx:
        return labels.decide(tx, decision, now=now)


def is_open(store, image_id):
    with store.reading() as tx:
        return images.get_image(tx, image_id).is_open


def at_once(work, count):
    """Run work(0), ... in threads; their results."""
    results = []
    threads = [Thread(target=lambda i=i: results.append(work(i))) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results
