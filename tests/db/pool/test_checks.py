"""What an image, a box or a label must be to be taken."""

import pytest

from db.errors import InvalidDecision
from db.pool import images
from db.pool.checks import check_box
from db.records import NewImage, NewPerson
from db.schema import ImageRow
from sspcm.pose import Box
from tests.db.pool.new_images import BOX, add, frame


def test_a_label_of_another_skeleton_is_refused_whole(store, make_label):
    with pytest.raises(InvalidDecision, match="14 keypoints; wanted the 17"):
        add(store, frame(), [NewPerson(BOX), NewPerson(BOX, make_label(keypoints=14))])
    with store.reading() as tx:
        assert images.list_images(tx) == []


@pytest.mark.parametrize("name", ["caf\udce9.jpg", "a\0b.jpg", "f" * 1025])
def test_a_name_that_a_database_cannot_hold_is_refused(store, add_people, name):
    add_people(store)
    for image in (NewImage("0" * 64, name, 8, 8, "hall", 0, "train"), NewImage("0" * 64, "f", 8, 8, name, 0, "train")):
        with store.transaction() as tx, pytest.raises(InvalidDecision, match="Unicode"):
            images.add_image(tx, image, [])


@pytest.mark.parametrize(
    ("box", "said"),
    [
        (Box(10, -1000, 1, 2560), None),
        (Box(10, 10, 0.99, 50), r"measures 0\.99 x 50 px; wanted sides of 1 to 2560 px"),
        (Box(10, 10, 50, 2561), "wanted sides of 1 to 2560 px"),
        (Box(-50, -50, 100, 100), None),
        (Box(-50, -50, 99, 100), r"the box's centre is at \(-0, 0\) px; wanted it inside the image, 640 x 480"),
        (Box(600, 0, 100, 100), r"centre is at \(650, 50\)"),
    ],
)
def test_a_drawn_box_has_sides_of_a_person_and_its_centre_in_the_image(box, said):
    image = ImageRow(width=640, height=480)
    if said is None:
        check_box(box, image)
        return
    with pytest.raises(InvalidDecision, match=said):
        check_box(box, image)
