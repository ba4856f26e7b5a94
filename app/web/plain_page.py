"""A page without Gradio: the frame that signing in and the guard's refusals share."""

import html
from string import Template

PLAIN_STYLE = "/assets/login/login.css"
"""How it looks: open to everybody under every name, since the page that refuses a name looks so too."""

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><link rel="stylesheet" href="$style">
</head>
<body>
<main>
$content
</main>
</body>
</html>""")


def plain_page(title: str, content: str) -> str:
    """The page; the title is escaped, the content is HTML whose words the caller has escaped."""
    return _PAGE.substitute(title=html.escape(title), style=PLAIN_STYLE, content=content)
