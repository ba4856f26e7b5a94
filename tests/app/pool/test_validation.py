"""Images kept for validation in a home, and given back."""

from collections.abc import Callable
from itertools import pairwise

import pytest

from app.pool.validation import Moved, give_back, keep_named, keep_share
from db.clock import utc_now
from db.errors import NotFound
from db.labelling import queue
from db.pool import images
from db.records import ImageRecord, RankingEntry
from db.rounds import rankings
from db.store.session import Store

People = Callable[..., list[ImageRecord]]


def of(store: Store, split: str) -> list[str]:
    with store.reading() as tx:
        return [image.file_name for image in images.list_images(tx) if image.split == split]


def test_a_tenth_is_kept_and_forty_people_at_least_and_again_nothing_more(
    sqlite_store: Store, add_people: People
) -> None:
    add_people(sqlite_store, count=300, persons=2)
    assert keep_share(sqlite_store) == Moved(images=30, persons=60, validation=60)
    assert keep_share(sqlite_store) == Moved(images=0, persons=0, validation=60)
    assert keep_share(sqlite_store, at_least=70) == Moved(images=5, persons=10, validation=70)
    assert len(of(sqlite_store, "validation")) == 35


def test_a_small_home_keeps_half_of_what_is_open(sqlite_store: Store, add_people: People) -> None:
    add_people(sqlite_store, count=10, labelled=True)
    add_people(sqlite_store, count=20)
    assert keep_share(sqlite_store).persons == 10
    assert keep_share(sqlite_store).persons == 0  # half is half, however often it is asked for


def test_one_camera_gives_its_own(sqlite_store: Store, add_people: People) -> None:
    add_people(sqlite_store, count=20, camera="hall")
    add_people(sqlite_store, count=20, camera="yard")
    assert keep_share(sqlite_store, at_least=5, camera="yard") == Moved(5, 5, 5)
    assert {name >= "0020.jpg" for name in of(sqlite_store, "validation")} == {True}
    with pytest.raises(NotFound, match="no camera 'roof'"):
        keep_share(sqlite_store, camera="roof")


def test_images_are_kept_and_given_back_by_name(sqlite_store: Store, add_people: People) -> None:
    add_people(sqlite_store, count=3)
    add_people(sqlite_store, labelled=True)
    assert keep_named(sqlite_store, ["0001.jpg", "0003.jpg"]) == Moved(1, 1, 1, refused=("0003.jpg",))
    with pytest.raises(NotFound, match=r"no train image is called '0001\.jpg'"):
        keep_named(sqlite_store, ["0001.jpg"])
    assert give_back(sqlite_store, ["0001.jpg"]) == Moved(1, 1, 0)
    assert of(sqlite_store, "validation") == []


def test_what_is_kept_comes_early_in_the_queue_and_blind(sqlite_store: Store, add_people: People) -> None:
    pool = add_people(sqlite_store, count=40)
    with sqlite_store.transaction() as tx:
        order = [RankingEntry(image.id, place, 0.5, ("knee",)) for place, image in enumerate(pool)]
        rankings.replace_cold_ranking(tx, order)
    keep_share(sqlite_store, at_least=4)
    with sqlite_store.reading() as tx:
        dealt = queue.listing(tx, limit=100, now=utc_now())
    blind = [place for place, item in enumerate(dealt) if item.image.split == "validation"]
    assert [b - a for a, b in pairwise(blind)] == [3, 3, 3], "as long as 20 labelled ones are missing"
    assert blind[0] <= 3
    assert {(dealt[place].score, dealt[place].reasons, dealt[place].blind) for place in blind} == {(None, (), True)}
    pool_now = [item.image.id for item in dealt if item.image.split == "train"]
    assert pool_now == sorted(pool_now)


def test_a_crowd_is_not_drawn_where_other_images_are_enough(sqlite_store: Store, add_people: People) -> None:
    for number in range(100):
        add_people(sqlite_store, count=1, persons=89 if number % 20 == 7 else 3, camera="hall")
    for seed in range(5):
        kept = keep_share(sqlite_store, share=0.0, seed=seed)
        assert (40 <= kept.persons <= 42, kept.warning) == (True, None)
        give_back(sqlite_store, of(sqlite_store, "validation"))


def test_where_one_image_is_most_of_what_measures_that_is_said_and_what_to_do(
    sqlite_store: Store, add_people: People
) -> None:
    add_people(sqlite_store, count=1, persons=80)
    add_people(sqlite_store, count=9, persons=2)
    assert keep_named(sqlite_store, ["0001.jpg"]).warning == (
        "2 of the 2 validation people are in one image, 0001.jpg: figures are mostly of that image, and one image "
        "tells little. Give it back by `validation remove 0001.jpg`, then keep others."
    )
    assert keep_named(sqlite_store, ["0002.jpg"]).warning is None
    warning = keep_named(sqlite_store, ["0000.jpg"]).warning
    assert warning is not None and warning.startswith("80 of the 84 validation people are in one image, 0000.jpg: ")
    assert give_back(sqlite_store, ["0000.jpg"]).warning is None
