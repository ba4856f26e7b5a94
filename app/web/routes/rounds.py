"""Rounds, and the worker that runs them."""

import dataclasses
from typing import Any

from fastapi import APIRouter, Request

from app.contract.base import IdInAddress
from app.contract.rounds import (
    CostPayload,
    LaunchMessage,
    StartsPayload,
    StoryMessage,
    StoryPayload,
    UseMessage,
    for_browsers,
    round_json,
    without_folders,
)
from app.contract.workers import WorkersPayload
from app.processes.worker_state import worker_json, worker_state
from app.processes.workers_told import workers_told
from app.rounds.cost import cost_of_launch
from app.rounds.launching import launch_from_page
from app.rounds.starting_weights import require_named
from app.rounds.starts import use
from app.rounds.starts_told import starts_told
from app.rounds.stopping import cancel_round, delete_round, go_on_with_round
from app.rounds.story import round_story
from app.rounds.usual_settings import begin_from
from app.web.noted import say_more
from app.web.opened import OpenHome
from app.web.who import user_of
from db.rounds import rounds
from sspcm.config import merge


def _for_browsers(story: StoryPayload | None) -> StoryPayload | None:
    """Without the folders that a trainer's last lines name."""
    if story is None:
        return None
    events = [one.model_copy(update={"what": without_folders(one.what)}) for one in story.events]
    return story.model_copy(update={"events": events, "log": [without_folders(line) for line in story.log]})


def round_routes(home: OpenHome) -> APIRouter:
    """What leads launch and watch."""
    api = APIRouter()

    @api.get("/api/worker")
    def worker() -> dict[str, Any]:
        return worker_json(worker_state(home.store, home.settings))

    @api.get("/api/workers")
    def all_workers() -> WorkersPayload:
        return workers_told(home.store)

    @api.post("/api/rounds", status_code=201)
    def launch(request: Request, message: LaunchMessage) -> dict[str, Any]:
        config = merge(begin_from(home.store, home.settings.home, message.preset).config, message.config)
        return for_browsers(round_json(launch_from_page(home.store, home.engine, config=config, user=user_of(request))))

    @api.get("/api/rounds")
    def list_rounds() -> dict[str, Any]:
        with home.store.reading() as tx:
            return {"rounds": [for_browsers(round_json(record)) for record in rounds.latest(tx, 1000)]}

    @api.post("/api/rounds/cost")
    def say_cost(message: LaunchMessage) -> CostPayload:
        """What a launch with this message would cost; it takes some seconds, and launches nothing."""
        config = merge(begin_from(home.store, home.settings.home, message.preset).config, message.config)
        require_named(config, home.settings.home)
        return cost_of_launch(home.store, home.settings, config)

    @api.get("/api/rounds/starts")
    def show_starts() -> StartsPayload:
        with home.store.reading() as tx:
            return starts_told(tx)

    @api.post("/api/rounds/starts")
    def use_another(request: Request, message: UseMessage) -> StartsPayload:
        say_more(request, use=message.use, round=message.round)
        use(home.store, user_of(request), message.use, number=message.round)
        with home.store.reading() as tx:
            return starts_told(tx)

    @api.get("/api/rounds/story")
    def show_story() -> StoryPayload | None:
        """Of the active round, else of the newest; null before any."""
        return _for_browsers(round_story(home.store, home.settings))

    @api.get("/api/rounds/{number}/story")
    def show_story_of(number: IdInAddress) -> StoryPayload | None:
        return _for_browsers(round_story(home.store, home.settings, number))

    @api.post("/api/rounds/{number}/story")
    def change(request: Request, number: IdInAddress, message: StoryMessage) -> StoryPayload | None:
        """Stop it, go on with it, show it, or take it away; then its story, or the newest round's once it is gone."""
        say_more(request, do=message.do)
        if message.do == "cancel":
            cancel_round(home.store, home.settings, number, user=user_of(request))
        elif message.do == "go on":
            go_on_with_round(home.store, home.engine, number, user=user_of(request))
        elif message.do == "promote":
            use(home.store, user_of(request), "student", number=number)
        else:
            delete_round(home.store, home.settings, number)
            return _for_browsers(round_story(home.store, home.settings))
        return _for_browsers(round_story(home.store, home.settings, number))

    @api.get("/api/rounds/{number}")
    def show_round(number: IdInAddress) -> dict[str, Any]:
        with home.store.reading() as tx:
            return for_browsers(round_json(rounds.get(tx, number)))

    @api.get("/api/rounds/{number}/labels")
    def show_labels(number: IdInAddress) -> list[dict[str, Any]]:
        with home.store.reading() as tx:
            return [dataclasses.asdict(person) for person in rounds.frozen(tx, rounds.get(tx, number).id)]

    return api
