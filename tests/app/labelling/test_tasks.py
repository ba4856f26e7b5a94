"""What an annotator gets to work on, on a real store."""

from collections.abc import Collection

import pytest
from sqlalchemy import event, text
from sqlalchemy.orm import Session

from app.contract.labelling import (
    PersonMessage,
    SkipMessage,
)
from app.labelling import decisions, tasks
from app.labelling.earlier_frames import previous
from app.labelling.history import history_of
from app.sheet import page as contact_sheet
from db.clock import utc_now
from db.errors import InvalidDecision, LeaseLost, NotFound
from db.labelling import leases
from db.labelling.sheet import SheetFilter
from db.pool import counts
from db.records import ImageRecord
from db.store.session import Store
from tests.app.labelling.annotating import (
    LEASE_S,
    Account,
    People,
    accept,
    add_model_prediction,
    key,
    publish_round,
    take,
)
from tests.db.labelling.reading import all_drawn, pose, read_first
from tests.db.labelling.reviewing import say as reviewed


def test_before_any_round_every_keypoint_is_to_be_placed(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    task = take(sqlite_store, add_account(sqlite_store))
    (person,) = task.persons
    assert (task.round, person.start.source, person.ghosts, person.score) == (None, "empty", {}, None)
    assert {v for _, _, v in person.start.xyv} == {0.0}


def test_after_a_round_the_students_pose_starts_and_the_worst_person_comes_first(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=3)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2, 3: 0.9})
    task = take(sqlite_store, add_account(sqlite_store))
    assert ([p.id for p in task.persons], task.round) == ([3, 1, 2], 1)
    worst = task.persons[0]
    assert worst.start.source == "student"
    assert [v for _, _, v in worst.start.xyv] == [1.0 if k % 2 == 0 else 2.0 for k in range(17)]
    assert [flag.keypoint for flag in worst.flags] == [3, 1]
    assert set(worst.ghosts) == {"A", "B", "A_prev", "B_prev", "C"}


def test_a_label_comes_before_the_students_prediction(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=2)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2, 2: 0.1})
    ann = add_account(sqlite_store)
    take(sqlite_store, ann)
    saved = accept(sqlite_store, ann, 1, 0, key())
    again = take(sqlite_store, ann).persons[0]
    assert (again.id, again.state, again.revision) == (1, "accepted", saved.person.revision)
    assert (again.start.source, again.start.xyv[0]) == ("label", [5.0, 6.0, 2.0])


def test_nothing_tells_a_blind_image_from_another(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2}, blind=True)
    sent = take(sqlite_store, add_account(sqlite_store)).model_dump_json()
    assert "blind" not in sent
    assert "random" not in sent


def test_a_task_is_put_together_without_keeping_others_from_writing(
    sqlite_store: Store, add_people: People, add_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_people(sqlite_store)
    ann, count = add_account(sqlite_store), counts.open_images

    def count_while_another_writes(tx: Session, works: Collection[int]) -> int:
        add_account(sqlite_store, "bea")
        return count(tx, works)

    monkeypatch.setattr(counts, "open_images", count_while_another_writes)
    assert take(sqlite_store, ann).remaining == 1


def test_every_pose_a_person_could_start_from_is_there_even_after_reopening(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=2)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2})
    add_model_prediction(sqlite_store, 1, "older")
    add_model_prediction(sqlite_store, 1, "newer")
    ann = add_account(sqlite_store)
    begun = {person.id: person for person in take(sqlite_store, ann).persons}
    assert [(start.source, start.model) for start in begun[1].starts] == [
        ("model", "newer"),
        ("student", "round 1's student"),
    ]
    assert (begun[1].start, begun[2].starts) == (begun[1].starts[0], [])
    saved = accept(sqlite_store, ann, 1, 0, key())
    taken_back = PersonMessage(key=key(), person_id=1, revision=saved.person.revision)
    decisions.reopen(sqlite_store, ann, taken_back, lease_s=LEASE_S)
    reopened = next(person for person in take(sqlite_store, ann).persons if person.id == 1)
    assert [start.source for start in reopened.starts] == ["label", "model", "student"]
    assert (reopened.starts[0].xyv[0], reopened.start.source) == ([5.0, 6.0, 2.0], "model")


def test_a_person_comes_with_the_score_of_each_keypoint_and_why_they_were_skipped(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    add_people(sqlite_store, persons=3)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), {1: 0.2})
    add_model_prediction(sqlite_store, 2, "dots")
    ann = add_account(sqlite_store)
    skip = SkipMessage(key=key(), person_id=3, revision=0, reason="too dark")
    decisions.skip(sqlite_store, ann, skip, lease_s=LEASE_S)
    by_id = {person.id: person for person in take(sqlite_store, ann).persons}
    scores = [by_id[i].keypoint_scores for i in (1, 2, 3)]
    assert scores == [[0.2] * 17, [None, *[0.25] * 16], None]
    assert [by_id[i].skip_reason for i in (1, 2, 3)] == [None, None, "too dark"]


