"""The page Review: accepted persons, one after the other, for reviewers and leads."""

import gradio as gr

from app.web.pages.elements import label_review
from app.web.pages.look import header


def review_page(project: str) -> gr.Blocks:
    """The page; its element speaks to /api/review itself, which the guard keeps for reviewers and leads."""
    page: gr.Blocks
    with gr.Blocks(title="Review", analytics_enabled=False, fill_width=True, fill_height=True) as page:
        header(project, "review")
        label_review()
    return page
