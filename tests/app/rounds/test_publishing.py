"""A round's ranking counts from the moment it is published."""

import numpy as np

from app.pool.order_figures import read_figures
from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.training import train_round
from db.clock import utc_now
from db.labelling import queue
from db.pool import project
from db.pool.persons import list_persons
from db.records import PersonScore
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from sspcm.config import RoundConfig, TrainConfig
from sspcm.pose import Prediction
from tests.app.rounds.round_home import COMMAND, Home, unlabelled


def test_publishing_flips_the_queue_to_the_new_ranking(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    home.add("a.jpg", unlabelled())
    home.add("b.jpg", unlabelled())
    home.run_to_scores(blind_share=0.0)
    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["a.jpg", "b.jpg"]
        assert project.get_project(tx).published_round is None

    publish_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["b.jpg", "a.jpg"]
        assert project.get_project(tx).published_round == 1
    metrics = home.round().metrics
    assert (metrics["labelled"], metrics["validation"], metrics["refreshes"], metrics["device"]) == (1, 0, 1, "auto")
    assert set(metrics["seconds"]) == {"freeze", "train", "score"}
    assert metrics["ap"] == {name: {"AP": 0.5} for name in "ABC"}


def test_persons_accepted_while_the_round_ran_drop_from_the_queue(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    (early,) = home.add("a.jpg", unlabelled())
    (late,) = home.add("b.jpg", unlabelled())
    home.add("c.jpg", unlabelled())
    home.freeze(RoundConfig(train=TrainConfig(steps=1)))
    home.decide(early, "accept", label=home.make_label(x=210.0))
    train_round(home.store, home.settings, 1, command=COMMAND)
    score_round(home.store, home.settings, 1)
    home.decide(late, "accept", label=home.make_label(x=210.0))

    publish_round(home.store, home.settings, 1)

    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["c.jpg"]


def test_the_queue_goes_by_the_model_that_labelling_still_begins_from(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    (first,) = home.add("a.jpg", unlabelled())
    (second,) = home.add("b.jpg", unlabelled())
    scores = [PersonScore(i, score, (score,) * 17, ()) for i, score in ((first, 0.9), (second, 0.1))]
    pose = Prediction(np.full((17, 3), (210.0, 120.0, 0.5)), "dots")
    with home.store.transaction() as tx:
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop") for score in scores])
    home.run_to_scores(blind_share=0.0)

    publish_round(home.store, home.settings, 1)

    with home.store.reading() as tx:
        assert [item.image.file_name for item in queue.listing(tx, limit=9, now=utc_now())] == ["a.jpg", "b.jpg"]
    assert home.round().metrics["starts"]["words"].startswith("Nothing could be measured beside dots")
    assert read_figures(home.settings.home) is not None, "what the corrections teach was asked anew"


def test_a_round_whose_student_is_worse_is_kept_and_the_queue_stays(home: Home) -> None:
    for number in range(25):
        home.add(f"v{number}.jpg", home.labelled(), split="validation")
    home.add("seed.jpg", home.labelled())
    (waiting,) = home.add("a.jpg", unlabelled())
    truth = home.make_label(x=60.0).xyv
    pose = Prediction(np.column_stack([truth[:, :2], np.full(17, 0.9)]), "dots")
    with home.store.transaction() as tx:
        ids = [person.id for person in list_persons(tx, split="validation")]
        told = [PersonScore(i, 0.1, (0.1,) * 17, ()) for i in (*ids, waiting)]
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop") for score in told])
    home.run_to_scores(blind_share=0.0)

    publish_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)

    kept = home.round()
    assert (kept.state, kept.metrics["starts"]["persons"], kept.metrics["starts"]["mean_oks_beside"]) == ("kept", 25, 1)
    assert kept.kept_because == f"Not published, as its student is worse. {kept.metrics['starts']['words']}"
    with home.store.reading() as tx:
        assert project.get_project(tx).published_round is None
