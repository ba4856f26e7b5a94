"""A round's ranking counts from the moment it is published."""

from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.training import train_round
from db.clock import utc_now
from db.labelling import queue
from db.pool import project
from sspcm.config import RoundConfig, TrainConfig
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
