"""Our editor and lead board inside Gradio: static templates that load an ES module. No user text enters a template."""

import gradio as gr


def pose_editor() -> gr.HTML:
    """The editor; it speaks to /api/* itself and nothing to Gradio."""
    return _element("pose-editor", "/assets/editor/editor.js")


def lead_board() -> gr.HTML:
    """Counts and the latest round; its value is plain data, shown as text."""
    return _element("lead-board", "/assets/lead/board.js")


def lead_tables() -> gr.HTML:
    """Every round, the export, the queue's first images; its value is plain data, shown as text."""
    return _element("lead-tables", "/assets/lead/board.js")


def _element(tag: str, module: str) -> gr.HTML:
    return gr.HTML(
        value={},
        html_template=f"<{tag}></{tag}>",
        js_on_load=f"import('{module}').then((m) => m.bind({{element, props, trigger, watch}}))",
        apply_default_css=False,
        container=False,
        padding=False,
        elem_id=tag,
    )
