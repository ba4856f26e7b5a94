"""How many images, persons and labels a home has: what the store counts is what is there, whatever happened."""

import threading
from collections import Counter
from datetime import UTC, datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update

from db.errors import StoreError
from db.labelling import adding, closing, deleting, labels, merging, moving, reviews, skipping_all, work
from db.labelling.reviews import NewReview
from db.pool import counts, images
from db.pool.persons import list_persons
from db.records import WITHDRAWN, Counts, Decision, NewImage, NewPerson
from db.schema import ImageRow, LabelRow, PersonRow, PoolCountRow
from db.store.backing_up import snapshot
from db.store.session import open_store
from sspcm.pose import IMPORTED, Box

NOW = datetime(2030, 5, 1, 12, 0, tzinfo=UTC)
NUMBERS = count(1000)


def test_counts_tell_pool_labelled_and_validation_apart(store, add_people, add_account, make_label, now):
    add_people(store, count=2, persons=3)
    add_people(store, labelled=True)
    add_people(store, persons=2, labelled=True, split="validation")
    add_people(store, persons=3, split="validation")
    ann = add_account(store)
    with store.transaction() as tx:
        first, second, third, *_ = list_persons(tx)
        labels.decide(tx, Decision("1", "skip", first.id, 0, ann, reason="blurred"), now=now)
        labels.decide(tx, Decision("2", "not_a_person", second.id, 0, ann), now=now)
        labels.decide(tx, Decision("3", "accept", third.id, 0, ann, label=make_label()), now=now)
    with store.reading() as tx:
        assert counts.count(tx) == Counts(
            images=5,
            images_open=2,
            images_validation=2,
            persons=12,
            persons_open=3,
            persons_accepted=2,
            persons_imported=1,
            persons_skipped=1,
            persons_not_a_person=1,
            persons_validation=5,
            persons_validation_open=3,
            persons_validation_accepted=2,
        )


def test_counts_of_an_empty_home_are_zero(store):
    with store.reading() as tx:
        assert counts.count(tx) == Counts(*[0] * 12)


def test_labelled_validation_people_are_counted_with_their_images(store, add_people):
    add_people(store, count=2, persons=3, labelled=True, split="validation")
    add_people(store, count=4, split="validation")
    add_people(store, count=5, labelled=True)
    with store.reading() as tx:
        found = counts.validation_labelled(tx)
    assert (found.persons, found.images) == (6, 2)


def kept(store):
    """What the store says there is."""
    with store.reading() as tx:
        query = select(PoolCountRow.what, PoolCountRow.work_id, PoolCountRow.split, func.sum(PoolCountRow.number))
        kinds = PoolCountRow.what, PoolCountRow.work_id, PoolCountRow.split
        return {tuple(kind): number for *kind, number in tx.execute(query.group_by(*kinds)) if number}


def there(store):
    """The same, by looking at every row."""
    found = Counter()
    with store.reading() as tx:
        splits = {}
        for image in tx.scalars(select(ImageRow)):
            splits[image.id] = image.split
            found["image_open" if image.is_open else "image_closed", image.work_id, image.split] += 1
        current = (LabelRow.person_id == PersonRow.id) & (LabelRow.revision == PersonRow.label_revision)
        for person, author in tx.execute(select(PersonRow, LabelRow.author).outerjoin(LabelRow, current)):
            is_withdrawn = person.state == "not_a_person" and person.skip_reason == WITHDRAWN
            found["withdrawn" if is_withdrawn else person.state, 0, splits[person.image_id]] += 1
            if person.state == "accepted" and author == IMPORTED:
                found["imported", 0, splits[person.image_id]] += 1
    return dict(found)


