"""The lead's page: what is labelled, launching a round, how it runs, the curves, the export."""

import dataclasses
import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr

from app.editor import lead_board, lead_charts, lead_counts, lead_exports, lead_tables
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
ROUNDS_SHOWN = 50
POINTS_DRAWN = 300
"""More points than this on a curve are more than its pixels."""
NETWORKS = ("A", "B", "C")


class NotALead(gr.Error):
    """Somebody reached a lead's handler without being one."""


def lead_page(store: Store, engine: Engine, project: str) -> gr.Blocks:
    """The page; each of its handlers asks again who calls it."""
    page: gr.Blocks
    with gr.Blocks(title="Lead", analytics_enabled=False, fill_width=True) as page:
        header(project, "lead")
        with gr.Column(elem_id="lead-page"):
            counts = lead_counts()
            with gr.Row(equal_height=True):
                with gr.Column(scale=3, min_width=340, elem_id="state"):
                    board = lead_board()
                    lead_exports()
                with gr.Column(scale=2, min_width=340, elem_id="launch"):
                    _launch_form(store, engine)
            charts = lead_charts()
            tables = lead_tables()
            timer = gr.Timer(REFRESH_S)
        refresh = _for_leads(lambda: lead_view(store))
        for happens in (timer.tick, page.load):
            happens(
                refresh,
                outputs=[counts, board, charts, tables],
                queue=False,
                show_progress="hidden",
                api_visibility="private",
            )
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
    demo = PRESETS["demo"]
    gr.HTML("<h2>Launch a round</h2>", container=False, padding=False, apply_default_css=False)
    with gr.Row():
        preset = gr.Dropdown(
            list(PRESETS), value="demo", label="Preset", info="demo: CPU, standard: GPU", min_width=130
        )
        steps = gr.Number(
            value=demo.train.steps,
            precision=0,
            minimum=1,
            label="Training steps",
            info="more steps take longer",
            min_width=130,
        )
    with gr.Row():
        seed = gr.Number(value=0, precision=0, minimum=0, label="Seed", info="fixes what is random", min_width=130)
        blind = gr.Number(
            value=demo.ranking.blind_share,
            minimum=0,
            maximum=0.9,
            step=0.05,
            label="Blind share",
            info="random part of the queue",
            min_width=130,
        )
    with gr.Accordion("All settings", open=False):
        toml = gr.Code(
            language=None, label='TOML over the preset, for example: views.occlusion = "off"', lines=4, max_lines=12
        )
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
        request: gr.Request,
        name: str,
        count: float | None,
        start: float | None,
        share: float | None,
        text: str | None,
    ) -> str:
        user = _lead_of(request)
        if count is None or start is None or share is None:
            return "**Not launched.** Training steps, seed or blind share is empty. Type a number into each."
        changes = {"seed": int(start), "train": {"steps": int(count)}, "ranking": {"blind_share": share}}
        return _launch(store, engine, user, preset=name, changes=changes, toml=text or "")

    launch.click(
        launch_one,
        [preset, steps, seed, blind, toml],
        said,
        queue=False,
        api_visibility="private",
        show_progress="hidden",
    )


def _launch(store: Store, engine: Engine, user: UserRecord, *, preset: str, changes: dict[str, Any], toml: str) -> str:
    """Launch, and say what came of it."""
    try:
        config = merge(merge(PRESETS[preset], changes), tomllib.loads(toml))
        record = launch_round(store, engine, config=config, user=user)
    except tomllib.TOMLDecodeError as error:
        return f"**Not launched.** The settings are not TOML: {error}. Mend the line it names."
    except (ConfigError, LearningError, StoreError) as error:
        return f"**Not launched.** {error}"
    return f"**Round {record.number} is queued.** The worker takes it up within a second; labelling goes on meanwhile."


def lead_view(store: Store) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the page shows now, as plain data: counts, the latest round, the curves, the tables."""
    with store.reading() as tx:
        records = rounds.latest(tx, ROUNDS_SHOWN)
        points = rounds.points(tx, records[0].id) if records else []
        labelled = rounds.count_labelled(tx, [record.id for record in records])
        counts = images.count(tx)
        waiting = queue.listing(tx, limit=QUEUE_SHOWN, now=utc_now())
    told = [round_json(record) for record in records]
    board = {"round": told[0] if told else None, "labelled": counts.persons_accepted}
    tables = {
        "rounds": told,
        "labels": {str(record.number): labelled.get(record.id) for record in records},
        "queue": [
            {"image": i.image.file_name, "score": i.score, "reasons": list(i.reasons), "held_by": i.leased_by}
            for i in waiting
        ],
    }
    return dataclasses.asdict(counts), board, _curves(records, points), tables


def _curves(records: Sequence[RoundRecord], points: Sequence[RoundPoint]) -> dict[str, Any]:
    """The loss thinned to what can be drawn; every measured AP; the AP of each published round."""
    loss = [(point.step, point.values["loss"]) for point in points if "loss" in point.values]
    published = [record for record in reversed(records) if record.state == "published"]
    return {
        "round": records[0].number if records else None,
        "loss": loss[:: max(1, len(loss) // POINTS_DRAWN)],
        "ap": {n: [(p.step, p.values[f"ap_{n}"]) for p in points if f"ap_{n}" in p.values] for n in NETWORKS},
        "rounds": {n: [(r.number, ap) for r in published if (ap := _ap(r, n)) is not None] for n in NETWORKS},
    }


def _ap(record: RoundRecord, network: str) -> float | None:
    """None where nothing could be measured: no validation labels."""
    found: float | None = (record.metrics.get("ap", {}).get(network) or {}).get("AP")
    return found
