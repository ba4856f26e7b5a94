"""The log of a process, plain or as JSON, with what it was about: a request, a round, an image."""

import logging
import sys
from contextvars import ContextVar

from pythonjsonlogger.json import JsonFormatter

from app.home.settings import LogFormat

REQUEST: ContextVar[str | None] = ContextVar("request", default=None)
ROUND: ContextVar[int | None] = ContextVar("round", default=None)
IMAGE: ContextVar[int | None] = ContextVar("image", default=None)
ABOUT: dict[str, ContextVar[str | None] | ContextVar[int | None]] = {"request": REQUEST, "round": ROUND, "image": IMAGE}
_FIELDS = "{asctime}{levelname}{name}{message}"
_NAMES = {"asctime": "time", "levelname": "level", "name": "by"}


class About(logging.Filter):
    """Adds what the entry is about, where that is known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        for name, variable in ABOUT.items():
            if (value := variable.get()) is not None:
                setattr(record, name, value)
        return True


def set_up_logs(form: LogFormat) -> None:
    """With "json" everything from INFO on goes to stderr, one document a line; "plain" leaves the log as it is."""
    if form == "plain":
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(About())
    handler.setFormatter(JsonFormatter(_FIELDS, style="{", rename_fields=_NAMES))
    root = logging.getLogger()
    root.handlers, root.level = [handler], logging.INFO
    for name in ("httpx", "dbos", "alembic", "botocore", "aiobotocore", "s3fs"):
        logging.getLogger(name).setLevel(logging.WARNING)
