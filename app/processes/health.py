"""Whether the web server or the worker of this machine is well: what a container's health check asks."""

import socket

from app.home.settings import Settings
from app.processes.supervisor import url, web_answers
from app.processes.worker_state import GONE_AFTER_S
from db.rounds.host_signs import seconds_since_sign
from db.store.session import open_store


class NotWell(RuntimeError):
    """What should run does not; the message says what is known."""


def require_well(service: str, settings: Settings) -> str:
    """In words, how well `service` is, "web" or "worker". Raises NotWell, or what the store raises when it is away."""
    return _web(settings) if service == "web" else _worker(settings)


def _web(settings: Settings) -> str:
    if not web_answers(settings):
        raise NotWell(f"{url(settings)}/healthz gives no 200; wanted a web server there. Its log says why.")
    return "The web server answers."


def _worker(settings: Settings) -> str:
    host = socket.gethostname()
    store = open_store(settings.database_url)
    try:
        with store.reading() as tx:
            seconds = seconds_since_sign(tx, host)
    finally:
        store.close()
    if seconds is None or seconds > GONE_AFTER_S:
        if seconds is None:
            raise NotWell(f"no worker runs on {host}; wanted one here. Start it, or see in its log why it ended.")
        raise NotWell(
            f"the worker gave its last sign {seconds:.0f} s ago on {host}; wanted one every 10 s. Its log says why."
        )
    return f"The worker gave a sign {seconds:.0f} s ago."
