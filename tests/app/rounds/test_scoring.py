"""The networks' words come into the store, and rank what is open."""

import json
from pathlib import Path

import numpy as np

from app.rounds.publishing import publish_round
from app.rounds.scoring import read_predictions, score_round
from app.rounds.training import train_round
from db.rounds import predictions
from sspcm.config import RoundConfig, TrainConfig
from sspcm.members import CLOSER_LOOK, MEMBERS
from tests.app.rounds.round_home import COMMAND, Home, unlabelled


def test_scoring_stores_every_networks_word_and_ranks_the_open_images(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    first, second = home.add("a.jpg", unlabelled(200), unlabelled(300))
    (third,) = home.add("b.jpg", unlabelled(200))
    (held_out,) = home.add("v.jpg", home.labelled(), split="validation")

    home.run_to_scores(blind_share=0.0)

    with home.store.reading() as tx:
        told = predictions.for_persons(tx, [first, held_out], round_number=1)
        scored = predictions.person_scores(tx, 1, [first, second, third, held_out])
    assert [one.prediction.network for one in told[first]] == ["A", "A_prev", "B", "B_prev", "C"]
    assert set(told) == {first, held_out}
    assert set(scored) == {first, second, third}
    assert scored[first].score < scored[second].score < scored[third].score
    progress = home.round().progress
    worst = progress.pop("worst")
    assert progress == {"step": 5, "steps": 5, "ap": {"A": 0.5, "B": 0.5, "C": 0.5}}
    assert [(one["person"], one["image"]) for one in worst] == [(third, "b.jpg"), (second, "a.jpg"), (first, "a.jpg")]
    assert worst[0]["score"] == round(scored[third].score, 3) and worst[0]["why"] == scored[third].flags[0].reason


def test_the_students_closer_look_is_compared_and_no_member(tmp_path: Path) -> None:
    poses = {name: np.full((1, 17, 3), 0.5) for name in MEMBERS}
    np.savez(tmp_path / "older.npz", ids=np.array([7]), **poses)
    np.savez(tmp_path / "newer.npz", ids=np.array([7]), **poses, C_closer=np.full((1, 17, 3), 0.7))
    older, newer = (read_predictions(tmp_path / name).xyc for name in ("older.npz", "newer.npz"))
    assert set(older) == set(MEMBERS), "trained before students looked closer"
    assert set(newer) - set(older) == {CLOSER_LOOK} and newer[CLOSER_LOOK][0, 0].tolist() == [0.7, 0.7, 0.7]


def test_a_round_learns_from_whom_annotators_corrected_since_the_one_before(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    ids = [person for n in range(6) for person in home.add(f"{n}.jpg", *[unlabelled(60.0 * i) for i in range(5)])]
    home.run_to_scores()
    publish_round(home.store, home.settings, 1)
    for person in ids[:26]:
        home.decide(person, "accept", label=home.make_label(x=90.0))

    home.freeze(RoundConfig(train=TrainConfig(steps=2)))
    train_round(home.store, home.settings, 2, command=COMMAND)
    score_round(home.store, home.settings, 2)

    def figures(number: int) -> dict[str, float]:
        return json.loads((home.folder(number) / "order.json").read_text())

    assert figures(1)["persons"] == 0, "before any round, no network had said anything about a label to come"
    assert figures(2)["persons"] == 26, "26 corrected, and the one that round 1 had learnt from is none of them"


def test_scoring_again_changes_nothing(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    ids = home.add("a.jpg", unlabelled(200), unlabelled(300))
    home.run_to_scores()

    def stored() -> list[tuple[int, str, float]]:
        with home.store.reading() as tx:
            found = predictions.for_persons(tx, ids, round_number=1)
        return [(one.id, one.prediction.network, float(one.prediction.xyc.sum())) for i in ids for one in found[i]]

    before = stored()
    (home.folder() / "seconds.json").unlink()
    score_round(home.store, home.settings, 1)

    assert stored() == before
    publish_round(home.store, home.settings, 1)
    assert home.round().state == "published"


def test_a_large_pool_is_written_in_short_transactions(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    ids = [person for n in range(30) for person in home.add(f"{n}.jpg", *[unlabelled(10.0 * i) for i in range(15)])]

    home.run_to_scores(steps=1)

    assert home.round().progress["step"] == 451  # 200 + 200 + 51
    with home.store.reading() as tx:
        assert len(predictions.for_persons(tx, ids, round_number=1)) == 450
