"""The login page."""

import html
from string import Template

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
<p class="hint">$hint</p>""")
_ASK = "No account yet, or password forgotten? Ask a lead for a link."
_NOBODY = (
    "<strong>This home has no account yet.</strong> Its server wrote a link for the first lead into its log when it "
    "started, and into the file first_lead_link.txt of the home."
)


def login_page(*, name: str = "", next_page: str = "", problem: str = "", has_accounts: bool = True) -> str:
    """The page, with what went wrong if something did. Every value is escaped; with a name, typing goes on below it."""
    focus = dict.fromkeys(("focus_name", "focus_password"), "")
    focus["focus_password" if name else "focus_name"] = "autofocus"
    shown = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    form = _FORM.substitute(
        focus,
        name=html.escape(name),
        next=html.escape(next_page),
        problem=shown,
        hint=_ASK if has_accounts else _NOBODY,
    )
    return plain_page("Sign in", form)
