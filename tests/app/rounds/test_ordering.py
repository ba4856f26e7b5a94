"""The queue between rounds: it follows what annotators begin from, and what corrections teach."""

import numpy as np

from app.pool.order_figures import read_figures
from app.pool.ordering import rank_before_rounds
from app.rounds.ordering import Order
from app.rounds.publishing import publish_round
from app.rounds.starts import use
from db.clock import utc_now
from db.labelling import queue
from db.pool.project import get_project
from db.records import NewPerson, PersonScore
from db.rounds import predictions
from db.rounds.predictions import ImportedPrediction
from sspcm.pose import Box, Prediction
from tests.app.rounds.round_home import Home, unlabelled


def predicted(home: Home, scores: dict[int, float], *, x: float = 210.0) -> None:
    """An imported model's predictions; each person's answers so far apart."""
    pose = Prediction(np.full((17, 3), (x, 120.0, 0.5)), "dots")
    told = [PersonScore(i, score, (score,) * 17, ()) for i, score in scores.items()]
    with home.store.transaction() as tx:
        predictions.add_imported(tx, [ImportedPrediction(pose, score, "crop") for score in told])


def dealt(home: Home) -> list[str]:
    with home.store.reading() as tx:
        return [item.image.file_name for item in queue.listing(tx, limit=99, now=utc_now())]


def pool(home: Home) -> list[str]:
    names = dealt(home)
    assert names.count("v.jpg") == 1, "validation is mixed in each time"
    return [name for name in names if name != "v.jpg"]


def test_the_queue_follows_the_network_that_annotators_begin_from(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    (first,) = home.add("a.jpg", unlabelled())
    (second,) = home.add("b.jpg", unlabelled())
    home.add("v.jpg", unlabelled(), split="validation")
    predicted(home, {first: 0.9, second: 0.1})
    home.run_to_scores(blind_share=0.0)
    publish_round(home.store, home.settings, 1)
    order = Order(home.store, home.files)
    assert pool(home) == ["a.jpg", "b.jpg"]
    assert not order.again_if_due(), "it goes by the model in use"

    use(home.store, home.lead, "student")
    assert order.again_if_due()
    assert pool(home) == ["b.jpg", "a.jpg"], "the stand-in trainer's teachers disagree most about the last"
    assert not order.again_if_due()

    use(home.store, home.lead, "imported")
    assert order.again_if_due()
    assert pool(home) == ["a.jpg", "b.jpg"]
    with home.store.reading() as tx:
        assert (get_project(tx).published_round, get_project(tx).starts.ordered_by) == (1, "imported")


def test_before_rounds_corrections_teach_the_order_as_they_come(home: Home) -> None:
    people = [home.add(f"{number}.jpg", NewPerson(Box(200, 100, 90, 90)))[0] for number in range(40)]
    predicted(home, {i: 0.1 + 0.02 * place for place, i in enumerate(people)})
    rank_before_rounds(home.store, home.files)
    order, fitted = Order(home.store, home.files), []
    for count, person in enumerate(people[:35], start=1):
        home.decide(person, "accept", label=home.make_label(x=210.0))
        if order.again_if_due():
            fitted.append(count)
    assert fitted == [25, 32]
    figures = read_figures(home.settings.home)
    assert figures is not None and figures["persons"] == 32
    assert not Order(home.store, home.files).again_if_due(), "a worker that starts anew knows what was fitted"
    assert len(dealt(home)) == 5


def test_nothing_is_ordered_where_nobody_predicted(home: Home) -> None:
    assert not Order(home.store, home.files).again_if_due()
    home.add("a.jpg", home.labelled(), unlabelled())
    assert not Order(home.store, home.files).again_if_due()
