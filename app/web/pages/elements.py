"""Our own elements inside Gradio: static templates that load an ES module. No user text enters a template."""

from typing import Any

import gradio as gr

LEAD_MODULE = "/assets/lead/board.js"


def pose_editor() -> gr.HTML:
    """The editor; it speaks to /api/* itself and nothing to Gradio."""
    return _element("pose-editor", "/assets/editor/editor.js")


def camera_lenses() -> gr.HTML:
    """Cameras and their lens circles; it speaks to /api/cameras itself and nothing to Gradio."""
    return _element("camera-lenses", "/assets/cameras/cameras.js")


def contact_sheet() -> gr.HTML:
    """Every person as a tile, with filters; it speaks to /api/sheet itself and nothing to Gradio."""
    return _element("contact-sheet", "/assets/sheet/sheet.js")


def label_review() -> gr.HTML:
    """Accepted persons, one after the other; it speaks to /api/review itself and nothing to Gradio."""
    return _element("label-review", "/assets/review/review.js")


def lead_clock() -> gr.HTML:
    """Shows nothing; submits when the page's parts are due again: {"goes_on"}, whether something does."""
    return _element("lead-clock", "/assets/lead/clock.js")


def team() -> gr.HTML:
    """One's own account and, for leads, everybody's; it speaks to /api/account and /api/team itself."""
    return _element("work-team", "/assets/team/team.js")


def lead_counts() -> gr.HTML:
    """How much there is and how much is done; its value is plain data, shown as text, as in the others."""
    return _element("lead-counts", LEAD_MODULE)


def lead_board() -> gr.HTML:
    """The latest round: where it stands, what it tells, why it failed."""
    return _element("lead-board", LEAD_MODULE)


def lead_worker() -> gr.HTML:
    """Whether a worker serves the home, and the command that starts one."""
    return _element("lead-worker", LEAD_MODULE)


def lead_said() -> gr.HTML:
    """What came of the last launch: {"ok", "text", "command"}."""
    return _element("lead-said", LEAD_MODULE)


def lead_exports() -> gr.HTML:
    """Links that download the labels, where there are images: {"images"}, how many there are."""
    return _element("lead-exports", LEAD_MODULE, value={})


def lead_prelabel() -> gr.HTML:
    """Choosing a pose model to predict the pool with, and how its run goes: {"prelabelling"}."""
    return _element("lead-prelabel", "/assets/lead/prelabel.js")


def lead_starts() -> gr.HTML:
    """How each network does that labelling may begin from, which one is in use, and choosing another: {"starts"}."""
    return _element("lead-starts", "/assets/lead/starts.js")


def lead_spared() -> gr.HTML:
    """What the published round spared annotators, of the same value as `lead_starts`."""
    return _element("lead-spared", "/assets/lead/spared.js")


def lead_validation() -> gr.HTML:
    """How many people rounds are measured by, and keeping more; it speaks to /api/validation itself."""
    return _element("lead-validation", "/assets/lead/validation.js")


def lead_before_launch() -> gr.HTML:
    """What is missing for a round to be measured, of the answer that `lead_validation` got."""
    return _element("lead-before-launch", "/assets/lead/validation.js")


def lead_order() -> gr.HTML:
    """What the queue is ordered by, and how well; it speaks to /api/order itself."""
    return _element("lead-order", "/assets/lead/order.js")


def lead_unlabelable() -> gr.HTML:
    """Who is too small or too dark to label, and skipping them at once; it speaks to /api/unlabelable itself."""
    return _element("lead-unlabelable", "/assets/lead/unlabelable.js")


def lead_workers() -> gr.HTML:
    """Every worker, what it does, and when it was heard of; it speaks to /api/workers itself."""
    return _element("lead-workers", "/assets/lead/workers.js")


def lead_simulation() -> gr.HTML:
    """What more labels would bring, simulated on those there are; it speaks to /api/simulation itself."""
    return _element("lead-simulation", "/assets/lead/simulation.js")


def lead_story() -> gr.HTML:
    """What happened to a round, and stopping it or going on with it; it speaks to /api/rounds itself."""
    return _element("lead-story", "/assets/lead/story.js")


def lead_compare() -> gr.HTML:
    """Two rounds side by side, with the same people as both place them; it speaks to /api/rounds itself."""
    return _element("lead-compare", "/assets/lead/compare.js")


def lead_labels() -> gr.HTML:
    """Choosing a COCO file whose labels come to images that are here; it speaks to /api/labels itself."""
    return _element("lead-labels", "/assets/lead/labels.js")


def lead_charts() -> gr.HTML:
    """Loss and AP of the latest round, AP over rounds."""
    return _element("lead-charts", LEAD_MODULE)


def lead_tables() -> gr.HTML:
    """Every round, and the queue's first images."""
    return _element("lead-tables", LEAD_MODULE)


def _element(tag: str, module: str, *, value: dict[str, Any] | None = None) -> gr.HTML:
    return gr.HTML(
        value=value,
        html_template=f"<{tag}></{tag}>",
        js_on_load=f"import('{module}').then((m) => m.bind({{element, props, trigger, watch}}))",
        apply_default_css=False,
        container=False,
        padding=False,
        elem_id=tag,
    )
