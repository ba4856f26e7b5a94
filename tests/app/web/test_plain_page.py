"""The frame of the pages without Gradio."""

from app.web.plain_page import PLAIN_STYLE, plain_page


def test_the_title_is_text_and_the_content_is_html() -> None:
    page = plain_page("<b>Sign in</b> & $out", "<h1>$name</h1>")
    assert "<title>&lt;b&gt;Sign in&lt;/b&gt; &amp; $out</title>" in page
    assert "<main>\n<h1>$name</h1>\n</main>" in page
    assert f'href="{PLAIN_STYLE}"' in page
