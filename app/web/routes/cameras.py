"""Cameras and their lens circles."""

from typing import Any

from fastapi import APIRouter

from app.cameras.finding import find_camera_lens
from app.cameras.lenses import shown_in
from app.cameras.shown import camera_json, circle_json, list_shown, save_lens, show
from app.contract.base import IdInAddress
from app.contract.cameras import LensMessage
from app.web.opened import OpenHome
from db.pool import images


def camera_routes(home: OpenHome) -> APIRouter:
    """What leads see, set and look for."""
    api = APIRouter()

    @api.get("/api/cameras")
    def list_cameras() -> dict[str, Any]:
        return {"cameras": [camera_json(shown) for shown in list_shown(home.store)]}

    @api.post("/api/cameras/{camera_id}/lens")
    def set_lens(camera_id: IdInAddress, message: LensMessage) -> dict[str, Any]:
        return {"camera": camera_json(save_lens(home.store, camera_id, message))}

    @api.post("/api/cameras/{camera_id}/find")
    def find(camera_id: IdInAddress) -> dict[str, Any]:
        """What the frames say, in the shown frame's pixels; nothing is stored."""
        with home.store.reading() as tx:
            camera, frames = show(tx, camera_id), images.list_images(tx, camera_id=camera_id)
        found = find_camera_lens(home.files, frames)
        if found is None or camera.frame is None:
            return {"found": None}
        circle = circle_json(shown_in(found, (camera.frame.width, camera.frame.height)))
        return {"found": {"lens": circle, "arc_degrees": found.arc_degrees}}

    return api
