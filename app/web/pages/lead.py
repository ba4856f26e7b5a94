"""The lead's page: what is labelled, launching a round, how it runs, the curves, the export."""

from typing import Any

import gradio as gr

from app.home.settings import Settings
from app.home.skeletons import hint_of
from app.pool.first_steps import first_step_of
from app.processes.job_engine import Engine
from app.processes.worker_state import worker_json, worker_state
from app.web.pages.elements import (
    lead_board,
    lead_charts,
    lead_clock,
    lead_compare,
    lead_counts,
    lead_exports,
    lead_labels,
    lead_order,
    lead_prelabel,
    lead_simulation,
    lead_spared,
    lead_starts,
    lead_story,
    lead_tables,
    lead_unlabelable,
    lead_validation,
    lead_worker,
    lead_workers,
)
from app.web.pages.launch_form import launch_form
from app.web.pages.lead_view import lead_view, prelabel_view
from app.web.pages.leads_only import for_leads
from app.web.pages.look import header
from app.web.pages.starts_view import StartsView
from db.records import Counts
from db.store.session import Store

ACTIVE = ("queued", "running", "cancelling")


def lead_page(store: Store, engine: Engine, project: str, settings: Settings) -> gr.Blocks:
    """The page; each of its handlers asks again who calls it."""
    page: gr.Blocks
    starts_view = StartsView(store)
    with gr.Blocks(title="Lead", analytics_enabled=False, fill_width=True) as page:
        header(project, "lead")
        with gr.Column(elem_id="lead-page"):
            counts = lead_counts()
            with gr.Row(equal_height=True):
                with gr.Column(scale=3, min_width=340, elem_id="state"):
                    worker = lead_worker()
                    board = lead_board()
                    lead_story()
                    lead_workers()
                    starts = lead_starts()
                    lead_validation()
                    lead_unlabelable()
                    prelabel = lead_prelabel()
                    exports = lead_exports()
                    lead_labels()
                with gr.Column(scale=2, min_width=340, elem_id="beside"):
                    with gr.Column(elem_id="launch"):
                        launch = launch_form(store, engine, settings)
                    spared = lead_spared()
                    lead_order()
                    lead_simulation()
            charts = lead_charts()
            lead_compare()
            tables = lead_tables()
            clock = lead_clock()

        def refresh() -> tuple[Any, ...]:
            counts, board, charts, tables = lead_view(store)
            worker = worker_json(worker_state(store, settings))
            step = first_step_of(Counts(**counts), settings, "lead")
            images, starts = {"images": counts["images"]}, starts_view.now()
            prelabelling = prelabel_view(store)
            return (
                counts | {"pairing": hint_of(store, settings.home)},
                board | {"worker": worker, "step": step.to_json() if step else None},
                charts,
                tables | images,
                starts,
                starts,
                prelabelling | {"worker": worker},
                worker,
                images,
                _launch_button(board["round"]),
                {"goes_on": _is_active(board["round"]) or _is_active(prelabelling["prelabelling"])},
            )

        for happens in (clock.submit, page.load):
            happens(
                for_leads(refresh),
                outputs=[counts, board, charts, tables, starts, spared, prelabel, worker, exports, launch, clock],
                queue=False,  # results of queued events can be read by others (docs/adr/0003)
                show_progress="hidden",
                api_visibility="private",
            )
    return page


def _is_active(told: dict[str, Any] | None) -> bool:
    return told is not None and told["state"] in ACTIVE


def _launch_button(latest: dict[str, Any] | None) -> dict[str, Any]:
    """Pressable while no round is active: a home runs one at a time."""
    active = _is_active(latest)
    label = f"Round {latest['number']} is {latest['state']}" if active and latest else "Launch round"
    updated: dict[str, Any] = gr.update(value=label, interactive=not active)
    return updated
