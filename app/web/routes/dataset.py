"""What is in the home: counts, labels that come in, labels that go out."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from anyio import to_thread
from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.dataset import exporting, labels_made_elsewhere
from app.home.home_command import home_command
from app.web.opened import OpenHome
from app.web.refusal_pages import refuse
from app.web.who import session_of
from db.errors import NotFound
from db.people.audit import Actor
from db.pool import counts


def dataset_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/counts")
    def count_pool() -> dict[str, int]:
        with home.store.reading() as tx:
            return dataclasses.asdict(counts.count(tx))

    @api.post("/api/labels")
    async def take_labels(request: Request, update: bool = False) -> Mapping[str, object]:
        """The body is a COCO file about images that are here; update: what it says otherwise is taken too."""
        with TemporaryDirectory(dir=home.settings.home, prefix=".labels-") as folder:
            path = Path(folder) / "the file"
            with path.open("xb") as file:
                async for chunk in request.stream():
                    await to_thread.run_sync(file.write, chunk)
            report = await to_thread.run_sync(
                lambda: labels_made_elsewhere.take_labels(home.store, path, update=update)
            )
        return labels_made_elsewhere.as_json(report)

    @api.get("/api/export")
    def export(request: Request, with_predictions: bool = False) -> Response:
        try:
            exported = exporting.export(home.store, with_predictions=with_predictions)
        except NotFound:
            command = home_command(home.settings.home, "import", "IMAGES_DIR")
            words = f"Nothing was imported into this home, so there are no labels to download. Import images: {command}"
            return refuse(request.scope, 404, "not_found", words, title="There are no labels yet")
        name = "labels-and-predictions.json" if with_predictions else "labels.json"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        content = json.dumps(exported.document).encode()
        sha256 = hashlib.sha256(content).hexdigest()
        exporting.record_export(home.store, exported, actor=Actor.of(session_of(request)), sha256=sha256)
        return Response(content, media_type="application/json", headers=headers)

    return api
