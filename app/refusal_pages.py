"""What a person sees where the guard lets them no further: what it was, and the way back."""

import html

from app.plain_page import plain_page


def leads_only_page(name: str) -> str:
    """For an annotator who opened a page of the leads."""
    return _refusal(
        "This page is for leads",
        f"You are signed in as {name}, an annotator. Rounds, counts and exports are on the leads' page: "
        "ask a lead, or sign out and sign in as one.",
    )


def nothing_here_page() -> str:
    """For an address that does not exist."""
    return _refusal("Nothing is here", "There is no page at this address. Check it for a misprint.")


def _refusal(title: str, text: str) -> str:
    back = '<a class="button" href="/annotate/">Go to the images</a>'
    return plain_page(title, f'<h1>{title}</h1>\n<p class="what">{html.escape(text)}</p>\n{back}')
