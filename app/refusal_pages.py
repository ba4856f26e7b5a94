"""What a person sees where the guard lets them no further: what it was, and the way back."""

import html
from string import Template

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title><link rel="stylesheet" href="/assets/login/login.css">
</head>
<body>
<main>
  <h1>$title</h1>
  <p class="what">$text</p>
  <a class="button" href="/annotate/">Go to the images</a>
</main>
</body>
</html>""")


def leads_only_page(name: str) -> str:
    """For an annotator who opened a page of the leads."""
    text = (
        f"You are signed in as {html.escape(name)}, an annotator. Rounds, counts and exports are on the leads' page: "
        "ask a lead, or sign out and sign in as one."
    )
    return _PAGE.substitute(title="This page is for leads", text=text)


def nothing_here_page() -> str:
    """For an address that does not exist."""
    return _PAGE.substitute(title="Nothing is here", text="There is no page at this address. Check it for a misprint.")
