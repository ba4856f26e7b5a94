"""The form that launches a round."""

import html
import secrets
from pathlib import Path
from typing import Any

import gradio as gr

from app.contract.rounds import without_folders
from app.home.settings import Settings
from app.processes.job_engine import Engine
from app.processes.worker_state import worker_state
from app.rounds.cost import NO_TORCH, can_measure, cost_of_launch
from app.rounds.errors import LearningError
from app.rounds.launching import launch_from_page
from app.rounds.starting_weights import require_named
from app.rounds.usual_settings import FIRST, UsualSettings, begin_from, usual_settings
from app.web.noted import write_line
from app.web.pages.elements import lead_before_launch, lead_said
from app.web.pages.leads_only import for_leads, lead_of
from app.web.who import session_of
from db.errors import StoreError
from db.people.audit import Actor
from db.store.session import Store
from sspcm.config import IMPORTED, METHODS, PRESETS, ConfigError, RoundConfig, merge
from sspcm.plain import read_toml

LAST = "as last time"
"""What the form's field "Preset" says for the last round's settings."""
MEASURING = "A few steps are timed on this machine: up to half a minute. Nothing is launched."
Number = float | None
"""What a number's field holds; None when it is empty."""


def launch_form(store: Store, engine: Engine, settings: Settings) -> gr.Button:
    """Settings and the button that launches. What cannot be is told in words here, so no field refuses it before."""
    gr.HTML("<h2>Launch a round</h2>", container=False, padding=False, apply_default_css=False)
    home = settings.home
    fields = _fields(store, home)
    lead_before_launch()
    cost = gr.Button("What would it cost?", visible=can_measure())
    if not can_measure():
        gr.HTML(f"<p>{html.escape(NO_TORCH)}</p>", container=False, padding=False, apply_default_css=False)
    launch = gr.Button("Launch round", variant="primary")
    said = lead_said()

    def chosen(
        name: str, method: str, steps: Number, seed: Number, blind_share: Number, text: str | None
    ) -> RoundConfig:
        """Raises ConfigError."""
        changes = _changes(method=method, steps=steps, seed=seed, blind_share=blind_share)
        return _config(_begun_from(store, home, name).config, changes, text or "")

    def say_cost(*values: Any) -> dict[str, Any]:
        try:
            config = chosen(*values)
            require_named(config, home)
            return _said(ok=True, text=cost_of_launch(store, settings, config).words)
        except (ConfigError, LearningError, StoreError) as error:
            return _said(ok=False, text=without_folders(f"Not measured: {error}"))

    def launch_one(request: gr.Request, *values: Any) -> dict[str, Any]:
        user = lead_of(request)
        try:
            record = launch_from_page(store, engine, config=chosen(*values), user=user)
        except (ConfigError, LearningError, StoreError) as error:
            return _said(ok=False, text=without_folders(f"Not launched: {error}"))
        assert request.request is not None  # lead_of found who asks
        write_line(store, Actor.of(session_of(request.request)), "round launched", str(record.number))
        state = worker_state(store, settings)
        what = "The worker takes it up within a second." if state.stand == "running" else f"It waits. {state.text}"
        text = f"Round {record.number} is launched; labelling goes on meanwhile. {what}"
        return _said(ok=True, text=text, command=state.command)

    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    waits = cost.click(
        for_leads(lambda: (_said(ok=True, text=MEASURING), gr.update(interactive=False))), None, [said, cost], **quiet
    )
    waits.then(for_leads(say_cost), fields, said, **quiet).then(
        for_leads(lambda: gr.update(interactive=True)), None, cost, **quiet
    )
    launch.click(launch_one, fields, said, **quiet)
    return launch


def _fields(store: Store, home: Path) -> list[gr.components.Component]:
    """Preset, method, steps, seed, blind share, and the lead's own TOML; under it what the chosen preset says.

    They begin as this home's last round was launched (`usual_settings`), each time the page is opened.
    """
    demo = PRESETS[FIRST]
    with gr.Row():
        info = "demo: minutes on a CPU; imported: your pose model, likewise; standard: a GPU"
        preset = gr.Dropdown([*PRESETS, LAST], value=FIRST, label="Preset", info=info, min_width=130)
        method = gr.Dropdown(
            list(METHODS), value="sspcm", label="Method", info="who teaches whom, on which hard views", min_width=130
        )
        steps = gr.Number(
            demo.train.steps, label="Training steps", info="more learn more and take longer", min_width=130
        )
        seed = gr.Number(0, label="Seed", info="of everything that is random", min_width=130)
        told = "images drawn at random, to judge the ranking by"
        blind = gr.Number(demo.ranking.blind_share, step=0.05, label="Blind share", info=told, min_width=130)
    with gr.Accordion("All settings", open=False):
        example = 'Changes (TOML): views.occlusion = "off"'
        toml = gr.Code(language=None, label=example, lines=2, max_lines=12)
        known = gr.Code(
            demo.to_toml(), language=None, label="What the preset says", interactive=False, lines=4, max_lines=12
        )
    begun = gr.HTML(container=False, padding=False, apply_default_css=False, elem_classes="begun-from")

    def fill(usual: UsualSettings) -> tuple[Any, ...]:
        config = usual.config
        named = next((one for one, method in METHODS.items() if method == config.method), gr.skip())
        return (
            named,
            config.train.steps,
            config.seed,
            config.ranking.blind_share,
            without_folders(config.to_toml()),
            _told(usual),
        )

    def choose(name: str) -> tuple[Any, ...]:
        try:
            return fill(_begun_from(store, home, name))
        except ConfigError as error:
            return (*[gr.skip()] * 5, f"<p>{html.escape(without_folders(str(error)))}</p>")

    def begin() -> tuple[Any, ...]:
        usual = usual_settings(store, home)
        preset = IMPORTED if usual.config.model.backbone == IMPORTED else FIRST
        return LAST if usual.is_a_rounds else preset, *fill(usual)

    shown = [method, steps, seed, blind, known, begun]
    quiet: dict[str, Any] = {"queue": False, "api_visibility": "private", "show_progress": "hidden"}
    preset.input(for_leads(choose), preset, shown, **quiet)
    gr.on(None, for_leads(begin), None, [preset, *shown], **quiet)
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


def _begun_from(store: Store, home: Path, name: str) -> UsualSettings:
    """A preset's settings, or the last round's: those that `round launch` begins from. Raises ConfigError."""
    return begin_from(store, home, None if name == LAST else name)


def _told(usual: UsualSettings) -> str:
    further = [without_folders(text) for text in (usual.passed_over, usual.pseudo_labels) if text]
    return "".join(f"<p>{html.escape(text)}</p>" for text in (f"Begins from {usual.told}.", *further))
