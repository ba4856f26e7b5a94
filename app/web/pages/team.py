"""The team's page: one's own account for everybody, all accounts and the log for leads."""

import gradio as gr

from app.web.pages.elements import team
from app.web.pages.look import header


def team_page(project: str) -> gr.Blocks:
    """The page; its element speaks to /api/account and, for leads, to /api/team itself."""
    page: gr.Blocks
    with gr.Blocks(title="Team", analytics_enabled=False, fill_width=True) as page:
        header(project, "team")
        team()
    return page
