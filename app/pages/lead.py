"""The lead's page: what is labelled, the running round, launching one, the curves, the export."""

import dataclasses
import tomllib
from collections.abc import Callable
from typing import Any

import gradio as gr
import pandas as pd

from app.editor import lead_board, lead_tables
from app.engine import Engine
from app.learning import LearningError, launch_round
from app.pages.look import header
from app.round_json import round_json
from db import images, queue, rounds
from db.clock import utc_now
from db.errors import StoreError
from db.records import RoundPoint, RoundRecord, UserRecord
from db.session import Store
from sspcm.config import PRESETS, ConfigError, merge

REFRESH_S = 1.5
QUEUE_SHOWN = 20
NETWORKS = ("A", "B", "C")


class NotALead(gr.Error):
    """Somebody reached a lead's handler without being one."""


def lead_page(store: Store, engine: Engine, project: str) -> gr.Blocks:
    """The page; each of its handlers asks again who calls it."""
    page: gr.Blocks
    with gr.Blocks(title="Lead", analytics_enabled=False, fill_width=True) as page:
        header(project, "lead")
        with gr.Column(elem_id="lead-page"):
            board = lead_board()
            _launch_form(store, engine)
            with gr.Row():
                loss = gr.LinePlot(x="step", y="loss", title="Loss of the latest round", height=240)
                ap = gr.LinePlot(x="step", y="AP", color="network", title="AP of the latest round", height=240)
                learning = gr.LinePlot(x="round", y="AP", color="network", title="AP over rounds", height=240)
            tables = lead_tables()
            timer = gr.Timer(REFRESH_S)
        refresh = _for_leads(lambda: _refresh(store))
        outputs = [board, loss, ap, learning, tables]
        for happens in (timer.tick, page.load):
            happens(refresh, outputs=outputs, queue=False, show_progress="hidden", api_visibility="private")
    return page


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


def _launch_form(store: Store, engine: Engine) -> None:
    with gr.Group():
        with gr.Row():
            preset = gr.Dropdown(list(PRESETS), value="demo", label="Preset", info="demo: CPU; standard: GPU")
            steps = gr.Number(value=PRESETS["demo"].train.steps, precision=0, minimum=1, label="Training steps")
            seed = gr.Number(value=0, precision=0, minimum=0, label="Seed", info="same seed, same labels: same round")
            blind = gr.Slider(0, 0.5, value=0.1, step=0.05, label="Blind share", info="random images in the queue")
        with gr.Accordion("All settings (TOML, over the preset)", open=False):
            toml = gr.Code(language=None, label='For example: [views] then occlusion = "off"', lines=4)
        launch = gr.Button("Launch round", variant="primary")
        said = gr.Markdown(elem_id="launch-said")
    preset.change(
        _for_leads(lambda name: PRESETS[name].train.steps),
        preset,
        steps,
        queue=False,
        api_visibility="private",
        show_progress="hidden",
    )

    def launch_one(
        request: gr.Request, name: str, count: float | None, start: float | None, share: float, text: str | None
    ) -> str:
        user = _lead_of(request)
        if count is None or start is None:
            return "**Not launched.** Training steps or seed is empty. Type a whole number into both."
        return _launch(store, engine, user, name, int(count), int(start), share, text or "")

    launch.click(
        launch_one,
        [preset, steps, seed, blind, toml],
        said,
        queue=False,
        api_visibility="private",
        show_progress="hidden",
    )


def _launch(
    store: Store, engine: Engine, user: UserRecord, preset: str, steps: int, seed: int, blind_share: float, text: str
) -> str:
    """Launch, and say what came of it."""
    try:
        config = merge(
            PRESETS[preset], {"seed": seed, "train": {"steps": steps}, "ranking": {"blind_share": blind_share}}
        )
        config = merge(config, tomllib.loads(text))
        record = launch_round(store, engine, config=config, user=user)
    except tomllib.TOMLDecodeError as error:
        return f"**Not launched.** The settings are not TOML: {error}. Mend the line it names."
    except (ConfigError, LearningError, StoreError) as error:
        return f"**Not launched.** {error}"
    return f"**Round {record.number} is queued.** The worker takes it up within a second; labelling goes on meanwhile."


def _refresh(store: Store) -> tuple[dict[str, Any], pd.DataFrame, pd.DataFrame, pd.DataFrame, dict[str, Any]]:
    with store.reading() as tx:
        records = rounds.latest(tx, 50)
        points = rounds.points(tx, records[0].id) if records else []
        labelled = rounds.count_labelled(tx, [record.id for record in records])
        board = {
            "counts": dataclasses.asdict(images.count(tx)),
            "rounds": [round_json(record) for record in records],
            "labels": {str(record.number): labelled.get(record.id) for record in records},
            "queue": [
                {"image": i.image.file_name, "score": i.score, "reasons": list(i.reasons), "held_by": i.leased_by}
                for i in queue.listing(tx, limit=QUEUE_SHOWN, now=utc_now())
            ],
        }
    return board, _loss_frame(points), _ap_frame(points), _learning_frame(records), board


def _loss_frame(points: list[RoundPoint]) -> pd.DataFrame:
    rows = [(p.step, p.values["loss"]) for p in points if "loss" in p.values]
    return pd.DataFrame(rows, columns=["step", "loss"])


def _ap_frame(points: list[RoundPoint]) -> pd.DataFrame:
    rows = [(p.step, n, p.values[f"ap_{n}"]) for p in points for n in NETWORKS if f"ap_{n}" in p.values]
    return pd.DataFrame(rows, columns=["step", "network", "AP"])


def _learning_frame(records: list[RoundRecord]) -> pd.DataFrame:
    rows = [
        (record.number, network, record.metrics["ap"][network]["AP"])
        for record in reversed(records)
        if record.state == "published"
        for network in NETWORKS
        if record.metrics["ap"].get(network)
    ]
    return pd.DataFrame(rows, columns=["round", "network", "AP"])