def test_a_hundred_persons_take_as_many_queries_as_one(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    one, hundred = *add_people(sqlite_store, persons=1), *add_people(sqlite_store, persons=100)
    publish_round(sqlite_store, add_account(sqlite_store, "lea", "lead"), dict.fromkeys(range(1, 102), 0.5))
    ann, asked = add_account(sqlite_store), list[str]()

    def count(image: ImageRecord) -> int:
        asked.clear()
        task = tasks.open_image(sqlite_store, ann, image.id, lease_s=LEASE_S)
        assert len(task.persons[0].starts) == 1
        return len(asked)

    event.listen(sqlite_store._engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    few, many = count(one), count(hundred)
    assert few == many < 30


def test_a_closed_image_is_opened_by_name_and_its_persons_may_be_reopened(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store, labelled=True)
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    task = tasks.open_image(sqlite_store, ann, image.id, lease_s=LEASE_S)
    (person,) = task.persons
    assert (task.image.file_name, task.remaining, person.state, person.start.source) == (
        "0000.jpg", 0, "accepted", "label",
    )  # fmt: skip
    assert tasks.open_image(sqlite_store, bea, image.id, lease_s=LEASE_S).held_by == "ann"
    message = PersonMessage(key=key(), person_id=person.id, revision=person.revision)
    decisions.reopen(sqlite_store, ann, message, lease_s=LEASE_S)
    assert take(sqlite_store, ann).image.id == image.id


def test_an_annotators_last_images_come_newest_first(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    first, second = add_people(sqlite_store, count=2)
    ann = add_account(sqlite_store)
    for person_id in (1, 2):
        accept(sqlite_store, ann, person_id, 0, key())
    decisions.reopen_image(sqlite_store, ann, first.id, key(), lease_s=LEASE_S)
    found = tasks.recent(sqlite_store, ann, limit=10).images
    assert [(one.id, one.is_open) for one in found] == [(first.id, True), (second.id, False)]
    assert [one.id for one in tasks.recent(sqlite_store, ann, limit=1).images] == [first.id]


def held(store: Store) -> dict[int, str]:
    with store.reading() as tx:
        return leases.lease_holders(tx, now=utc_now())


def test_an_image_that_another_holds_opens_to_be_looked_at_and_stays_theirs(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store)
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    assert take(sqlite_store, ann).held_by is None
    seen = tasks.open_image(sqlite_store, bea, image.id, lease_s=LEASE_S)
    assert (seen.image.id, seen.held_by, len(seen.persons)) == (image.id, "ann", 1)
    assert held(sqlite_store) == {image.id: "ann"}
    with pytest.raises(LeaseLost):
        accept(sqlite_store, bea, 1, 0, key())
    tasks.release(sqlite_store, ann, [image.id])
    opened = tasks.open_image(sqlite_store, bea, image.id, lease_s=LEASE_S)
    assert (opened.held_by, opened.read_only, held(sqlite_store)) == (None, None, {image.id: "bea"})


def test_looking_takes_nothing_and_tells_when_an_image_is_free(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store)
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    take(sqlite_store, ann)
    assert tasks.look_at(sqlite_store, bea, image.id, lease_s=LEASE_S).held_by == "ann"
    tasks.release(sqlite_store, ann, [image.id])
    seen = tasks.look_at(sqlite_store, bea, image.id, lease_s=LEASE_S)
    assert (seen.held_by, seen.read_only, held(sqlite_store)) == (None, "Nobody works on it now.", {})


def test_a_lead_may_look_at_a_validation_image_and_an_annotator_may_not(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store, labelled=True, split="validation")
    ann, lea = add_account(sqlite_store), add_account(sqlite_store, "lea", "lead")
    for look in (tasks.open_image, tasks.look_at):
        seen = look(sqlite_store, lea, image.id, lease_s=LEASE_S)
        assert seen.read_only is not None and seen.read_only.startswith("A validation image")
        with pytest.raises(InvalidDecision, match="validation"):
            look(sqlite_store, ann, image.id, lease_s=LEASE_S)
    assert held(sqlite_store) == {}


def test_there_is_nothing_to_look_at_where_there_is_no_image(sqlite_store: Store, add_account: Account) -> None:
    for look in (tasks.open_image, tasks.look_at):
        with pytest.raises(NotFound):
            look(sqlite_store, add_account(sqlite_store, look.__name__), 77, lease_s=LEASE_S)


def test_a_box_that_a_file_turned_twice_round_is_shown_turned_once(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store)
    with sqlite_store.transaction() as tx:
        tx.execute(text("UPDATE persons SET box_angle = 725"))
    (person,) = tasks.open_image(sqlite_store, add_account(sqlite_store), image.id, lease_s=LEASE_S).persons
    assert person.box.angle == pytest.approx(5)


def test_validation_people_are_labelled_and_corrected_without_a_word_of_any_network(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    (image,) = add_people(sqlite_store, persons=2, split="validation")
    lea = add_account(sqlite_store, "lea", "lead")
    publish_round(sqlite_store, lea, {1: 0.2, 2: 0.9})
    add_model_prediction(sqlite_store, 1, "movenet")
    before = take(sqlite_store, lea)
    assert [p.id for p in before.persons] == [1, 2]
    for person in before.persons:
        assert (person.start.source, person.starts, person.ghosts) == ("empty", [], {})
        assert (person.score, person.flags, person.keypoint_scores) == (None, [], None)
    saved = accept(sqlite_store, lea, 1, 0, key())
    skip = SkipMessage(key=key(), person_id=2, revision=0, reason="too dark")
    assert decisions.skip(sqlite_store, lea, skip, lease_s=LEASE_S).image_done
    for look in (tasks.open_image, tasks.look_at):
        labelled = look(sqlite_store, lea, image.id, lease_s=LEASE_S).persons[0]
        assert ([start.source for start in labelled.starts], labelled.ghosts, labelled.score) == (["label"], {}, None)
    taken_back = PersonMessage(key=key(), person_id=1, revision=saved.person.revision)
    decisions.reopen(sqlite_store, lea, taken_back, lease_s=LEASE_S)
    reopened = take(sqlite_store, lea).persons[0]
    assert (reopened.state, reopened.start, reopened.starts) == ("open", reopened.starts[0], reopened.starts[:1])
    assert reopened.start.source == "label"


def test_whoever_labels_people_a_second_time_sees_no_label_of_the_first_anywhere(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    ann, bea = add_account(sqlite_store), add_account(sqlite_store, "bea")
    image = all_drawn(sqlite_store, add_people)
    fresh = tasks.open_image(sqlite_store, bea, image.id, lease_s=LEASE_S)
    tasks.release(sqlite_store, bea, [image.id])
    read_first(sqlite_store, ann, image, utc_now())
    (later,) = add_people(sqlite_store, split="validation")
    task = take(sqlite_store, bea)
    assert task.image.id == image.id
    assert task.model_dump(exclude={"remaining"}) == fresh.model_dump(exclude={"remaining"})
    looked = tasks.look_at(sqlite_store, bea, image.id, lease_s=LEASE_S)
    assert looked.persons == fresh.persons
    ids = {person.id for person in task.persons}
    for show in ("all", "labelled", "unlabelled", "open"):
        tiles = contact_sheet.page(sqlite_store, bea, SheetFilter(show=show), after=None, limit=200).persons
        assert not ids & {tile.id for tile in tiles}
    everybody = contact_sheet.page(sqlite_store, ann, SheetFilter(show="labelled"), after=None, limit=200).persons
    assert ids <= {tile.id for tile in everybody}
    assert previous(sqlite_store, ann, later.id).file_name == image.file_name
    assert previous(sqlite_store, bea, later.id).persons == []
    assert previous(sqlite_store, bea, image.id).persons == []
    told = history_of(sqlite_store, bea, task.persons[0].id)
    assert (told.entries, told.revision, told.state) == ([], 0, "open")
    assert len(history_of(sqlite_store, ann, task.persons[0].id).entries) == 1
    for person in task.persons:
        accept(sqlite_store, bea, person.id, 0, key())
    after = tasks.open_image(sqlite_store, bea, image.id, lease_s=LEASE_S)  # what counts, which is the first's
    assert [one.start.xyv for one in after.persons] == [pose().tolist()] * 2, (
        "what counts is the first's, for all to see"
    )


def test_a_task_says_who_of_the_annotators_came_back_from_a_reviewer(
    sqlite_store: Store, add_account: Account, add_people: People
) -> None:
    ann, rita = add_account(sqlite_store), add_account(sqlite_store, "rita", "reviewer")
    first, second = add_people(sqlite_store, count=2)
    task = tasks.open_image(sqlite_store, ann, first.id, lease_s=LEASE_S)
    (person,) = task.persons
    assert task.sent_back == []
    accept(sqlite_store, ann, person.id, 0, key())
    tasks.release(sqlite_store, ann, [first.id])
    reviewed(sqlite_store, rita, person.id, utc_now(), result="back", comment="knee")
    (back,) = tasks.open_image(sqlite_store, ann, second.id, lease_s=LEASE_S).sent_back
    assert (back.image_id, back.person_id) == (first.id, person.id)
    assert tasks.open_image(sqlite_store, rita, second.id, lease_s=LEASE_S).sent_back == []
