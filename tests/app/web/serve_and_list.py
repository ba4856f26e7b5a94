"""The web server on a home and port, as a process of its own; it first prints the paths it answers, as JSON."""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import uvicorn

from app.home.settings import GRADIO_ENVIRONMENT, read_settings
from app.web.connections import server_options


def paths_below(routes: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """Every path, Gradio's and included routers' too."""
    for route in routes:
        path = prefix + getattr(route, "path", "")
        yield path or "/"
        inside = getattr(route, "original_router", route)
        yield from paths_below(getattr(inside, "routes", None) or [], path)


if __name__ == "__main__":
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    os.environ.update(GRADIO_ENVIRONMENT)  # read when Gradio is imported, which is in the next line
    settings = read_settings(home, {**os.environ, "SSPCM_PORT": str(port)})
    app = import_module("app.web.server").create_app(settings)
    print(json.dumps(sorted(set(paths_below(app.routes)))), flush=True)
    options = {**server_options(settings), "log_level": "critical", "timeout_graceful_shutdown": 1}
    uvicorn.run(app, **options)
