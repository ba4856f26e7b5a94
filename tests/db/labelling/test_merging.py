"""A file about images that are here already: nothing of it is lost, and nothing that was decided here."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from db.errors import InvalidDecision, RevisionConflict
from db.labelling import closing, labels, leases, queue
from db.labelling.merging import Merged, merge_image
from db.pool import images
from db.pool.persons import list_persons
from db.records import Decision, NewImage, NewPerson, RankingEntry
from db.rounds import rankings, rounds
from sspcm.formats.coco.reading import KEPT_ASIDE
from sspcm.pose import Box


def person(number, *, x=None, label=None, **more):
    return NewPerson(Box(50.0 * number if x is None else x, 60.0, 40.0, 80.0), label, source_id=number, **more)


def frame(**changes):
    return replace(NewImage("0" * 64, "0000.jpg", 640, 480, "hall", 0), **changes)


@pytest.fixture
def home(store, add_people):
    """A store whose one image has whom a test puts there, and merging into it."""
    add_people(store, count=0)

    class Home:
        def __init__(self, store):
            self.store = store

        def add(self, *persons, **changes):
            with store.transaction() as tx:
                self.image, _ = images.add_image(tx, frame(**changes), persons)
            with store.transaction() as tx:
                rankings.replace_cold_ranking(tx, [RankingEntry(self.image.id, 0, 1.0, ("new",))])

        def merge(self, *persons, now, update=False, moves=False, **changes):
            with store.transaction() as tx:
                return merge_image(tx, self.image.id, frame(**changes), persons, update=update, moves=moves, now=now)

        def persons(self):
            with store.reading() as tx:
                return list_persons(tx)

        def history(self, person_id):
            with store.reading() as tx:
                return labels.history(tx, person_id)

        def is_open(self):
            with store.reading() as tx:
                return images.get_image(tx, self.image.id).is_open

        def decide(self, kind, record, user, *, now, key="k", **more):
            with store.transaction() as tx:
                return labels.decide(tx, Decision(key, kind, record.id, record.revision, user, **more), now=now)

    return Home(store)


def test_an_open_person_takes_the_files_label_and_the_image_closes(home, make_label, now):
    home.add(person(1), person(2))
    assert home.merge(person(1, label=make_label()), now=now) == Merged(labels_added=1)
    taken, waiting = home.persons()
    assert (taken.state, taken.revision, taken.label.author, taken.label.revision) == ("accepted", 1, "import", 1)
    assert waiting.state == "open"
    assert home.is_open()
    assert home.merge(person(2, label=make_label(x=90)), now=now).labels_added == 1
    assert not home.is_open()
    with home.store.reading() as tx:
        assert queue.listing(tx, limit=9, now=now) == []


def test_the_same_again_is_no_news(home, make_label, now):
    home.add(person(1, label=make_label()), person(2))
    before = home.persons()
    for update in (False, True):
        assert home.merge(person(1, label=make_label()), person(2), now=now, update=update) == Merged()
    assert [(p.revision, p.state, len(home.history(p.id))) for p in home.persons()] == [
        (p.revision, p.state, len(home.history(p.id))) for p in before
    ]


def test_a_label_that_differs_stays_until_the_files_is_asked_for(home, make_label, add_account, now):
    ann = add_account(home.store)
    home.add(person(1))
    home.decide("accept", home.persons()[0], ann, now=now, label=make_label(author="ann"))
    other = person(1, label=make_label(x=301))
    assert home.merge(other, now=now) == Merged(labels_differ=1)
    assert home.persons()[0].label.author == "ann"
    assert home.merge(other, now=now, update=True) == Merged(labels_updated=1)
    taken = home.persons()[0]
    assert (taken.label.author, taken.label.revision, taken.revision) == ("import", 2, 2)
    assert [one.author for one in home.history(taken.id)] == ["ann", "import"]


@pytest.mark.parametrize("kind", ["skip", "not_a_person"])
def test_what_was_decided_about_a_person_stays_until_the_files_label_is_asked_for(
    kind, home, make_label, add_account, now
):
    home.add(person(1))
    reason = {"reason": "too dark"} if kind == "skip" else {}
    home.decide(kind, home.persons()[0], add_account(home.store), now=now, **reason)
    labelled = person(1, label=make_label())
    assert home.merge(labelled, now=now) == Merged(labels_differ=1)
    assert home.persons()[0].label is None
    assert home.merge(labelled, now=now, update=True) == Merged(labels_updated=1)
    assert home.persons()[0].state == "accepted"


def test_a_label_that_somebody_took_back_does_not_come_again_unasked(home, make_label, add_account, now):
    home.add(person(1, label=make_label()))
    home.decide("reopen", home.persons()[0], add_account(home.store), now=now)
    assert home.merge(person(1, label=make_label()), now=now) == Merged(labels_differ=1)
    assert home.persons()[0].state == "open"


def test_whoever_the_home_lacks_comes_in_and_whoever_the_file_lacks_stays(home, make_label, now):
    home.add(person(1, label=make_label()))
    assert not home.is_open()
    assert home.merge(person(5), now=now) == Merged(persons_added=1)
    assert [p.source_id for p in home.persons()] == [1, 5]
    assert home.is_open()
    with home.store.reading() as tx:
        assert [item.image.id for item in queue.listing(tx, limit=9, now=now)] == [home.image.id]


def test_an_image_that_was_finished_as_empty_stays_closed_for_who_comes_labelled(home, make_label, add_account, now):
    home.add()
    ann = add_account(home.store)
    with home.store.transaction() as tx:
        closing.finish_image(tx, home.image.id, user=ann, key="f", now=now)
    home.merge(person(1, label=make_label()), now=now)
    assert not home.is_open()
    home.merge(person(1, label=make_label()), person(2), now=now)
    assert home.is_open()


def test_a_box_that_differs_stays_until_the_files_is_asked_for(home, now):
    home.add(person(1, area=900.0))
    moved = person(1, x=53.0, area=800.0)
    assert home.merge(moved, now=now) == Merged(boxes_differ=1)
    assert home.persons()[0].box.x == 50
    assert home.merge(moved, now=now, update=True) == Merged(boxes_updated=1)
    record = home.persons()[0]
    assert (record.box.x, record.area, record.revision) == (53, 800, 1)


def test_fields_that_lack_are_added_and_those_that_differ_stay_until_asked_for(home, now):
    home.add(person(1, extra={"track": 3}), extra={"scene": "hall", "license": 1})
    changes = {"extra": {"scene": "yard", "license": 1, "weather": "dry"}}
    tracked = person(1, extra={"track": 4, "colour": "red"})
    assert home.merge(tracked, now=now, **changes) == Merged(fields_added=2, fields_differ=2)
    assert home.merge(tracked, now=now, update=True, **changes) == Merged(fields_updated=2)
    with home.store.reading() as tx:
        assert images.get_image(tx, home.image.id).extra == {"scene": "yard", "license": 1, "weather": "dry"}
    assert home.persons()[0].extra == {"track": 4, "colour": "red"}
    assert home.merge(tracked, now=now, update=True, **changes) == Merged()


def test_regions_that_are_no_persons_come_in_once(home, now):
    home.add(extra={KEPT_ASIDE: [{"id": 4, "bbox": [1, 2, 3, 4], "category_id": 2}]})
    more = [{"id": 4, "bbox": [1, 2, 3, 4], "category_id": 2}, {"id": 9, "bbox": [5, 5, 5, 5], "category_id": 2}]
    assert home.merge(now=now, extra={KEPT_ASIDE: more}) == Merged(fields_added=1)
    assert home.merge(now=now, extra={KEPT_ASIDE: more}) == Merged()
    with home.store.reading() as tx:
        assert images.get_image(tx, home.image.id).extra[KEPT_ASIDE] == more


def test_a_camera_that_the_file_says_is_taken_when_asked_for(home, now):
    home.add(camera="hall")
    assert home.merge(now=now, camera="yard") == Merged()
    assert home.merge(now=now, camera="yard", moves=True) == Merged(fields_differ=1)
    assert home.merge(now=now, camera="yard", moves=True, update=True) == Merged(fields_updated=1)
    with home.store.reading() as tx:
        assert images.get_image(tx, home.image.id).camera.name == "yard"


def test_who_has_the_image_open_is_told_and_keeps_it(home, make_label, add_account, now):
    ann = add_account(home.store)
    home.add(person(1))
    with home.store.transaction() as tx:
        queue.claim(tx, ann, now=now, lease_s=60)
    seen = home.persons()[0]
    home.merge(person(1, label=make_label()), now=now)
    with pytest.raises(RevisionConflict, match=r"An import changed this person meanwhile \(accepted now\)"):
        home.decide("accept", seen, ann, now=now, label=make_label(author="ann"))
    with home.store.transaction() as tx:
        assert leases.renew(tx, ann, [home.image.id], now=now + timedelta(seconds=30), lease_s=60)
    mine = home.decide("accept", home.persons()[0], ann, now=now, label=make_label(x=9, author="ann"))
    assert mine.image_done


def test_an_own_decision_before_the_import_is_not_blamed(home, make_label, add_account, now):
    ann = add_account(home.store)
    home.add(person(1))
    home.decide("accept", home.persons()[0], ann, now=now, label=make_label(author="ann"))
    seen = home.persons()[0]
    home.merge(person(1, label=make_label(x=20)), now=now, update=True)
    with pytest.raises(RevisionConflict, match="An import changed this person"):
        home.decide("reopen", seen, ann, now=now, key="again")


def test_a_round_keeps_the_labels_that_it_froze(home, make_label, add_account, now):
    lead = add_account(home.store, "lea", "lead")
    home.add(person(1, label=make_label()))
    with home.store.transaction() as tx:
        record = rounds.create(tx, config_toml="", user=lead)
        frozen = rounds.freeze(tx, record.id)
    home.merge(person(1, label=make_label(x=20)), now=now, update=True)
    with home.store.transaction() as tx:
        assert rounds.freeze(tx, record.id) == frozen
        kept = labels.get_labels(tx, [frozen[0].label_id])
    assert np.array_equal(kept[frozen[0].label_id].xyv, make_label().xyv)


def test_what_a_file_says_of_its_label_goes_with_it(home, make_label, now):
    home.add(person(1, extra={"num_keypoints": 0, "iscrowd": 0}))
    home.merge(person(1, label=make_label(), extra={"num_keypoints": 17, "iscrowd": 0}), now=now)
    assert home.persons()[0].extra == {"num_keypoints": 17, "iscrowd": 0}


def test_a_label_of_another_skeleton_changes_nothing(home, make_label, now):
    home.add(person(1), person(2))
    with pytest.raises(InvalidDecision, match="keypoints"):
        home.merge(person(1, label=make_label()), person(2, label=make_label(keypoints=5)), now=now)
    assert [p.state for p in home.persons()] == ["open", "open"]


def test_who_could_be_several_is_counted_and_left(home, now):
    home.add(person(1, x=100.0), person(2, x=110.0))
    assert home.merge(person(7, x=105.0), now=now) == Merged(persons_unclear=1)
    assert len(home.persons()) == 2


def test_what_is_no_person_is_told_and_updated_like_any_other_field(home, now):
    car = {"id": 4, "category_id": 5, "bbox": [0, 0, 9, 9], "iscrowd": None}
    moved = {**car, "bbox": [3, 0, 9, 9]}
    home.add(person(1), extra={KEPT_ASIDE: [car]})
    assert home.merge(person(1), now=now, extra={KEPT_ASIDE: [{**car, "iscrowd": 0, "area": 81}]}) == Merged()
    assert home.merge(person(1), now=now, extra={KEPT_ASIDE: [moved]}) == Merged(fields_differ=1)
    assert home.merge(person(1), now=now, update=True, extra={KEPT_ASIDE: [moved]}) == Merged(fields_updated=1)
    assert home.merge(person(1), now=now, extra={KEPT_ASIDE: [{**moved, "category_id": 6}]}) == Merged(fields_added=1)


@pytest.mark.parametrize("area", [0.0, 1e300])
def test_an_area_that_nothing_can_be_measured_by_is_no_news_again(home, now, area):
    home.add(person(1, area=area))
    assert home.merge(person(1, area=area), now=now) == Merged()
    written = person(1, area=1696.0, extra={"as_read": {"area": area}})  # as an export has it
    assert home.merge(written, now=now, update=True).fields_updated == 0


def test_a_box_that_the_file_lacks_never_takes_the_place_of_one_that_somebody_drew(home, make_label, now):
    home.add(person(1, label=make_label()))
    made = person(1, x=63.0, label=make_label(), box_is_made=True)
    assert home.merge(made, now=now) == Merged()
    assert home.merge(made, now=now, update=True) == Merged()
    assert home.persons()[0].box == person(1).box


def test_a_person_whom_the_file_calls_a_crowd_stays_a_person_and_that_is_told(home, now):
    home.add(person(1, x=50.0))
    crowd = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 1, "bbox": [50.0, 60.0, 40.0, 80.0]}
    elsewhere = crowd | {"bbox": [300.0, 60.0, 40.0, 80.0]}
    for update in (False, True):
        assert home.merge(now=now, update=update, extra={KEPT_ASIDE: [crowd]}) == Merged(crowds_differ=1)
    assert home.merge(now=now, extra={KEPT_ASIDE: [elsewhere]}) == Merged(fields_added=1)
    assert [one.state for one in home.persons()] == ["open"]
