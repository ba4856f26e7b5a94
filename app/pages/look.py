"""How the Gradio pages look: one theme, one style sheet, one header."""

import html
from pathlib import Path

import gradio as gr

THEME = gr.themes.Base(
    primary_hue="blue",
    neutral_hue="slate",
    radius_size="sm",
    font=["system-ui", "sans-serif"],
    font_mono=["ui-monospace", "monospace"],
)
THEME_CSS = (Path(__file__).resolve().parents[2] / "static" / "theme.css").read_text()

_HEADER = """<header class="bar"><strong>{name}</strong><nav aria-label="Pages">{links}</nav>
<form method="post" action="/logout"><button>Sign out</button></form></header>"""
_LINKS = (("/annotate/", "Annotate"), ("/lead/", "Lead"))


def header(project: str, here: str, *, leads: bool) -> gr.HTML:
    """The bar on top. The project's name comes from the home's owner, and is escaped for HTML and for templates."""
    links = "".join(
        f'<a href="{path}"{" aria-current=page" if path == here else ""}>{label}</a>'
        for path, label in _LINKS
        if leads or path == "/annotate/"
    )
    name = html.escape(project).replace("$", "&#36;").replace("{", "&#123;").replace("`", "&#96;")
    return gr.HTML(
        html_template=_HEADER.format(name=name, links=links), apply_default_css=False, container=False, padding=False
    )
