"""Each of the check's conditions fails when it should, and says so."""

import copy
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from app.dataset.exporting import export_coco
from app.demo import judging
from app.demo.home import DEMO_FOLDER
from app.demo.loop import CheckFailed, Loop, Truth
from db.pool import persons
from db.store.session import Store
from tests.app.rounds.measured_home import POSE, accept, add_persons, publish, score


def revision(person: int, *, author: str = "import", number: int = 1, role: str = "labelled") -> dict[str, Any]:
    return {"person_id": person, "revision": number, "author": author, "role": role}


@pytest.mark.parametrize(
    ("frozen", "said"),
    [
        ([revision(1), revision(2, author="annotator"), revision(9, role="validation")], None),
        ([revision(1)], "1 missing, 0 extra"),
        ([revision(1), revision(2, author="annotator"), revision(3)], "0 missing, 1 extra"),
        ([revision(1), revision(2)], "1 missing, 1 extra"),
        ([revision(1), revision(2, author="annotator", number=2)], "1 missing, 1 extra"),
        ([revision(1), revision(1), revision(2, author="annotator")], "has 3 revisions"),
    ],
)
def test_the_frozen_set_is_the_seed_and_the_new_revisions(frozen: list[dict[str, Any]], said: str | None) -> None:
    failures = list(judging.judge_frozen(frozen, {1}, {2}))
    assert failures == [] if said is None else said in failures[0]


def test_the_students_oks_has_to_rise() -> None:
    assert list(judging.judge_oks(0.4, 0.41)) == []
    assert "0.4 before, 0.4 after" in next(judging.judge_oks(0.4, 0.4))


def open_starts(*, before: float, after: float) -> judging.OpenStarts:
    """Six people of three images, all alike; 20 actions fewer for an OKS of 1."""
    (oks_before, oks_after), people = ((np.full(6, value) for value in (before, after)), np.arange(6))
    return judging.OpenStarts(
        oks=(oks_before, oks_after), actions=(20 - 20 * oks_before, 20 - 20 * oks_after), image=people // 2
    )


def test_the_starts_of_people_not_labelled_yet_have_to_improve() -> None:
    assert list(judging.judge_starts(open_starts(before=0.5, after=0.51))) == []
    for after in (0.5, 0.49):
        (said,) = judging.judge_starts(open_starts(before=0.5, after=after))
        assert said == (
            "the starts of the 6 people not labelled yet did not improve: mean OKS 0.5 before the second round, "
            f"{after} after it, difference [{round(after - 0.5, 4)}, None, None]; wanted a higher one."
        )


def test_starts_are_told_before_and_after_with_the_paired_difference() -> None:
    assert open_starts(before=0.5, after=0.6).to_json() == {
        "persons": 6,
        "mean_oks": {"before": 0.5, "after": 0.6, "higher": [0.1, None, None]},
        "actions": {"before": 10.0, "after": 8.0, "fewer": [2.0, None, None]},
    }


def test_rankings_are_compared_on_the_images_that_both_have() -> None:
    before = {1: 0.9, 2: 0.5, 3: 0.4}
    assert list(judging.judge_ranking(before, {2: 0.1, 3: 0.3})) == []
    assert "rank the 2 common images alike" in next(judging.judge_ranking(before, {2: 0.3, 3: 0.1}))
    assert "too few" in next(judging.judge_ranking(before, {3: 0.1}))


@pytest.fixture
def labelled(sqlite_store: Store, add_people: Callable[..., Any]) -> tuple[Store, Loop]:
    """A store with two imported labels and an unlabelled person, and a loop that accepted nothing."""
    add_people(sqlite_store, count=2, labelled=True)
    add_people(sqlite_store, count=1)
    return sqlite_store, Loop(lambda _: None)


def test_an_export_of_exactly_the_accepted_persons_passes(labelled: tuple[Store, Loop]) -> None:
    assert list(judging.judge_export(labelled[0], export_coco(labelled[0]), labelled[1])) == []


def _move(document: dict[str, Any]) -> None:
    document["annotations"][0]["keypoints"][0] += 1


def _drop(document: dict[str, Any]) -> None:
    del document["annotations"][0]


def _label_another(document: dict[str, Any]) -> None:
    document["annotations"][2] |= {key: document["annotations"][0][key] for key in ("keypoints", "num_keypoints")}


@pytest.mark.parametrize("spoil", [_move, _drop, _label_another])
def test_a_moved_a_missing_and_an_extra_label_fail(
    spoil: Callable[[dict[str, Any]], None], labelled: tuple[Store, Loop]
) -> None:
    document = copy.deepcopy(export_coco(labelled[0]))
    spoil(document)
    assert any("are accepted" in failure for failure in judging.judge_export(labelled[0], document, labelled[1]))


def test_labels_that_were_accepted_have_to_be_marked_as_human(labelled: tuple[Store, Loop]) -> None:
    store, loop = labelled
    with store.reading() as tx:
        label = persons.list_persons(tx)[0].label
    assert label is not None
    loop.accepted[1] = Truth(label.xyv.tolist(), 100.0)
    assert any("0 human labels" in failure for failure in judging.judge_export(store, export_coco(store), loop))


def test_the_truth_knows_every_person_of_the_pool() -> None:
    pool = json.loads((DEMO_FOLDER / "pool.json").read_text())["annotations"]
    truth = judging.read_truth()
    assert len(truth) == len(pool)
    assert all(len(known.xyv) == 17 and known.area > 0 for known in truth.values())


def test_open_people_alone_are_judged_by_what_both_rounds_said_of_them(
    sqlite_store: Store,
    add_people: Callable[..., Any],
    add_account: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lead, ids = add_account(sqlite_store, "lea", "lead"), add_persons(sqlite_store, add_people, 4)
    truth = Truth(np.column_stack([POSE, np.full(17, 2.0)]).tolist(), area=1700.0)
    known = {(f"{image:04d}.jpg", (40.0, 60.0, 40.0, 80.0)): truth for image in range(4)}
    monkeypatch.setattr(judging, "read_truth", lambda: known)
    for pixels in (200.0, 0.0):
        publish(sqlite_store, score(sqlite_store, lead, ids[:3], lambda _, away=pixels: away))
    with pytest.raises(CheckFailed, match=r"did not predict \[1, 1\] of the 4 open persons"):
        judging.open_starts(sqlite_store, 1, 2)
    accept(sqlite_store, lead, [ids[0], ids[3]])
    found = judging.open_starts(sqlite_store, 1, 2)
    before, after = found.actions
    assert (before.tolist(), after.tolist(), len(found.image)) == ([18.0, 18.0], [1.0, 1.0], 2)
    assert found.oks[0].max() < 0.01
    assert found.oks[1].tolist() == [1.0, 1.0]
