"""What a browser keeps while it is at the provider: nobody else can finish its sign-in, nor it another's."""

import hashlib
import hmac
import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass

KEPT_S = 600
"""How long somebody may take at the provider."""


@dataclass(frozen=True)
class Waiting:
    """A sign-in that began here. next: the page that was asked for."""

    state: str
    nonce: str
    verifier: str
    next: str


class OidcCookie:
    """Seals and opens it. secret: the home's."""

    def __init__(self, secret: bytes, *, prefix: str = "", clock: Callable[[], float] = time.time) -> None:
        self.name = f"{prefix}oidc"
        self._secret, self._clock = secret, clock

    def seal(self, waiting: Waiting) -> str:
        """The cookie's value."""
        content = urlsafe_b64encode(json.dumps([int(self._clock()), asdict(waiting)]).encode()).decode()
        return f"{content}.{self._sign(content)}"

    def open(self, value: str, *, state: str) -> Waiting | None:
        """What was sealed here, a moment ago, for this state; else None."""
        content, _, signature = value.partition(".")
        if not hmac.compare_digest(signature.encode(), self._sign(content).encode()):
            return None
        began, waiting = json.loads(urlsafe_b64decode(content))
        found = Waiting(**waiting)
        in_time = 0 <= self._clock() - began <= KEPT_S
        return found if in_time and hmac.compare_digest(found.state.encode(), state.encode()) else None

    def _sign(self, content: str) -> str:
        return hmac.new(self._secret, f"oidc {content}".encode(), hashlib.sha256).hexdigest()
