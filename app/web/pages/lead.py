"""The lead's page: what is labelled, launching a round, how it runs, the curves, the export."""

import dataclasses
import secrets
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from app.contract.rounds import for_browsers, prelabelling_json, round_json, without_folders
from app.home.settings import Settings
from app.home.skeletons import hint_of
from app.pool.first_steps import first_step_of
from app.pool.queue_shown import as_shown
from app.processes.job_engine import Engine
from app.processes.worker_state import worker_json, worker_state
from app.rounds.errors import LearningError
from app.rounds.launching import launch_from_page
from app.rounds.usual_settings import FIRST, begin_from, usual_settings
from app.web.pages.elements import (
    lead_board,
    lead_charts,
    lead_counts,
    lead_exports,
    lead_labels,
    lead_prelabel,
    lead_said,
    lead_tables,
    lead_worker,
)
from app.web.pages.look import header
from db.clock import utc_now
from db.errors import StoreError
from db.labelling import queue
from db.pool import images
from db.records import Counts, RoundPoint, RoundRecord, UserRecord
from db.rounds import prelabellings, rounds
from db.store.session import Store
from sspcm.config import METHODS, PRESETS, ConfigError, RoundConfig, merge
from sspcm.plain import read_toml

REFRESH_S = 1.5
QUEUE_SHOWN = 20
ROUNDS_SHOWN = 50
POINTS_DRAWN = 300
"""More points than this on a curve are more than its pixels."""
LAST = "as last time"
"""What the form's field "Preset" says for the last round's settings."""
NETWORKS = ("A", "B", "C")
Number = float | None
"""What a number's field holds; None when it is empty."""


class NotALead(gr.Error):
    """Somebody reached a lead's handler without being one."""


