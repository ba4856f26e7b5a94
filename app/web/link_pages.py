"""The pages behind one-time links. The key stands behind the address's '#': no log of a server or proxy sees it."""

import html
from string import Template

from app.web.plain_page import plain_page
from db.people.secrets import PASSWORD_LENGTH

_SCRIPT = '<script type="module" src="/assets/login/link.js"></script>'
_FORM = Template("""<h1>$title</h1>
<p class="what">$what</p>
$problem
<p class="problem" role="alert" id="too-short" hidden></p>
<noscript><p class="problem">This page needs JavaScript, to read the link's key.</p></noscript>
<p class="problem" id="no-key" hidden>The link is not whole: its part behind '#' is missing. Copy all of it.</p>
<form method="post" action="$action">
  $name<label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="new-password" minlength="$shortest" required
    $focus>
  <label class="show"><input id="show" type="checkbox"> Show it</label>
  <input id="key" name="key" type="hidden" value="$key">
  <button>$button</button>
</form>
<p class="hint">$shortest characters or more. The link opens once.</p>
$script""")
_NAME = Template("""<label for="name">Name</label>
  <input id="name" name="name" autocomplete="username" maxlength="64" required autofocus value="$name">
  """)


def choose_password_page(*, key: str = "", problem: str = "") -> str:
    """Whoever was sent a link chooses the account's password."""
    return _page(
        title="Choose your password",
        what="With it you sign in from now on.",
        action="/login/link",
        button="Save and sign in",
        key=key,
        problem=problem,
    )


def first_lead_page(*, key: str = "", name: str = "", problem: str = "") -> str:
    """Whoever started the server becomes the first lead."""
    return _page(
        title="The first lead",
        what="This home has no account yet. A lead adds the others, launches rounds and exports labels.",
        action="/login/first",
        button="Make the account and sign in",
        key=key,
        problem=problem,
        name=_NAME.substitute(name=html.escape(name)),
    )


def _page(*, title: str, what: str, action: str, button: str, key: str, problem: str, name: str = "") -> str:
    shown = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    form = _FORM.substitute(
        title=title,
        what=what,
        action=action,
        button=button,
        key=html.escape(key),
        problem=shown,
        name=name,
        focus="" if name else "autofocus",
        script=_SCRIPT,
        shortest=PASSWORD_LENGTH,
    )
    return plain_page(title, form)
