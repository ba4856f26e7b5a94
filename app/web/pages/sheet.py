"""The contact sheet's page: every person as a tile, the pose in most doubt first, for annotators and leads."""

import gradio as gr

from app.web.pages.elements import contact_sheet
from app.web.pages.look import header


def sheet_page(project: str) -> gr.Blocks:
    """The page; its element speaks to /api/sheet and /api/recent itself and nothing to Gradio."""
    page: gr.Blocks
    with gr.Blocks(title="Contact sheet", analytics_enabled=False, fill_width=True) as page:
        header(project, "sheet")
        contact_sheet()
    return page
