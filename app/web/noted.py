"""What leads change by a request gets a line in the audit log, once it was done."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from anyio import to_thread
from fastapi import Request

from app.web.asgi import App, Message, Receive, Scope, Send
from db.people import audit
from db.people.audit import Actor
from db.store.session import Store

NOTED: dict[str, str] = {
    r"/api/rounds": "round launched",
    r"/api/rounds/(\d+)/twin": "twin launched",
    r"/api/rounds/starts": "starts chosen",
    r"/api/rounds/(\d+)/story": "round changed",
    r"/api/prelabellings": "pre-labelling launched",
    r"/api/labels": "labels imported",
    r"/api/cameras/(\d+)/lens": "lens set",
    r"/api/validation": "validation people kept",
    r"/api/unlabelable": "unlabelable people changed",
    r"/api/simulation": "simulation changed",
    r"/api/review/rule": "review rule set",
    r"/api/findings": "labels checked",
    r"/api/findings/(\d+)/right": "label called right",
}
"""Unsafe requests and what the log calls them; what stands in the first brackets is what they are about."""
NOT_NOTED: dict[str, str] = {
    r"/api/(accept|skip|not-a-person|reopen|persons|finish|reopen-image)": "every revision of a label says whose it is",
    r"/api/review(/undo)?": "every review says whose it is",
    r"/api/(heartbeat|release)": "a lease is no change",
    r"/api/rounds/cost|/api/cameras/\d+/find": "they change nothing",
    r"/api/(account|team|probes|work|agreement|deletion|deleted)(/.*)?": "they write their own lines",
    r"/login(/link|/first)?|/logout": "signing in is not noted; links write their own lines",
    r"/(annotate|review|lead|cameras|sheet|team)/.*": "Gradio's events; the lead's form writes its own line",
}
"""Unsafe requests that get none, and why."""

DETAILS = "noted"
"""Where a route leaves what it did, in the request's state."""

log = logging.getLogger(__name__)


class Noted:
    """Passes requests on, and notes those that were carried out before their answer begins."""

    def __init__(self, app: App, *, store: Store) -> None:
        self._app, self._store = app, store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        found = what_is_noted(str(scope["path"])) if scope["type"] == "http" and scope["method"] == "POST" else None
        if found is None:
            await self._app(scope, receive, send)
            return
        action, about = found

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start" and (message["status"] < 300 or message["status"] >= 500):
                details = dict(scope["state"].get(DETAILS, {}))
                if message["status"] >= 500:  # a part of it may be done
                    details["failed"] = message["status"]
                actor = Actor.of(scope["state"]["session"])
                await to_thread.run_sync(lambda: write_line(self._store, actor, action, about, details))
            await send(message)

        await self._app(scope, receive, noting)


def say_more(request: Request, **details: Any) -> None:
    """What a route does, for its line in the log."""
    request.scope["state"][DETAILS] = details


def write_line(
    store: Store, actor: Actor, action: str, about: str = "", details: Mapping[str, Any] | None = None
) -> None:
    """For what is done already: that no line can be written of it is logged, and makes no failure of it."""
    try:
        with store.transaction() as tx:
            audit.note(tx, actor, action, about, details)
    except Exception:  # saying that it failed would have it done twice
        log.exception("'%s' %s by %s is done; the audit log could not be written.", action, about, actor.name)


def what_is_noted(path: str) -> tuple[str, str] | None:
    """What the log calls an unsafe request to this path, and what it is about; None where it gets no line."""
    for pattern, action in NOTED.items():
        found = re.fullmatch(pattern, path)
        if found:
            return action, found[1] if found.groups() else ""
    return None