def lead_page(store: Store, engine: Engine, project: str, settings: Settings) -> gr.Blocks:
    """The page; each of its handlers asks again who calls it."""
    page: gr.Blocks
    with gr.Blocks(title="Lead", analytics_enabled=False, fill_width=True) as page:
        header(project, "lead")
        with gr.Column(elem_id="lead-page"):
            counts = lead_counts()
            with gr.Row(equal_height=True):
                with gr.Column(scale=3, min_width=340, elem_id="state"):
                    worker = lead_worker()
                    board = lead_board()
                    prelabel = lead_prelabel()
                    exports = lead_exports()
                    lead_labels()
                with gr.Column(scale=2, min_width=340, elem_id="launch"):
                    launch = _launch_form(store, engine, settings)
            charts = lead_charts()
            tables = lead_tables()
            timer = gr.Timer(REFRESH_S)

        def refresh() -> tuple[Any, ...]:
            counts, board, charts, tables = lead_view(store)
            worker = worker_json(worker_state(store, settings))
            step = first_step_of(Counts(**counts), settings, "lead")
            images = {"images": counts["images"]}
            return (
                counts | {"pairing": hint_of(store, settings.home)},
                board | {"worker": worker, "step": step.to_json() if step else None},
                charts,
                tables | images,
                prelabel_view(store) | {"worker": worker},
                worker,
                images,
                _launch_button(board["round"]),
            )

        for happens in (timer.tick, page.load):
            happens(
                _for_leads(refresh),
                outputs=[counts, board, charts, tables, prelabel, worker, exports, launch],
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
    return page


def _launch_button(latest: dict[str, Any] | None) -> dict[str, Any]:
    """Pressable while no round is active: a home runs one at a time."""
    active = latest is not None and latest["state"] in ("queued", "running")
    label = f"Round {latest['number']} is {latest['state']}" if active and latest else "Launch round"
    updated: dict[str, Any] = gr.update(value=label, interactive=not active)
    return updated


def _for_leads(handler: Callable[..., Any]) -> Callable[..., Any]:
    """Check the role in the handler too: the path is one boundary, this is the second."""

    def checked(request: gr.Request, *inputs: Any) -> Any:
        _lead_of(request)
        return handler(*inputs)

    return checked


def _lead_of(request: gr.Request) -> UserRecord:
    if request.request is None:
        raise NotALead("Nobody is signed in. Sign in at /login.")
    user: UserRecord = request.request.scope["state"]["session"].user
    if user.role != "lead":
        raise NotALead("This is for leads. Sign in as one.")
    return user


def _launch_form(store: Store, engine: Engine, settings: Settings) -> gr.Button:
    """Settings and the button that launches. What cannot be is told in words here, so no field refuses it before."""
    gr.HTML("<h2>Launch a round</h2>", container=False, padding=False, apply_default_css=False)
    fields = _fields(store)
    launch = gr.Button("Launch round", variant="primary")
    said = lead_said()

    def launch_one(
        request: gr.Request,
        name: str,
        method: str,
        steps: Number,
        seed: Number,
        blind_share: Number,
        text: str | None,
    ) -> dict[str, Any]:
        user = _lead_of(request)
        try:
            changes = _changes(method=method, steps=steps, seed=seed, blind_share=blind_share)
            record = launch_from_page(
                store, engine, config=_config(_begun_from(store, name), changes, text or ""), user=user
            )
        except (ConfigError, LearningError, StoreError) as error:
            return _said(ok=False, text=without_folders(f"Not launched: {error}"))
        state = worker_state(store, settings)
        what = "The worker takes it up within a second." if state.stand == "running" else f"It waits. {state.text}"
        return _said(
            ok=True, text=f"Round {record.number} is queued; labelling goes on meanwhile. {what}", command=state.command
        )

    launch.click(launch_one, fields, said, queue=False, api_visibility="private", show_progress="hidden")
    return launch


def _fields(store: Store) -> list[gr.components.Component]:
    """Preset, method, steps, seed, blind share, and the lead's own TOML; under it what the chosen preset says.

    They begin as this home's last round was launched (`usual_settings`), each time the page is opened.
    """
    demo = PRESETS[FIRST]
    with gr.Row():
        info = "demo: minutes on a CPU, standard: a GPU"
        preset = gr.Dropdown([*PRESETS, LAST], value=FIRST, label="Preset", info=info, min_width=130)
        method = gr.Dropdown(
            list(METHODS), value="sspcm", label="Method", info="who teaches whom, on which hard views", min_width=130
        )
        steps = gr.Number(
            demo.train.steps, label="Training steps", info="more learn more and take longer", min_width=130
        )
    with gr.Row():
        seed = gr.Number(0, label="Seed", info="of everything that is random", min_width=130)
        told = "images drawn at random, to judge the ranking by"
        blind = gr.Number(demo.ranking.blind_share, step=0.05, label="Blind share", info=told, min_width=130)
    with gr.Accordion("All settings", open=False):
        example = 'Changes (TOML): views.occlusion = "off"'
        toml = gr.Code(language=None, label=example, lines=2, max_lines=12)
        known = gr.Code(
            demo.to_toml(), language=None, label="What the preset says", interactive=False, lines=4, max_lines=12
        )

    def choose(name: str) -> tuple[Any, ...]:
        config = _begun_from(store, name)
        named = next((one for one, method in METHODS.items() if method == config.method), gr.skip())
        return named, config.train.steps, config.seed, config.ranking.blind_share, without_folders(config.to_toml())

    def begin() -> tuple[Any, ...]:
        name = LAST if usual_settings(store).is_a_rounds else FIRST
        return name, *choose(name)

    shown = [method, steps, seed, blind, known]
    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    preset.input(_for_leads(choose), preset, shown, **quiet)
    gr.on(None, _for_leads(begin), None, [preset, *shown], **quiet)
    return [preset, method, steps, seed, blind, toml]


def _said(*, ok: bool, text: str, command: str | None = None) -> dict[str, Any]:
    """The nonce makes the same words a new value: Gradio keeps quiet about a value that equals the last."""
    return {"ok": ok, "text": text, "command": command, "nonce": secrets.token_hex(4)}


def _changes(*, method: str, steps: Number, seed: Number, blind_share: Number) -> dict[str, Any]:
    """The form's numbers as settings. Raises ConfigError naming the field that holds none."""
    if blind_share is None:
        raise ConfigError("Blind share is empty; wanted a number from 0 up to 1. Type 0.1, for example.")
    return {
        "method": method,
        "seed": _whole("Seed", seed),
        "train": {"steps": _whole("Training steps", steps)},
        "ranking": {"blind_share": blind_share},
    }


def _whole(name: str, value: Number) -> int:
    if value is None or not float(value).is_integer():
        found = "is empty" if value is None else f"is {value}"
        raise ConfigError(f"{name} {found}; wanted a whole number. Type one.")
    return int(value)


def _config(begun_from: RoundConfig, changes: dict[str, Any], toml: str) -> RoundConfig:
    """The settings begun from, the form's numbers over them, the lead's own text over both. Raises ConfigError."""
    return merge(merge(begun_from, changes), read_toml(toml))


def _begun_from(store: Store, name: str) -> RoundConfig:
    """A preset's settings, or the last round's: those that `round launch` begins from."""
    return begin_from(store, None if name == LAST else name).config


def lead_view(store: Store) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the page shows now, as plain data: counts, the latest round, the curves, the tables."""
    with store.reading() as tx:
        records = rounds.latest(tx, ROUNDS_SHOWN)
        points = rounds.points(tx, records[0].id) if records else []
        labelled = rounds.count_labelled(tx, [record.id for record in records])
        counts = images.count(tx)
        waiting = queue.listing(tx, limit=QUEUE_SHOWN, now=utc_now())
    told = [for_browsers(round_json(record)) for record in records]
    board = {"round": told[0] if told else None, "labelled": counts.persons_accepted}
    tables = {
        "rounds": told,
        "labels": {str(record.number): labelled.get(record.id) for record in records},
        "queue": [
            {"image": i.image.file_name, "score": shown.score, "reasons": list(shown.reasons), "held_by": i.leased_by}
            for i, shown in ((i, as_shown(i)) for i in waiting)
        ],
    }
    return dataclasses.asdict(counts), board, _curves(records, points), tables


def prelabel_view(store: Store) -> dict[str, Any]:
    """The newest model's run over the pool, as plain data."""
    with store.reading() as tx:
        newest = prelabellings.latest(tx)
    return {"prelabelling": for_browsers(prelabelling_json(newest)) if newest else None}


def _curves(records: Sequence[RoundRecord], points: Sequence[RoundPoint]) -> dict[str, Any]:
    """The loss thinned to what can be drawn; every measured AP; the AP of each published round."""
    loss = [(point.step, point.values["loss"]) for point in points if "loss" in point.values]
    published = [record for record in reversed(records) if record.state == "published"]
    return {
        "round": records[0].number if records else None,
        "steps": RoundConfig.recalled(records[0].config_toml).train.steps if records else None,
        "loss": loss[:: max(1, len(loss) // POINTS_DRAWN)],
        "ap": {n: [(p.step, p.values[f"ap_{n}"]) for p in points if f"ap_{n}" in p.values] for n in NETWORKS},
        "rounds": {n: [(r.number, ap) for r in published if (ap := _ap(r, n)) is not None] for n in NETWORKS},
    }


def _ap(record: RoundRecord, network: str) -> float | None:
    """None where nothing could be measured: no validation labels."""
    found: float | None = (record.metrics.get("ap", {}).get(network) or {}).get("AP")
    return found