class Life:
    """What may happen in a home: each by two numbers, which choose whom it is about."""

    def __init__(self, store, user, reviewer, make_label):
        self.store, self.user, self.reviewer = store, user, reviewer
        self.make_label = make_label

    def images_come(self, one, other):
        split, camera = "validation" if one % 3 == 0 else "train", ("hall", "yard")[one % 2]
        label = self.make_label() if other % 2 == 0 else None
        people = [NewPerson(Box(40.0 + 50 * i, 60.0, 40.0, 80.0), label) for i in range(other % 3)]
        with self.store.transaction() as tx:
            for number in (next(NUMBERS), next(NUMBERS))[: 1 + one % 2]:
                image = NewImage(f"{number:064x}", f"{number}.jpg", 640, 480, camera, number, split)
                images.add_image(tx, image, people)

    def somebody_is_decided(self, one, other):
        kind = ("accept", "skip", "not_a_person", "reopen", "accept")[other % 5]
        with self.store.transaction() as tx:
            person = chosen(list_persons(tx), one)
            label = self.make_label() if kind == "accept" else None
            reason = "blurred" if kind == "skip" else None
            decision = Decision(key(), kind, person.id, person.revision, self.user, label=label, reason=reason)
            labels.decide(tx, decision, now=NOW)

    def somebody_is_added_and_withdrawn(self, one, other):
        with self.store.transaction() as tx:
            image = chosen(images.list_images(tx), one)
            box = NewPerson(Box(10.0 + other, 20.0, 30.0, 40.0))
            person = adding.add_person(tx, image.id, box, user=self.user, key=key(), now=NOW)
            if other % 2:
                decision = Decision(key(), "not_a_person", person.id, 0, self.user, reason=WITHDRAWN)
                labels.decide(tx, decision, now=NOW)

    def an_image_is_finished_or_reopened(self, one, other):
        with self.store.transaction() as tx:
            image = chosen(images.list_images(tx), one)
            if other % 2:
                closing.finish_image(tx, image.id, user=self.user, key=key(), now=NOW)
            else:
                closing.reopen_image(tx, image.id, user=self.user, key=key(), lease_s=60, now=NOW)

    def images_move_to_another_split(self, one, other):
        with self.store.transaction() as tx:
            ids = [image.id for image in images.list_images(tx)][one % 3 :: 3]
            moving.move(tx, ids, to=("train", "validation")[other % 2], now=NOW)

    def a_split_is_written(self, one, other):
        """Of images with labels, which nobody moves yet: the rule is about rows."""
        with self.store.transaction() as tx:
            image = chosen(images.list_images(tx), one)
            tx.execute(update(ImageRow).where(ImageRow.id == image.id).values(split=("train", "validation")[other % 2]))

    def work_is_given_or_taken(self, one, other):
        with self.store.transaction() as tx:
            pieces = work.list_work(tx)
            if other % 2 or not pieces:
                work.give(tx, [], str(one % 5), [self.user.id], now=NOW)
            else:
                work.take(tx, chosen(pieces, one).id)

    def a_file_is_merged(self, one, other):
        with self.store.transaction() as tx:
            image = chosen(images.list_images(tx), one)
            box = Box(40.0 + 50 * (other % 3), 60.0, 40.0, 80.0)
            people = [NewPerson(box, self.make_label(x=box.x + other))]
            found = NewImage(image.sha256, image.file_name, 640, 480, "hall", image.frame, image.split)
            merging.merge_image(tx, image.id, found, people, update=other % 2 == 0, moves=False, now=NOW)

    def people_are_skipped_at_once_or_opened_again(self, one, other):
        with self.store.transaction() as tx:
            if other % 3:
                ids = [person.id for person in list_persons(tx)][one % 2 :: 2]
                skipping_all.skip_all(tx, ids, user=self.user, key=key(), now=NOW)
            else:
                skipping_all.reopen_all(tx, user=self.user, key=key(), now=NOW)

    def somebody_is_sent_back_or_corrected(self, one, other):
        with self.store.transaction() as tx:
            labelled = [person for person in list_persons(tx) if person.label is not None]
            person = chosen(labelled, one)
            result = ("back", "good", "back")[other % 3]
            label = self.make_label(author="rita") if other % 3 == 2 else None
            said = NewReview(
                key(), person.id, person.label.revision, result, self.reviewer, comment="look", label=label
            )
            reviews.review(tx, said, now=NOW)

    def something_is_deleted(self, one, other):
        with self.store.transaction() as tx:
            if other % 2:
                target = deleting.person_target(tx, chosen(list_persons(tx), one).id)
            else:
                target = deleting.image_target(tx, chosen(images.list_images(tx), one).id)
            locked, _ = deleting.lock(tx, target)
            deleting.delete_for_good(tx, locked, by="lea", why="asked for")


