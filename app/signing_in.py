"""The login page, and slowing down whoever guesses passwords."""

import html
import time
import unicodedata
from dataclasses import dataclass, field
from string import Template
from threading import Lock

from app.plain_page import plain_page

FAILURES_ALLOWED = 5
WAIT_S = 60.0

_FORM = Template("""<h1>Pose labelling</h1>
<p class="what">Correct the keypoints that two networks disagree about.</p>
$problem
<form method="post" action="/login">
  <label for="name">Name</label>
  <input id="name" name="name" autocomplete="username" required $focus_name value="$name">
  <label for="password">Password</label>
  <input id="password" name="password" type="password" autocomplete="current-password" required $focus_password>
  <input type="hidden" name="next" value="$next">
  <button>Sign in</button>
</form>
<p class="hint">No account yet? Ask a lead to add one:
  <code>python -P -m app user add NAME --role annotator</code></p>""")


def login_page(*, name: str = "", next_page: str = "", problem: str = "") -> str:
    """The page, with what went wrong if something did. Every value is escaped; with a name, typing goes on below it."""
    focus = dict.fromkeys(("focus_name", "focus_password"), "")
    focus["focus_password" if name else "focus_name"] = "autofocus"
    shown = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    form = _FORM.substitute(focus, name=html.escape(name), next=html.escape(next_page), problem=shown)
    return plain_page("Sign in", form)


@dataclass
class Throttle:
    """After five wrong passwords for one name from one address, a minute's wait. Safe to share between threads."""

    _attempts: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, name: str, address: str) -> float:
        """Seconds to wait; 0 when they may try now, which is noted at once: many tries in parallel count too."""
        with self._lock:
            recent = self._recent(name, address)
            if len(recent) >= FAILURES_ALLOWED:
                return max(1.0, recent[0] + WAIT_S - time.monotonic())
            self._attempts[_who(name, address)] = [*recent, time.monotonic()]
            return 0.0

    def forget(self, name: str, address: str) -> None:
        """It was the right one."""
        with self._lock:
            self._attempts.pop(_who(name, address), None)

    def _recent(self, name: str, address: str) -> list[float]:
        """When they tried during the last minute; whoever did not is forgotten."""
        since = time.monotonic() - WAIT_S
        for key in [key for key, times in self._attempts.items() if times[-1] < since]:
            del self._attempts[key]
        return [moment for moment in self._attempts.get(_who(name, address), []) if moment >= since]


def _who(name: str, address: str) -> tuple[str, str]:
    """One account, however its name is typed."""
    return unicodedata.normalize("NFKC", name).strip().casefold(), address
