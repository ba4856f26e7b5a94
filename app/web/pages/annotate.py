"""The annotator's page: the editor, and nothing else."""

import gradio as gr

from app.web.pages.elements import pose_editor
from app.web.pages.look import header


def annotate_page(project: str) -> gr.Blocks:
    """A header and the editor; the editor speaks to /api/*."""
    page: gr.Blocks
    with gr.Blocks(title="Annotate", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        header(project, "annotate")
        pose_editor()
    return page
