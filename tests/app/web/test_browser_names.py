"""Browsers by the names that people know them by."""

import pytest

from app.web.browser_names import browser_named


@pytest.mark.parametrize(("user_agent", "name"), [
    ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"),
    ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/125.0 Safari/537.36 Edg/125.0", "Edge on Windows"),
    ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari on iPhone"),
    ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/125.0 Mobile Safari/537.36", "Chrome on Android"),
    ("python-httpx/0.28", ""),
    ("", ""),
])  # fmt: skip
def test_a_browser_is_named_as_people_know_it(user_agent: str, name: str) -> None:
    assert browser_named(user_agent) == name
