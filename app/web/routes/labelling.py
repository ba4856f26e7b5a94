"""The routes that are not Gradio's: the editor's hot path, images, rounds and export for leads."""

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response

from app.cameras.finding import find_camera_lens
from app.cameras.lenses import shown_in
from app.cameras.shown import camera_json, circle_json, list_shown, save_lens, show
from app.contract.base import VERSION, IdInAddress, Number
from app.contract.cameras import LensMessage
from app.contract.labelling import (
    AcceptMessage,
    AddPersonMessage,
    FinishMessage,
    ImagesMessage,
    NotAPersonMessage,
    PersonMessage,
    PersonPayload,
    PreviousPayload,
    RecentPayload,
    ReopenImageMessage,
    SavedPayload,
    SkipMessage,
    TaskPayload,
)
from app.contract.rounds import LaunchMessage, for_browsers, prelabelling_json, round_json
from app.dataset import labels_made_elsewhere
from app.dataset.exporting import export_coco
from app.home.home_command import home_command
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles, network_name
from app.home.settings import Settings
from app.labelling import decisions, tasks
from app.labelling.earlier_frames import previous
from app.pool.first_steps import FirstStep, empty_queue, first_step
from app.pool.launching import launch_prelabelling
from app.processes.job_engine import Engine
from app.processes.worker_state import worker_json, worker_state
from app.rounds.launching import launch_from_page
from app.rounds.usual_settings import begin_from
from app.web.refusal_pages import refuse
from db.errors import HeldEnough, NotFound
from db.pool import images
from db.pool.project import project_uuid
from db.records import SessionRecord, UserRecord
from db.rounds import prelabellings, rounds
from db.store.session import Store
from sspcm.config import merge

ImageIds = Annotated[str, Query(pattern=r"^([0-9]{1,9}(,[0-9]{1,9})*)?$", max_length=1000)]
ModelName = Annotated[str, Query(min_length=1, max_length=300)]


def session_of(request: Request) -> SessionRecord:
    """The session that the guard found; routes behind the guard always have one."""
    session: SessionRecord = request.scope["state"]["session"]
    return session


def user_of(request: Request) -> UserRecord:
    """Who is asking."""
    return session_of(request).user


