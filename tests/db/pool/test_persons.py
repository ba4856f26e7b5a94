"""Persons come back as they were given."""

from db.pool.persons import get_person, list_persons
from db.records import NewPerson
from tests.db.pool.new_images import BOX, add, frame


def test_a_person_comes_back_number_for_number(store, make_label):
    label = make_label(x=0.1 + 0.2)
    person = NewPerson(BOX, label, area=0.1, source_id=7, extra={"segmentation": [[1, 2.5]]})
    image, _ = add(store, frame(), [person])
    with store.reading() as tx:
        (stored,) = list_persons(tx, image_id=image.id)
        assert get_person(tx, stored.id).box == BOX
    assert (stored.box, stored.area, stored.source_id, stored.extra) == (BOX, 0.1, 7, person.extra)
    assert (stored.label.xyv == label.xyv).all()
    assert (stored.state, stored.revision, stored.label.author, stored.label.revision) == ("accepted", 1, "import", 1)


def test_a_crowd_region_is_kept_but_nobody_labels_it(store, make_label):
    crowd = NewPerson(BOX, extra={"iscrowd": 1})
    image, _ = add(store, frame(), [crowd, NewPerson(BOX, make_label())])
    with store.reading() as tx:
        stored = list_persons(tx, image_id=image.id)[0]
    assert (stored.state, stored.skip_reason, stored.extra) == ("skipped", "crowd region", {"iscrowd": 1})
    assert not image.is_open
