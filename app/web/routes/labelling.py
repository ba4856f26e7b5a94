"""What the editor calls: the next image, decisions, leases."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app.contract.base import VERSION, IdInAddress, Number
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
from app.labelling import decisions, tasks
from app.labelling.earlier_frames import previous
from app.pool.first_steps import FirstStep, empty_queue, first_step
from app.web.opened import OpenHome
from app.web.who import session_of, user_of
from db.errors import HeldEnough
from db.pool.project import project_uuid

ImageIds = Annotated[str, Query(pattern=r"^([0-9]{1,9}(,[0-9]{1,9})*)?$", max_length=1000)]


def labelling_routes(home: OpenHome) -> APIRouter:
    """What the editor calls. Sync handlers: they run in the thread pool and may wait for the home.store."""
    api = APIRouter()
    lease_s, most_held = home.settings.lease_s, home.settings.most_held

    @api.get("/api/session")
    def session(request: Request) -> dict[str, Any]:
        found = session_of(request)
        with home.store.reading() as tx:
            project = project_uuid(tx)
        user = {"name": found.user.name, "role": found.user.role}
        return {"user": user, "csrf": found.csrf, "version": VERSION, "project": project}

    @api.get("/api/next", response_model=None)
    def next_image(request: Request, exclude: ImageIds = "") -> TaskPayload | dict[str, Any]:
        passed = [int(part) for part in exclude.split(",") if part]
        try:
            task = tasks.next_task(home.store, user_of(request), exclude=passed, lease_s=lease_s, most_held=most_held)
        except HeldEnough as error:
            step = FirstStep("held_enough", "Enough images at hand", str(error))
            return {"task": None, "message": step.text, "step": step.to_json()}
        if task is not None:
            return task
        step = empty_queue(home.store, home.settings, user_of(request))
        return {"task": None, "message": step.text, "step": step.to_json()}

    @api.get("/api/first-step")
    def what_first(request: Request) -> dict[str, Any]:
        step = first_step(home.store, home.settings, user_of(request))
        return {"step": step.to_json() if step else None}

    @api.get("/api/images/{image_id}/task")
    def image_task(request: Request, image_id: IdInAddress, look: bool = False) -> TaskPayload:
        """look: only to be seen, whoever holds it; it is not held for whoever asks."""
        if look:
            return tasks.look_at(home.store, user_of(request), image_id, lease_s=lease_s)
        return tasks.open_image(home.store, user_of(request), image_id, lease_s=lease_s, most_held=most_held)

    @api.get("/api/images/{image_id}/previous")
    def previous_frame(image_id: IdInAddress) -> PreviousPayload:
        return previous(home.store, image_id)

    @api.get("/api/recent")
    def recent(request: Request, limit: Annotated[Number, Query(ge=1, le=50)] = 10) -> RecentPayload:
        return tasks.recent(home.store, user_of(request), limit=limit)

    @api.post("/api/accept")
    def accept(request: Request, message: AcceptMessage) -> SavedPayload:
        return decisions.accept(home.store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/skip")
    def skip(request: Request, message: SkipMessage) -> SavedPayload:
        return decisions.skip(home.store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/not-a-person")
    def not_a_person(request: Request, message: NotAPersonMessage) -> SavedPayload:
        return decisions.not_a_person(home.store, user_of(request), message, lease_s=lease_s)

    @api.post("/api/reopen")
    def reopen(request: Request, message: PersonMessage) -> SavedPayload:
        return decisions.reopen(home.store, user_of(request), message, lease_s=lease_s, most_held=most_held)

    @api.post("/api/persons")
    def add_person(request: Request, message: AddPersonMessage) -> dict[str, PersonPayload]:
        return {
            "person": decisions.add_person(home.store, user_of(request), message, lease_s=lease_s, most_held=most_held)
        }

    @api.post("/api/finish")
    def finish(request: Request, message: FinishMessage) -> dict[str, bool]:
        decisions.finish(home.store, user_of(request), message.image_id, message.key)
        return {"image_done": True}

    @api.post("/api/reopen-image")
    def reopen_image(request: Request, message: ReopenImageMessage) -> dict[str, bool]:
        decisions.reopen_image(
            home.store, user_of(request), message.image_id, message.key, lease_s=lease_s, most_held=most_held
        )
        return {"image_done": False}

    @api.post("/api/heartbeat")
    def heartbeat(request: Request, message: ImagesMessage) -> dict[str, list[int]]:
        return {
            "held": tasks.heartbeat(
                home.store, user_of(request), message.image_ids, lease_s=lease_s, most_held=most_held
            )
        }

    @api.post("/api/release")
    def release(request: Request, message: ImagesMessage) -> dict[str, list[int]]:
        return {"released": tasks.release(home.store, user_of(request), message.image_ids)}

    return api