def annotator_routes(store: Store, files: ImageFiles, settings: Settings) -> APIRouter:
    """What the editor calls. Sync handlers: they run in the thread pool and may wait for the store."""
    api = APIRouter()
    lease_s, most_held = settings.lease_s, settings.most_held

    @api.get("/api/session")
    def session(request: Request) -> dict[str, Any]:
        found = session_of(request)
        with store.reading() as tx:
            project = project_uuid(tx)
        user = {"name": found.user.name, "role": found.user.role}
        return {"user": user, "csrf": found.csrf, "version": VERSION, "project": project}

    @api.get("/api/next", response_model=None)
    def next_image(request: Request, exclude: ImageIds = "") -> TaskPayload | dict[str, Any]:
        passed = [int(part) for part in exclude.split(",") if part]
        try:
            task = tasks.next_task(store, user_of(request), exclude=passed, lease_s=lease_s, most_held=most_held)
        except HeldEnough as error:
            step = FirstStep("held_enough", "Enough images at hand", str(error))
            return {"task": None, "message": step.text, "step": step.to_json()}
        if task is not None:
            return task
        step = empty_queue(store, settings, user_of(request))
        return {"task": None, "message": step.text, "step": step.to_json()}

    @api.get("/api/first-step")
    def what_first(request: Request) -> dict[str, Any]:
        step = first_step(store, settings, user_of(request))
        return {"step": step.to_json() if step else None}

    @api.get("/api/images/{image_id}/task")
    def image_task(request: Request, image_id: IdInAddress, look: bool = False) -> TaskPayload:
        """look: only to be seen, whoever holds it; it is not held for whoever asks."""
        if look:
            return tasks.look_at(store, user_of(request), image_id, lease_s=lease_s)
        return tasks.open_image(store, user_of(request), image_id, lease_s=lease_s, most_held=most_held)

    @api.get("/api/images/{image_id}/previous")
    def previous_frame(image_id: IdInAddress) -> PreviousPayload:
        return previous(store, image_id)

    @api.get("/api/recent")
    def recent(request: Request, limit: Annotated[Number, Query(ge=1, le=50)] = 10) -> RecentPayload:
        return tasks.recent(store, user_of(request), limit=limit)

    @api.post("/api/accept")
    def accept(request: Request, message: AcceptMessage) -> SavedPayload:
        return decisions.accept(store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/skip")
    def skip(request: Request, message: SkipMessage) -> SavedPayload:
        return decisions.skip(store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/not-a-person")
    def not_a_person(request: Request, message: NotAPersonMessage) -> SavedPayload:
        return decisions.not_a_person(store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/reopen")
    def reopen(request: Request, message: PersonMessage) -> SavedPayload:
        return decisions.reopen(store, user_of(request), message, lease_s=lease_s, most_held=most_held)

    @api.post("/api/persons")
    def add_person(request: Request, message: AddPersonMessage) -> dict[str, PersonPayload]:
        return {"person": decisions.add_person(store, user_of(request), message, lease_s=lease_s, most_held=most_held)}

    @api.post("/api/finish")
    def finish(request: Request, message: FinishMessage) -> dict[str, bool]:
        decisions.finish(store, user_of(request), message.image_id, message.key)
        return {"image_done": True}

    @api.post("/api/reopen-image")
    def reopen_image(request: Request, message: ReopenImageMessage) -> dict[str, bool]:
        decisions.reopen_image(
            store, user_of(request), message.image_id, message.key, lease_s=lease_s, most_held=most_held
        )
        return {"image_done": False}

    @api.post("/api/heartbeat")
    def heartbeat(request: Request, message: ImagesMessage) -> dict[str, list[int]]:
        return {
            "held": tasks.heartbeat(store, user_of(request), message.image_ids, lease_s=lease_s, most_held=most_held)
        }

    @api.post("/api/release")
    def release(request: Request, message: ImagesMessage) -> dict[str, list[int]]:
        return {"released": tasks.release(store, user_of(request), message.image_ids)}

    @api.api_route("/img/{image_id}/{sha256}", methods=["GET", "HEAD"])
    def image(image_id: IdInAddress, sha256: str) -> FileResponse:
        with store.reading() as tx:
            record = images.get_image(tx, image_id)
        if record.sha256 != sha256:
            raise NotFound(f"image {image_id} has other bytes than asked for. Load the task again.")
        try:
            path = files.path(sha256)
        except FileNotFoundError as error:
            raise NotFound(str(error)) from error
        return FileResponse(path, headers={"cache-control": "private, max-age=31536000, immutable"})

    return api


def lead_routes(store: Store, engine: Engine, files: ImageFiles, models: ModelFiles, settings: Settings) -> APIRouter:
    """What leads' scripts and pages call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/worker")
    def worker() -> dict[str, Any]:
        return worker_json(worker_state(store, settings))

    @api.get("/api/counts")
    def counts() -> dict[str, int]:
        with store.reading() as tx:
            return dataclasses.asdict(images.count(tx))

    @api.post("/api/rounds", status_code=201)
    def launch(request: Request, message: LaunchMessage) -> dict[str, Any]:
        config = merge(begin_from(store, message.preset).config, message.config)
        return for_browsers(round_json(launch_from_page(store, engine, config=config, user=user_of(request))))

    @api.get("/api/rounds")
    def list_rounds() -> dict[str, Any]:
        with store.reading() as tx:
            return {"rounds": [for_browsers(round_json(record)) for record in rounds.latest(tx, 1000)]}

    @api.get("/api/rounds/{number}")
    def show_round(number: IdInAddress) -> dict[str, Any]:
        with store.reading() as tx:
            return for_browsers(round_json(rounds.get(tx, number)))

    @api.get("/api/rounds/{number}/labels")
    def show_labels(number: IdInAddress) -> list[dict[str, Any]]:
        with store.reading() as tx:
            return [dataclasses.asdict(person) for person in rounds.frozen(tx, rounds.get(tx, number).id)]

    @api.post("/api/prelabellings", status_code=201)
    async def prelabel(request: Request, name: ModelName) -> dict[str, Any]:
        """The body is the model's file: streamed, never held in memory, kept under its hash, opened by the worker."""
        model = network_name(name)
        sha256 = await models.put(request.stream(), name=model)
        user = user_of(request)
        launched = await to_thread.run_sync(
            lambda: launch_prelabelling(store, engine, model=model, sha256=sha256, user=user)
        )
        return prelabelling_json(launched)

    @api.get("/api/prelabellings/latest")
    def latest_prelabelling() -> dict[str, Any]:
        with store.reading() as tx:
            newest = prelabellings.latest(tx)
        return {"prelabelling": for_browsers(prelabelling_json(newest)) if newest else None}

    @api.post("/api/labels")
    async def take_labels(request: Request, update: bool = False) -> Mapping[str, object]:
        """The body is a COCO file about images that are here; update: what it says otherwise is taken too."""
        with TemporaryDirectory(dir=settings.home, prefix=".labels-") as folder:
            path = Path(folder) / "the file"
            with path.open("xb") as file:
                async for chunk in request.stream():
                    await to_thread.run_sync(file.write, chunk)
            report = await to_thread.run_sync(lambda: labels_made_elsewhere.take_labels(store, path, update=update))
        return labels_made_elsewhere.as_json(report)

    @api.get("/api/cameras")
    def list_cameras() -> dict[str, Any]:
        return {"cameras": [camera_json(shown) for shown in list_shown(store)]}

    @api.post("/api/cameras/{camera_id}/lens")
    def set_lens(camera_id: IdInAddress, message: LensMessage) -> dict[str, Any]:
        return {"camera": camera_json(save_lens(store, camera_id, message))}

    @api.post("/api/cameras/{camera_id}/find")
    def find(camera_id: IdInAddress) -> dict[str, Any]:
        """What the frames say, in the shown frame's pixels; nothing is stored."""
        with store.reading() as tx:
            camera, frames = show(tx, camera_id), images.list_images(tx, camera_id=camera_id)
        found = find_camera_lens(files, frames)
        if found is None or camera.frame is None:
            return {"found": None}
        circle = circle_json(shown_in(found, (camera.frame.width, camera.frame.height)))
        return {"found": {"lens": circle, "arc_degrees": found.arc_degrees}}

    @api.get("/api/export")
    def export(request: Request, with_predictions: bool = False) -> Response:
        try:
            document = export_coco(store, with_predictions=with_predictions)
        except NotFound:
            command = home_command(settings.home, "import", "IMAGES_DIR")
            words = f"Nothing was imported into this home, so there are no labels to download. Import images: {command}"
            return refuse(request.scope, 404, "not_found", words, title="There are no labels yet")
        name = "labels-and-predictions.json" if with_predictions else "labels.json"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return Response(json.dumps(document), media_type="application/json", headers=headers)

    return api
