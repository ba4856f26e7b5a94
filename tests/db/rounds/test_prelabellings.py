import pytest

from db.errors import NotFound, RoundActive
from db.pool import project
from db.rounds import prelabellings
from sspcm.skeletons.skeleton import get_skeleton


@pytest.fixture
def lead(store, add_account):
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
    return add_account(store, "lea", "lead")


def launch(store, lead, model="dots"):
    with store.transaction() as tx:
        return prelabellings.create(tx, model=model, sha256="0" * 64, user=lead)


def newest(store):
    with store.reading() as tx:
        return prelabellings.latest(tx)


def test_it_is_told_from_the_start_to_the_report(store, lead):
    assert newest(store) is None
    launched = launch(store, lead)
    assert (launched.state, launched.model, launched.launched_by) == ("queued", "dots", "lea")
    with store.transaction() as tx:
        prelabellings.report_progress(tx, launched.id, done=3, total=9)
    running = newest(store)
    assert (running.state, running.done, running.total) == ("running", 3, 9)
    assert running.started_at is not None
    with store.transaction() as tx:
        prelabellings.finish(tx, launched.id, report={"predicted": 9})
    ended = newest(store)
    assert (ended.state, ended.report, ended.error) == ("done", {"predicted": 9}, None)
    assert ended.finished_at is not None


def test_one_is_active_at_a_time(store, lead):
    launched = launch(store, lead)
    with pytest.raises(RoundActive, match="another model is predicting the pool"):
        launch(store, lead, "other")
    with store.transaction() as tx:
        prelabellings.fail(tx, launched.id, "broken")
    assert launch(store, lead, "other").id != launched.id


def test_the_first_word_about_its_end_stays(store, lead):
    launched = launch(store, lead)
    with store.transaction() as tx:
        prelabellings.fail(tx, launched.id, "the file is no model")
        prelabellings.fail(tx, launched.id, "later")
        prelabellings.finish(tx, launched.id, report={})
    assert (newest(store).state, newest(store).error) == ("failed", "the file is no model")


def test_one_that_is_not_there_is_told(store, lead):
    with pytest.raises(NotFound, match="no pre-labelling 7"), store.transaction() as tx:
        prelabellings.fail(tx, 7, "never")
