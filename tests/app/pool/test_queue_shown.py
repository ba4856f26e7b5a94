"""What people see of the queue tells nothing about the blind share."""

import pytest

from app.pool.queue_shown import ShownItem, as_shown
from db.records import CameraRecord, ImageRecord, QueueItem
from sspcm.ranking.ranking import DRAWN_AT_RANDOM, UNLIKE_OTHERS

WHY = "A and B disagree on nose by 31 px"


def item(score: float | None, *reasons: str, blind: bool = False) -> QueueItem:
    image = ImageRecord(1, "0" * 64, "a.jpg", 4, 4, CameraRecord(1, "hall"), 0, "train", True, None, {})
    return QueueItem(image, 0, score, reasons, blind, None)


@pytest.mark.parametrize("reason", [DRAWN_AT_RANDOM, UNLIKE_OTHERS])
def test_before_any_network_all_images_look_alike(reason: str) -> None:
    assert as_shown(item(0.0, reason)) == as_shown(item(0.0)) == ShownItem(None, ())


def test_an_image_of_the_blind_share_keeps_its_score_and_not_why_it_stands_there() -> None:
    assert as_shown(item(0.4, DRAWN_AT_RANDOM, blind=True)) == as_shown(item(0.4)) == ShownItem(0.4, ())


def test_what_the_networks_say_is_shown() -> None:
    assert as_shown(item(0.4, WHY)) == ShownItem(0.4, (WHY,))
    assert as_shown(item(0.0, WHY)).score == 0.0, "they looked, and agree"
    assert as_shown(item(None)).score is None
