"""How people agree, as leads see it; and the sigmas that they make of it."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from app.contract.agreement import AgreementPayload
from app.team import agreement
from app.team.agreement import adopt, agreement_as_csv, agreement_told, set_share, take_back
from db.errors import InvalidDecision
from db.labelling import labels, readings
from db.people import audit
from db.people.audit import Actor
from db.pool.project import get_project, project_row
from db.records import Decision, UserRecord
from db.store.session import Store
from sspcm.evaluation.agreement import FEWEST_PAIRS
from sspcm.pose import Label
from sspcm.skeletons.skeleton import get_skeleton
from tests.db.labelling.reading import people

AddPeople = Callable[..., Any]
AddAccount = Callable[..., UserRecord]

LEA = Actor("lea", audit.BY_COMMAND)
MONDAY = datetime(2030, 5, 6, 12, 0, tzinfo=UTC)
USUAL = get_skeleton("coco-17").sigma_array


def twice(
    store: Store,
    add_people: AddPeople,
    first: UserRecord,
    second: UserRecord,
    *,
    number: int,
    at: datetime = MONDAY,
    factor: float = 2.0,
) -> None:
    """That many people, one an image, labelled by the two, who each err by `factor` times the usual sigmas."""
    kept = add_people(store, count=number, split="validation")
    with store.transaction() as tx:
        project_row(tx).agreement = {**(project_row(tx).agreement or {}), "twice": 0.5}
    generator = np.random.default_rng(number)
    for image in kept:
        (person,) = people(store, image)
        spread = factor * USUAL * np.sqrt(person.oks_area) / np.sqrt(2)
        for user, moment in ((first, at - timedelta(hours=1)), (second, at)):
            xyv = np.full((17, 3), (300.0, 200.0, 2.0))
            xyv[:, :2] += np.arange(17)[:, None] * 15 + generator.normal(size=(17, 2)) * spread[:, None]
            label = Label(xyv, author=user.name)
            with store.transaction() as tx:
                decision = Decision(f"{user.id} {person.id}", "accept", person.id, 0, user, label=label)
                labels.decide(tx, decision, now=moment)


def told(store: Store) -> AgreementPayload:
    with store.reading() as tx:
        return agreement_told(tx)


@pytest.fixture
def home(sqlite_store: Store, add_people: AddPeople) -> Store:
    """Large enough, so that everybody of validation is drawn."""
    add_people(sqlite_store, persons=300)
    return sqlite_store


def test_before_anybody_is_labelled_twice_it_says_how_many_are_wanted(home: Store, add_people: AddPeople) -> None:
    assert "there are none: keep some" in told(home).words
    add_people(home, split="validation")
    found = told(home)
    assert (found.persons, found.missing, found.can_adopt, found.adopted) == (0, FEWEST_PAIRS, False, None)
    assert f"{FEWEST_PAIRS} more are wanted to fit sigmas." in found.words
    assert (found.everybody.oks, found.keypoints[0].sigma) == (None, None)
    with pytest.raises(InvalidDecision, match="wanted 30 in whom both place a keypoint"):
        adopt(home, LEA)


def test_figures_come_by_pair_and_week_and_keypoint(
    home: Store, add_people: AddPeople, add_account: AddAccount
) -> None:
    ann, bea, cleo = (add_account(home, name) for name in ("ann", "bea", "Cleo"))
    twice(home, add_people, ann, bea, number=6)
    twice(home, add_people, bea, ann, number=5, at=MONDAY + timedelta(days=7))
    twice(home, add_people, cleo, bea, number=4, at=MONDAY + timedelta(days=8), factor=0.5)
    found = told(home)
    assert (found.persons, found.missing, found.waiting, found.otherwise) == (15, FEWEST_PAIRS - 15, 0, 0)
    assert [(one.name, one.persons) for one in found.by_pair] == [("ann and bea", 11), ("bea and Cleo", 4)]
    assert [(one.name, one.persons) for one in found.by_week] == [("2030-W19", 6), ("2030-W20", 9)]
    exact, rough = found.by_pair[1], found.by_pair[0]
    assert exact.oks and rough.oks and rough.low and rough.high
    assert exact.oks > rough.oks > 0.4 and rough.low < rough.oks < rough.high
    assert sum(found.kinds.values()) == 15 * 17
    rows = list(csv.DictReader(io.StringIO("".join(agreement_as_csv(found.keypoints)))))
    assert [row["keypoint"] for row in rows] == list(get_skeleton("coco-17").keypoints)
    assert {row["persons"] for row in rows} <= {str(n) for n in range(16)}


def test_fitted_sigmas_are_adopted_and_taken_back_and_noted(
    home: Store, add_people: AddPeople, add_account: AddAccount
) -> None:
    ann, bea = add_account(home, "ann"), add_account(home, "bea")
    twice(home, add_people, ann, bea, number=60)
    found = told(home)
    for k, one in enumerate(found.keypoints):
        assert one.sigma and one.low and one.high
        assert one.sigma == pytest.approx(2 * USUAL[k], rel=0.4) and one.low < one.sigma < one.high
    adopt(home, LEA)
    now = told(home)
    assert now.adopted is not None and now.adopted.by == "lea"
    with home.reading() as tx:
        wanted = [k.sigma if k.is_enough else k.sigma_now for k in found.keypoints]
        assert list(get_project(tx).skeleton.sigmas) == pytest.approx(wanted)
    assert now.everybody.oks and found.everybody.oks
    assert now.everybody.oks > found.everybody.oks, "wider sigmas forgive more"
    take_back(home, LEA)
    with home.reading() as tx:
        assert get_project(tx).skeleton.sigmas == get_skeleton("coco-17").sigmas
        assert [line.action for line in audit.read(tx)] == ["sigmas taken back", "sigmas adopted"]


def test_the_share_is_set_and_noted_together(home: Store) -> None:
    set_share(home, LEA, 0.1)
    with home.reading() as tx:
        assert readings.share(tx) == 0.1
        (line,) = audit.read(tx)
    assert (line.action, line.details) == ("share labelled twice set", {"twice": 0.1, "before": 0.05})
    assert agreement.COLUMNS[0] == "keypoint"
