"""The login page."""

import html
from string import Template
from urllib.parse import urlencode

from app.web.plain_page import plain_page

_FORM = Template("""<h1>Pose labelling</h1>
<p class="what">Correct the keypoints that a network is unsure of.</p>
$problem
<form method="post" action="/login">
  <label for="name">Name</label>
  <input id="name" name="name" autocomplete="username" required $focus_name value="$name">
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="current-password" required $focus_password>
  <input type="hidden" name="next" value="$next">
  <button>Sign in</button>
</form>
$provider<p class="hint">$hint</p>""")
_PROVIDER = '<p class="other"><a class="button" href="/login/oidc{next}">Sign in with {name}</a></p>\n'
_ASK = "No account yet, or password forgotten? Ask a lead for a link."
_NOBODY = (
    "<strong>This home has no account yet.</strong> Its server wrote a link for the first lead into its log when it "
    "started, and into the file first_lead_link.txt of the home."
)


def login_page(
    *, name: str = "", next_page: str = "", problem: str = "", has_accounts: bool = True, provider: str | None = None
) -> str:
    """The page, with what went wrong if something did. Every value is escaped; with a name, typing goes on below it.

    provider: the name of the one by which people may sign in, too.
    """
    focus = dict.fromkeys(("focus_name", "focus_password"), "")
    focus["focus_password" if name else "focus_name"] = "autofocus"
    shown = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    form = _FORM.substitute(
        focus,
        name=html.escape(name),
        next=html.escape(next_page),
        problem=shown,
        hint=_ASK if has_accounts else _NOBODY,
        provider="" if provider is None or not has_accounts else _button(provider, next_page),
    )
    return plain_page("Sign in", form)


def _button(provider: str, next_page: str) -> str:
    asked = f"?{urlencode({'next': next_page})}" if next_page else ""
    return _PROVIDER.format(next=html.escape(asked), name=html.escape(provider))
