"""The login page, and slowing down whoever guesses passwords."""

import html
import time
from collections import defaultdict
from dataclasses import dataclass, field
from string import Template

FAILURES_ALLOWED = 5
WAIT_S = 60.0

_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sign in</title><link rel="stylesheet" href="/assets/login/login.css">
</head>
<body>
<main>
  <h1>Pose labelling</h1>
  <p class="what">Correct the keypoints that two networks disagree about.</p>
  $problem
  <form method="post" action="/login">
    <label for="name">Name</label>
    <input id="name" name="name" autocomplete="username" required autofocus value="$name">
    <label for="password">Password</label>
    <input id="password" name="password" type="password" autocomplete="current-password" required>
    <input type="hidden" name="next" value="$next">
    <button>Sign in</button>
  </form>
  <p class="hint">No account yet? A lead adds one: <code>python -P -m app user add NAME --role annotator</code></p>
</main>
</body>
</html>""")


def login_page(*, name: str = "", next_page: str = "", problem: str = "") -> str:
    """The page, with what went wrong if something did. Every value is escaped."""
    shown = f'<p class="problem" role="alert">{html.escape(problem)}</p>' if problem else ""
    return _PAGE.substitute(name=html.escape(name), next=html.escape(next_page), problem=shown)


@dataclass
class Throttle:
    """After five wrong passwords for one name from one address, a minute's wait."""

    _failures: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))

    def seconds_to_wait(self, name: str, address: str) -> float:
        """0 when they may try now."""
        recent = self._recent(name, address)
        return max(0.0, recent[0] + WAIT_S - time.monotonic()) if len(recent) >= FAILURES_ALLOWED else 0.0

    def note_failure(self, name: str, address: str) -> None:
        """A wrong password."""
        self._recent(name, address).append(time.monotonic())

    def forget(self, name: str, address: str) -> None:
        """A right one."""
        self._failures.pop((name.casefold(), address), None)

    def _recent(self, name: str, address: str) -> list[float]:
        since = time.monotonic() - WAIT_S
        for key in [key for key, times in self._failures.items() if not times or times[-1] < since]:
            del self._failures[key]
        times = self._failures[name.casefold(), address]
        times[:] = [t for t in times if t >= since]
        return times
