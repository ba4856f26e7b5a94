"""A lead reads in the morning what happened in the night."""

from app.rounds.starts import use
from app.rounds.stopping import cancel_round
from app.rounds.story import log_tail, round_story
from db.clock import utc_now
from db.records import RankingEntry
from db.rounds import pruning, rankings, rounds
from sspcm.config import RoundConfig
from sspcm.round_folder import LOG_FILE
from tests.app.rounds.round_home import Home


def test_before_any_round_there_is_no_story(home: Home) -> None:
    assert round_story(home.store, home.settings) is None


def test_the_story_of_a_running_round_offers_to_cancel_it_and_of_a_cancelled_one_to_go_on(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()
    running = round_story(home.store, home.settings)
    assert running is not None
    assert (running.state, running.cancel, running.go_on, running.delete) == ("running", "Cancel round 1", None, None)
    assert "no worker runs" in running.words
    cancel_round(home.store, home.settings, 1, user=home.lead)
    stopped = round_story(home.store, home.settings, 1)
    assert stopped is not None
    assert (stopped.state, stopped.cancel, stopped.go_on) == ("cancelled", None, "Resume round 1")
    assert [one.what for one in stopped.events][-2:] == [
        "told to stop by lena",
        "stopped in the stage 'freeze'; what was finished is kept",
    ]


def test_the_active_round_is_told_before_a_newer_one_that_is_over(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze()
    with home.store.transaction() as tx:
        rounds.fail(tx, home.round().id, "no memory left")
    home.create(RoundConfig())
    cancel_round(home.store, home.settings, 2, user=home.lead)
    newest = round_story(home.store, home.settings)
    assert newest is not None
    assert (newest.number, newest.numbers, newest.go_on) == (2, [2, 1], "Resume round 2")
    failed = round_story(home.store, home.settings, 1)
    assert failed is not None
    assert (failed.go_on, failed.events[-1].what) == (
        "Try round 1 again",
        "failed in the stage 'freeze': no memory left",
    )


def test_the_logs_end_is_shown_without_empty_lines_and_bars_drawn_over_each_other(home: Home) -> None:
    home.settings.home.mkdir(exist_ok=True)
    path = home.settings.home / LOG_FILE
    assert log_tail(path) == []
    path.write_bytes(b"first\n\n 10 %\r 20 %\rlast \xff\n")
    assert log_tail(path, lines=3) == [" 10 %", " 20 %", "last \ufffd"]
    path.write_bytes(b"x" * 100_000 + b"\nend\n")
    assert log_tail(path)[-1] == "end"


def test_a_round_that_annotators_do_not_get_now_is_offered_to_them_while_it_is_whole(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    for _ in range(2):
        home.freeze()
        with home.store.transaction() as tx:
            newest = rounds.latest(tx, 1)[0]
            rankings.add_round_ranking(tx, newest.id, [RankingEntry(1, 0, 0.5, ())])
            rounds.publish(tx, newest.id, metrics={}, directory="", now=utc_now())
    first, second = (round_story(home.store, home.settings, number) for number in (1, 2))
    assert first is not None and second is not None
    assert (first.promote, second.promote) == ("Let annotators begin from round 1", None)
    assert first.disk.startswith("Its files take 0.0 MB of disk")
    use(home.store, home.lead, "student", number=1)
    shown = round_story(home.store, home.settings, 1)
    assert shown is not None
    assert (shown.promote, shown.events[-1].what) == (None, "shown to annotators by lena")
    with home.store.transaction() as tx:
        pruning.prune_some(tx, 2)
        pruning.prune_some(tx, 2)
    pruned = round_story(home.store, home.settings, 2)
    assert pruned is not None
    assert pruned.promote is None and "after it was pruned" in pruned.disk
