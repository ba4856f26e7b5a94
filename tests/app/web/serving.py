"""An application on a real port, in a thread of the test, with the server's own options."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import uvicorn

from app.home.settings import read_settings
from app.web.connections import Limits, server_options


@contextmanager
def serving(app: Any, limits: Limits | None = None, *, environ: dict[str, str] | None = None) -> Iterator[int]:
    """The port at which it answers."""
    settings = replace(read_settings(Path("home"), environ or {}), port=free_port())
    server = uvicorn.Server(uvicorn.Config(app, **server_options(settings, limits)))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    try:
        yield settings.port
    finally:
        server.should_exit = True
        thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
