"""What the lead's page shows of rounds and of the queue."""

from collections.abc import Callable
from typing import Any

from app.pool.queue_shown import OUT_OF_TURN
from app.web.pages.lead_view import POINTS_DRAWN, lead_view
from db.records import RankingEntry, RoundPoint
from db.rounds import rankings, rounds
from db.store.session import Store
from sspcm.config import PRESETS
from sspcm.ranking.ranking import DRAWN_AT_RANDOM, UNLIKE_OTHERS


def test_a_home_into_which_nothing_was_imported_is_shown(sqlite_store: Store) -> None:
    counts, board, _, tables = lead_view(sqlite_store)
    assert (counts["images"], board["published"], tables["queue"]) == (0, None, [])


def test_an_empty_home_is_shown_as_empty(sqlite_store: Store, add_people: Callable[..., Any]) -> None:
    add_people(sqlite_store, count=2)
    counts, board, curves, tables = lead_view(sqlite_store)
    assert (counts["images_open"], counts["persons_accepted"]) == (2, 0)
    assert (board["round"], board["published"]) == (None, None)
    assert (curves["loss"], curves["steps"], tables["rounds"]) == ([], None, [])
    assert len(tables["queue"]) == 2


def test_a_past_round_is_shown_even_if_its_settings_are_refused_today(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    absurd = PRESETS["demo"].to_toml().replace("steps = 200", "steps = 2147483647")
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        rounds.create(tx, config_toml=absurd, user=lead)
    _, board, curves, _ = lead_view(sqlite_store)
    assert (curves["steps"], board["round"]["config"]["train"]["steps"]) == (2147483647, 2147483647)


def test_a_long_loss_curve_is_thinned_and_every_ap_is_kept(
    sqlite_store: Store, add_people: Callable[..., Any], add_account: Callable[..., Any]
) -> None:
    add_people(sqlite_store, labelled=True)
    lead = add_account(sqlite_store, role="lead")
    with sqlite_store.transaction() as tx:
        record = rounds.create(tx, config_toml=PRESETS["demo"].to_toml(), user=lead)
        rounds.start(tx, record.id)
        told = [RoundPoint(step, {"loss": 1.0} | ({"ap_C": 0.5} if step % 500 == 0 else {})) for step in range(2000)]
        rounds.add_points(tx, record.id, told)
    _, board, curves, _ = lead_view(sqlite_store)
    assert POINTS_DRAWN <= len(curves["loss"]) < 2 * POINTS_DRAWN
    assert curves["ap"]["C"] == [(0, 0.5), (500, 0.5), (1000, 0.5), (1500, 0.5)]
    assert (curves["steps"], board["round"]["state"]) == (PRESETS["demo"].train.steps, "running")


def test_the_leads_table_does_not_tell_the_blind_share(sqlite_store: Store, add_people: Callable[..., Any]) -> None:
    people = add_people(sqlite_store, count=2)
    reasons = ((DRAWN_AT_RANDOM,), (UNLIKE_OTHERS,))
    with sqlite_store.transaction() as tx:
        entries = [RankingEntry(image.id, place, 0.0, reasons[place], place == 0) for place, image in enumerate(people)]
        rankings.replace_cold_ranking(tx, entries)
    rows = lead_view(sqlite_store)[3]["queue"]
    assert [(row["score"], row["reasons"]) for row in rows] == [(None, [OUT_OF_TURN])] * 2
