"""What the editor calls: the next image, decisions, leases."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.contract.base import FirstStepPayload, IdInAddress, Number, SessionPayload, StepPayload, UserPayload
from app.contract.labelling import (
    AcceptMessage,
    AddedPayload,
    AddPersonMessage,
    EmptyQueuePayload,
    FinishMessage,
    HeldPayload,
    HistoryPayload,
    ImageDonePayload,
    ImagesMessage,
    NotAPersonMessage,
    PersonMessage,
    PreviousPayload,
    RecentPayload,
    ReleasedPayload,
    ReopenImageMessage,
    SavedPayload,
    SkipMessage,
    TaskPayload,
)
from app.labelling import decisions, tasks
from app.labelling.earlier_frames import previous
from app.labelling.history import history_of
from app.pool.first_steps import FirstStep, empty_queue, first_step
from app.web.opened import OpenHome
from app.web.who import session_of, user_of
from db.errors import HeldEnough
from db.people.audit import Actor
from db.pool.project import project_uuid

ImageIds = Annotated[str, Query(pattern=r"^([0-9]{1,9}(,[0-9]{1,9})*)?$", max_length=1000)]


def labelling_routes(home: OpenHome) -> APIRouter:
    """What the editor calls. Sync handlers: they run in the thread pool and may wait for the store."""
    api = APIRouter()
    lease_s, most_held = home.settings.lease_s, home.settings.most_held

    @api.get("/api/session")
    def session(request: Request) -> SessionPayload:
        found = session_of(request)
        with home.store.reading() as tx:
            project = project_uuid(tx)
        user = UserPayload(name=found.user.name, role=found.user.role)
        return SessionPayload(user=user, csrf=found.csrf, project=project)

    @api.get("/api/next")
    def next_image(request: Request, exclude: ImageIds = "") -> TaskPayload | EmptyQueuePayload:
        passed = [int(part) for part in exclude.split(",") if part]
        try:
            task = tasks.next_task(home.store, user_of(request), exclude=passed, lease_s=lease_s, most_held=most_held)
        except HeldEnough as error:
            return _empty(FirstStep("held_enough", "Enough images at hand", str(error)))
        if task is not None:
            return task
        return _empty(empty_queue(home.store, home.settings, user_of(request)))

    @api.get("/api/first-step")
    def what_first(request: Request) -> FirstStepPayload:
        step = first_step(home.store, home.settings, user_of(request))
        return FirstStepPayload(step=StepPayload.model_validate(step.to_json()) if step else None)

    @api.get("/api/images/{image_id}/task")
    def image_task(request: Request, image_id: IdInAddress, look: bool = False) -> TaskPayload:
        """look: only to be seen, whoever holds it; it is not held for whoever asks. A token that reads only looks."""
        if look or session_of(request).scope == "read":
            return tasks.look_at(home.store, user_of(request), image_id, lease_s=lease_s)
        return tasks.open_image(home.store, user_of(request), image_id, lease_s=lease_s, most_held=most_held)

    @api.get("/api/images/{image_id}/previous")
    def previous_frame(request: Request, image_id: IdInAddress) -> PreviousPayload:
        return previous(home.store, user_of(request), image_id)

    @api.get("/api/recent")
    def recent(request: Request, limit: Annotated[Number, Query(ge=1, le=50)] = 10) -> RecentPayload:
        return tasks.recent(home.store, user_of(request), limit=limit)

    @api.get("/api/persons/{person_id}/history")
    def history(request: Request, person_id: IdInAddress) -> HistoryPayload:
        return history_of(home.store, user_of(request), person_id)

    @api.post("/api/accept")
    def accept(request: Request, message: AcceptMessage) -> SavedPayload:
        actor = Actor.of(session_of(request))
        return decisions.accept(home.store, user_of(request), message, lease_s=lease_s, actor=actor)

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
    def add_person(request: Request, message: AddPersonMessage) -> AddedPayload:
        return AddedPayload(
            person=decisions.add_person(home.store, user_of(request), message, lease_s=lease_s, most_held=most_held)
        )

    @api.post("/api/finish")
    def finish(request: Request, message: FinishMessage) -> ImageDonePayload:
        decisions.finish(home.store, user_of(request), message.image_id, message.key)
        return ImageDonePayload(image_done=True)

    @api.post("/api/reopen-image")
    def reopen_image(request: Request, message: ReopenImageMessage) -> ImageDonePayload:
        decisions.reopen_image(
            home.store, user_of(request), message.image_id, message.key, lease_s=lease_s, most_held=most_held
        )
        return ImageDonePayload(image_done=False)

    @api.post("/api/heartbeat")
    def heartbeat(request: Request, message: ImagesMessage) -> HeldPayload:
        return HeldPayload(
            held=tasks.heartbeat(home.store, user_of(request), message.image_ids, lease_s=lease_s, most_held=most_held)
        )

    @api.post("/api/release")
    def release(request: Request, message: ImagesMessage) -> ReleasedPayload:
        return ReleasedPayload(released=tasks.release(home.store, user_of(request), message.image_ids))

    return api


def _empty(step: FirstStep) -> EmptyQueuePayload:
    """No image now: why, and what can be done."""
    return EmptyQueuePayload(message=step.text, step=StepPayload.model_validate(step.to_json()))
