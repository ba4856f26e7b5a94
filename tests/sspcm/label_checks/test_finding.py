"""What is suspected, in words."""

import numpy as np

from sspcm.label_checks import finding
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton

COCO = BUILT_IN["coco-17"]


def test_it_is_said_as_a_person_would():
    assert finding.pair_words(COCO, (13, 14)) == "left and right knee seem exchanged"
    assert finding.pair_words(COCO, ()) == "left and right seem exchanged all over"
    assert finding.swap_words(COCO, 9, 12) == "left wrist seems to be on person 12"
    assert finding.place_words(COCO, 9, 34.4) == "left wrist may be misplaced: networks put it 34 px away"
    assert "oddly" in finding.place_words(COCO, 9, float("nan"))
    assert finding.limb_words(COCO, (7, 9), 2.41) == "left elbow to left wrist is 2.4 times as long as usual"
    assert finding.miss_words(COCO, 3, 0.84) == "left ear is absent, and networks see it (84 %)"
    assert finding.miss_words(COCO, 3, 0.0) == "left ear is absent, and labels like this one have it"
    assert finding.duplicate_words(COCO, (9, 7)) == "left wrist and left elbow are in one place"
    assert finding.twin_words(7) == "person 7 seems to be the same one, labelled twice"


def test_names_that_say_the_side_otherwise_are_said_in_full():
    glued = Skeleton("glued", ("LKnee", "RKnee"), (), (1, 0), (0.07, 0.07))
    assert finding.pair_words(glued, (0, 1)) == "LKnee and RKnee seem exchanged"


def test_what_networks_do_not_say_has_no_distance():
    assert finding.far(np.array([3.0, 4.0]), np.zeros(2)) == 5
    assert np.isnan(finding.far(np.zeros(2), np.full(2, np.nan)))
