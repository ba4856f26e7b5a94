"""What people see of the queue says why each image stands there, and tells nothing about the blind share."""

import dataclasses

import pytest

from app.pool.queue_shown import BY_LOT, FOR_VALIDATION, IMPORTED_SINCE, OUT_OF_TURN, ShownItem, as_shown
from db.records import CameraRecord, ImageRecord, QueueItem
from sspcm.ranking.ranking import DRAWN_AT_RANDOM, UNLIKE_OTHERS

WHY = "nose: A and B 31 px apart"


def item(score: float | None, *reasons: str, blind: bool = False) -> QueueItem:
    image = ImageRecord(1, "0" * 64, "a.jpg", 4, 4, CameraRecord(1, "hall"), 0, "train", True, None, {})
    return QueueItem(image, 0, score, reasons, blind, None)


def shown(one: QueueItem) -> ShownItem:
    return as_shown([one], by_lot=False)[0]


@pytest.mark.parametrize("reason", [DRAWN_AT_RANDOM, UNLIKE_OTHERS])
def test_before_any_network_all_images_look_alike(reason: str) -> None:
    assert shown(item(0.0, reason)) == shown(item(0.0)) == ShownItem(None, (OUT_OF_TURN,))


def test_an_image_of_the_blind_share_looks_like_one_that_is_unlike_the_others() -> None:
    first, random, unlike, last = as_shown(
        [item(0.6, WHY), item(0.4, DRAWN_AT_RANDOM, WHY, blind=True), item(0.4, WHY), item(0.5, WHY)], by_lot=False
    )
    assert (first, last) == (ShownItem(0.6, (WHY,)), ShownItem(0.5, (WHY,)))
    assert random == unlike == ShownItem(0.4, (OUT_OF_TURN, WHY))


def test_an_image_of_the_blind_share_makes_none_before_it_look_out_of_turn() -> None:
    before, _ = as_shown([item(0.4, WHY), item(0.9, DRAWN_AT_RANDOM, WHY, blind=True)], by_lot=False)
    assert before == ShownItem(0.4, (WHY,))


def test_of_a_fair_sample_nothing_is_out_of_turn() -> None:
    head = [item(0.1, WHY), item(0.4, DRAWN_AT_RANDOM, WHY, blind=True), item(0.9, WHY), item(0.0, UNLIKE_OTHERS)]
    assert [one.reasons for one in as_shown(head, by_lot=True)] == [(WHY,), (WHY,), (WHY,), (OUT_OF_TURN,)]
    assert as_shown([item(0.4, DRAWN_AT_RANDOM, blind=True)], by_lot=True)[0].reasons == (BY_LOT,)


def test_every_image_has_a_reason() -> None:
    kept = item(None, blind=True)
    kept = dataclasses.replace(kept, image=dataclasses.replace(kept.image, split="validation"))
    assert shown(kept) == ShownItem(None, (FOR_VALIDATION,))
    assert shown(item(None)) == ShownItem(None, (IMPORTED_SINCE,))
    assert shown(item(0.3, DRAWN_AT_RANDOM, blind=True)) == ShownItem(0.3, (OUT_OF_TURN,)), "by an earlier version"


def test_what_the_networks_say_is_shown() -> None:
    assert shown(item(0.4, WHY)) == ShownItem(0.4, (WHY,))
    assert shown(item(0.0, WHY)).score == 0.0, "they looked, and agree"
