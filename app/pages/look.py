"""How the Gradio pages look: one theme, one style sheet, one header."""

import html
from pathlib import Path
from typing import Literal

import gradio as gr

THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="slate",
    radius_size="sm",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)
THEME_CSS = (Path(__file__).resolve().parents[2] / "static" / "theme.css").read_text()

_HEADER = """<header class="bar"><strong>{name}</strong><nav aria-label="Pages">
<a href="/annotate/"{annotate}>Annotate</a><a href="/lead/" data-role="lead"{lead}>Lead</a></nav>
<span class="who"></span><button type="button">Sign out</button></header>"""
_HERE = ' aria-current="page"'


def header(project: str, here: Literal["annotate", "lead"]) -> gr.HTML:
    """The bar on top; its module adds the user's name and, for leads, the link to their page.

    The project's name comes from the home's owner, and is escaped for HTML and for templates.
    """
    name = html.escape(project).replace("$", "&#36;").replace("{", "&#123;").replace("`", "&#96;")
    return gr.HTML(
        html_template=_HEADER.format(
            name=name, annotate=_HERE if here == "annotate" else "", lead=_HERE if here == "lead" else " hidden"
        ),
        js_on_load="import('/assets/header/header.js').then((m) => m.bind({element}))",
        apply_default_css=False,
        container=False,
        padding=False,
        elem_id="header",
    )
