"""Image files, under addresses that never mean other bytes."""

from fastapi import APIRouter
from fastapi.responses import FileResponse

from app.contract.base import IdInAddress
from app.web.opened import OpenHome
from db.errors import NotFound
from db.pool import images


def image_routes(home: OpenHome) -> APIRouter:
    """What the editor and the pages show."""
    api = APIRouter()

    @api.api_route("/img/{image_id}/{sha256}", methods=["GET", "HEAD"])
    def image(image_id: IdInAddress, sha256: str) -> FileResponse:
        with home.store.reading() as tx:
            record = images.get_image(tx, image_id)
        if record.sha256 != sha256:
            raise NotFound(f"image {image_id} has other bytes than asked for. Load the task again.")
        try:
            path = home.files.path(sha256)
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error
        return FileResponse(path, headers={"cache-control": "private, max-age=31536000, immutable"})

    return api
