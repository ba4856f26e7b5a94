"""The cameras' page: every camera's lens circle, for leads to look at and to correct."""

import gradio as gr

from app.web.pages.elements import camera_lenses
from app.web.pages.look import header


def cameras_page(project: str) -> gr.Blocks:
    """The page; its element speaks to /api/cameras itself, which the guard keeps for leads."""
    page: gr.Blocks
    with gr.Blocks(title="Cameras", analytics_enabled=False, fill_width=True) as page:
        header(project, "cameras")
        camera_lenses()
    return page