ACTIONS = [name for name in vars(Life) if not name.startswith("_")]


def chosen(found, number):
    if not found:
        raise StoreError("nothing is there to choose from")
    return found[number % len(found)]


def key():
    return f"key {next(NUMBERS)}"


ACTION = st.tuples(st.sampled_from(ACTIONS), st.integers(0, 30), st.integers(0, 30))


@pytest.fixture
def life(store, add_people, add_account, make_label):
    add_people(store)
    lea, rita = add_account(store, "lea", "lead"), add_account(store, "rita", "reviewer")
    return Life(store, lea, rita, make_label)


def happens(life, name, one, other):
    """Whether it did: what is refused changes nothing, and no count either."""
    try:
        getattr(life, name)(one, other)
    except StoreError:
        return False
    finally:
        assert kept(life.store) == there(life.store), (name, one, other)
    return True


@given(st.lists(ACTION, min_size=5, max_size=12))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_the_store_counts_what_is_there_whatever_happens(life, actions):
    """One home lives through all examples."""
    for number in (1, 2, 3):
        assert happens(life, "images_come", number, number + 1)
    for action in actions:
        happens(life, *action)


@pytest.mark.parametrize("name", ACTIONS)
def test_each_kind_of_change_is_counted(life, name):
    for number in (1, 2, 3):
        happens(life, "images_come", number, number + 1)
    happens(life, "somebody_is_decided", 1, 0)
    assert sum(happens(life, name, number, number) for number in range(8)) > 1


def test_counts_are_right_when_many_change_them_at_once(store, add_people, add_account, make_label):
    add_people(store, count=12, persons=2)
    people = [add_account(store, f"ann {number}") for number in range(4)]

    def label(user, ids):
        for number in ids:
            with store.transaction() as tx:
                labels.decide(tx, Decision(key(), "accept", number, 0, user, label=make_label()), now=NOW)

    threads = [
        threading.Thread(target=label, args=(user, range(1 + place, 25, 4))) for place, user in enumerate(people)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kept(store) == there(store) == {("image_closed", 0, "train"): 12, ("accepted", 0, "train"): 24}


def test_a_count_keeps_few_rows(store, add_people):
    """SQLite one each; PostgreSQL makes one each of them now and then, here at once."""
    for _ in range(4):
        add_people(store, count=5, persons=2)
    if store.url.startswith("postgresql"):
        with store.transaction() as tx:
            before = tx.scalar(select(func.count()).select_from(PoolCountRow))
            tx.execute(text("SELECT fold_pool_counts()"))
            tx.execute(text("SELECT fold_pool_counts()"))
        assert before > 2
    with store.reading() as tx:
        assert tx.scalar(select(func.count()).select_from(PoolCountRow)) == 2
    assert kept(store) == there(store)


def test_a_copy_counts_its_own_rows(store, add_people, tmp_path):
    add_people(store, count=3, persons=2, labelled=True)
    add_people(store, count=2, split="validation")
    snapshot(store, tmp_path / "copy.db")
    copy = open_store(f"sqlite:///{tmp_path / 'copy.db'}")
    assert kept(copy) == there(copy) == kept(store)
    copy.close()
