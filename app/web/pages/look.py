"""How the Gradio pages look: one theme, one style sheet, one header."""

import html
from pathlib import Path
from typing import Literal

import gradio as gr

THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="slate",
    radius_size="md",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
).set(
    body_background_fill="#f4f6f9",
    body_background_fill_dark="#0f1319",
    background_fill_primary="#ffffff",
    background_fill_primary_dark="#171c24",
    background_fill_secondary="#f4f6f9",
    background_fill_secondary_dark="#1d232d",
    body_text_color="#18212c",
    body_text_color_dark="#e6ebf2",
    body_text_color_subdued="#4f5d6d",
    body_text_color_subdued_dark="#a5b1c0",
    border_color_primary="#d9dfe7",
    border_color_primary_dark="#2c3542",
    block_background_fill="#ffffff",
    block_background_fill_dark="#171c24",
    block_info_text_color="#4f5d6d",
    block_info_text_color_dark="#a5b1c0",
    block_label_text_color="#18212c",
    block_label_text_color_dark="#e6ebf2",
    block_title_text_color="#18212c",
    block_title_text_color_dark="#e6ebf2",
    input_background_fill="#ffffff",
    input_background_fill_dark="#10151c",
    input_border_color="#8a97a6",
    input_border_color_dark="#66758a",
    input_border_width="1px",
    button_primary_background_fill="#1d5fc4",
    button_primary_background_fill_dark="#1d5fc4",
    button_primary_background_fill_hover="#164c9f",
    button_primary_background_fill_hover_dark="#2b70d8",
    button_primary_text_color="#ffffff",
    button_primary_text_color_dark="#ffffff",
)
THEME_CSS = (Path(__file__).resolve().parents[3] / "static" / "theme.css").read_text()

_HEADER = """<header class="bar">{heading}<strong>{name}</strong><nav aria-label="Pages">
<a href="/annotate/"{annotate}>Annotate</a><a href="/sheet/"{sheet}>Contact sheet</a>
<a href="/review/" data-role="reviewer lead"{review}>Review</a>
<a href="/lead/" data-role="lead"{lead}>Lead</a>
<a href="/cameras/" data-role="lead"{cameras}>Cameras</a>
<a href="/team/" data-role="lead"{team}>Team</a></nav>
<a class="who" href="/team/" title="Your account"{team_here}></a><button type="button">Sign out</button></header>"""
_HERE = ' aria-current="page"'
_HEADINGS = {
    "annotate": '<h1 class="unseen">Annotate</h1>',
    "review": '<h1 class="unseen">Review</h1>',
    "lead": '<h1 class="unseen">Lead</h1>',
    "cameras": '<h1 class="unseen">Cameras</h1>',
    "team": '<h1 class="unseen">Team</h1>',
    "sheet": "",
}
"""What a page is, for those who do not see it; the contact sheet says so itself."""


def header(project: str, here: Literal["annotate", "sheet", "review", "lead", "cameras", "team"]) -> gr.HTML:
    """The bar on top; its module adds the user's name and, for leads, the links to their pages.

    The project's name comes from the home's owner, and is escaped for HTML and for templates.
    """
    # a template is evaluated as a JavaScript literal (docs/adr/0003)
    name = html.escape(project).replace("$", "&#36;").replace("{", "&#123;").replace("`", "&#96;")
    return gr.HTML(
        html_template=_HEADER.format(
            heading=_HEADINGS[here],
            name=name,
            annotate=_HERE if here == "annotate" else "",
            sheet=_HERE if here == "sheet" else "",
            review=_HERE if here == "review" else "" if here in ("lead", "cameras") else " hidden",
            lead=_HERE if here == "lead" else "" if here == "cameras" else " hidden",
            cameras=_HERE if here == "cameras" else "" if here == "lead" else " hidden",
            team_here=_HERE if here == "team" else "",
            team=_HERE + " hidden" if here == "team" else "" if here in ("lead", "cameras") else " hidden",
        ),
        js_on_load="import('/assets/header/header.js').then((m) => m.bind({element}))",
        apply_default_css=False,
        container=False,
        padding=False,
        elem_id="header",
    )
