"""The bar on top of every page of Gradio's."""

import pytest

from app.web.pages.look import header


def test_a_projects_name_is_text_to_html_and_to_templates() -> None:
    shown = header("<b>${x}`", "sheet").html_template
    assert "&lt;b&gt;&#36;&#123;x}&#96;</strong>" in shown
    assert "<b>" not in shown and "${" not in shown and "`" not in shown


@pytest.mark.parametrize(
    ("here", "hidden"),
    [("annotate", 4), ("sheet", 4), ("review", 3), ("lead", 0), ("cameras", 0)],
)
def test_the_leads_links_are_hidden_until_the_page_knows_its_user(here: str, hidden: int) -> None:
    shown = header("hall", here).html_template  # type: ignore[arg-type]
    assert shown.count('aria-current="page"') == 1
    assert f'href="/{here}/"' in shown.split(' aria-current="page"')[0].rsplit("<a ", 1)[1]
    assert shown.count(" hidden>") == hidden


def test_the_teams_page_is_current_by_its_link_and_by_the_users_name() -> None:
    """Annotators have the name alone."""
    shown = header("hall", "team").html_template
    assert (
        shown.count('aria-current="page"') == 2 and 'href="/team/" data-role="lead" aria-current="page" hidden' in shown
    )
