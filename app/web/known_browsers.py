"""Browsers that have signed in as somebody before, told from strangers by a cookie that only this home can make.

It opens nothing: it gives its browser an account of wrong passwords of its own (OWASP calls it a device cookie).
"""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Mapping
from pathlib import Path

from sspcm.whole_files import OWNER_ALONE, write_atomically

FILE = "secret.json"
KEPT_S = 180 * 24 * 3600
"""How long a browser stays known after it last signed in."""

log = logging.getLogger(__name__)


class KnownBrowsers:
    """Makes and reads the cookies. `secret`: the home's; whoever has it can make them."""

    def __init__(self, secret: bytes, *, prefix: str = "") -> None:
        self._secret = secret
        self._prefix = prefix

    def cookie_name(self, account: str) -> str:
        """One for each account that signs in at a shared machine; it does not tell the account's name."""
        return f"{self._prefix}known-{self._sign('name', account)[:16]}"

    def browser_of(self, cookies: Mapping[str, str], account: str) -> str | None:
        """Which known browser brings these cookies, for this account; None for a stranger."""
        browser, _, signature = cookies.get(self.cookie_name(account), "").partition(".")
        # in a time that tells nothing of it
        genuine = hmac.compare_digest(signature.encode(), self._sign("browser", account, browser).encode())
        return browser if genuine and browser else None

    def cookie_for(self, account: str, browser: str | None) -> str:
        """The cookie's value: of the same browser, or of one that becomes known now."""
        known = browser or secrets.token_hex(16)
        return f"{known}.{self._sign('browser', account, known)}"

    def _sign(self, *parts: str) -> str:
        # JSON: ("a", "bc") and ("ab", "c") differ
        return hmac.new(self._secret, json.dumps(parts).encode(), hashlib.sha256).hexdigest()


def server_secret(home: Path) -> bytes:
    """The home's secret, made when there is none. Where it cannot be kept, one until the server ends."""
    path = home / FILE
    try:
        if not path.exists():
            made = json.dumps({"secret": secrets.token_hex(32)})
            write_atomically(path, made.encode(), mode=OWNER_ALONE)
        return bytes.fromhex(json.loads(path.read_bytes())["secret"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        log.warning("%s cannot be read or made (%s): browsers are known only until the server ends.", path, error)
        return secrets.token_bytes(32)
