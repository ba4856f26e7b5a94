"""A stand-in for the server's side of the editor's contract: everything in memory, with faults on demand.

What it takes and what it answers passes the models of app/contract, so that it says nothing the server would not.
It lets the editor be tried and tested alone. By hand: `python tests/browser/editor_server.py [--data COCO_FOLDER]`,
where the folder holds `annotations.json` and `images/`.
"""

import argparse
import asyncio
import json
import math
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ValidationError

from app.contract import base, labelling, review
from sspcm.skeletons.skeleton import BUILT_IN, Skeleton

STATIC = Path(__file__).parents[2] / "static"
EMPTY = {
    "code": "all_done",
    "title": "Nothing left to do",
    "text": "Every image is labelled. New ones come with a lead's next import.",
    "command": None,
    "link": None,
}
"""What the server says where the queue is empty."""
HELD_S = 30.0
"""How long a request is held at most that is told to wait."""
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Editor</title><link rel="icon" href="data:,">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="host">body{margin:0;font:14px system-ui;background:Canvas;color:CanvasText;color-scheme:light dark}
header{padding:10px 16px}h1{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}</style>
<header>A page around the editor <input aria-label="Search" placeholder="Search"></header>
<main><h1>Annotate</h1><pose-editor></pose-editor></main>
<script type="module" src="/assets/editor/editor.js"></script></html>"""

MESSAGES: dict[str, type[base.Message]] = {
    "accept": labelling.AcceptMessage,
    "skip": labelling.SkipMessage,
    "not-a-person": labelling.NotAPersonMessage,
    "reopen": labelling.PersonMessage,
    "persons": labelling.AddPersonMessage,
    "finish": labelling.FinishMessage,
    "reopen-image": labelling.ReopenImageMessage,
    "heartbeat": labelling.ImagesMessage,
    "release": labelling.ImagesMessage,
}
"""What the editor sends, by the last part of the address."""

# A standing person in a unit box, COCO-17 order.
STANDING = np.array([
    (.50, .08), (.53, .06), (.47, .06), (.57, .08), (.43, .08), (.66, .22), (.34, .22), (.76, .38), (.24, .38),
    (.80, .54), (.20, .54), (.60, .54), (.40, .54), (.61, .76), (.39, .76), (.62, .97), (.38, .97),
])  # fmt: skip


@dataclass
class FakePerson:
    """One person as the stand-in knows them."""

    id: int
    box: dict[str, float]
    start: list[list[float]]
    origin: str = "student"
    ghosts: dict[str, list[list[float]]] = field(default_factory=dict)
    flags: list[dict[str, Any]] = field(default_factory=list)
    score: float | None = None
    state: str = "open"
    revision: int = 0
    label: list[list[float]] | None = None
    skip_reason: str | None = None
    keypoint_scores: list[float] | None = None
    history: list[dict[str, Any]] = field(default_factory=list)
    """What was decided, the newest first."""

    def remember(self, action: str, body: dict[str, Any], by: str) -> None:
        """A decision, as the history tells it."""
        labels = [entry["label"] for entry in self.history if entry["label"]]
        label = None
        if action == "accept":
            for earlier in labels:
                earlier["counts"] = False
            began = f"label {body['began_revision']}" if body.get("began_revision") else "the prediction of dots"
            moved = [
                {"keypoint": k, "touched": True, "px": 12.5, "sigmas": 2.1}
                for k, is_touched in enumerate(body["touched"])
                if is_touched
            ]
            label = {
                "revision": len(labels) + 1, "xyv": body["xyv"], "began": began, "started_from": 7, "moved": moved,
                "counts": True,
            }  # fmt: skip
        words = {"skip": "skipped", "not-a-person": "said to be nobody", "reopen": "opened again"}
        what = f"label {len(labels) + 1}" if label else words[action]
        at = datetime.now(UTC).isoformat()
        self.history.insert(0, {"at": at, "by": by, "what": what, "seconds": body.get("seconds"), "label": label})

    def to_json(self) -> dict[str, Any]:
        """The contract's Person."""
        begun = _start_json(self.start, self.origin)
        revision = sum(entry["label"] is not None for entry in self.history) or None
        labelled = [] if self.label is None else [_start_json(self.label, "label") | {"revision": revision}]
        starts = labelled + ([] if self.origin == "empty" else [begun])
        return {
            "id": self.id, "revision": self.revision, "state": self.state, "box": self.box, "score": self.score,
            "flags": self.flags, "keypoint_scores": self.keypoint_scores, "skip_reason": self.skip_reason,
            "start": [*starts, begun][0], "starts": starts, "ghosts": self.ghosts,
        }  # fmt: skip


def _start_json(xyv: list[list[float]], origin: str) -> dict[str, Any]:
    prediction_id = None if origin == "empty" else 7
    return {"xyv": xyv, "from": origin, "prediction_id": prediction_id, "model": "dots" if origin == "model" else None}


@dataclass
class FakeImage:
    """One image, its bytes and its persons."""

    id: int
    content: bytes
    width: int
    height: int
    file_name: str
    persons: list[FakePerson]
    done: bool = False


@dataclass
class World:
    """All the stand-in knows, and the faults it is told to show."""

    images: dict[int, FakeImage]
    skeleton: Skeleton = field(default_factory=lambda: BUILT_IN["coco-17"])
    log: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked_next: list[str] = field(default_factory=list)
    refusals: list[tuple[int, str, str]] = field(default_factory=list)
    swallow_answers: int = 0
    down: bool = False
    signed_out: bool = False
    lens: dict[str, float] | None = None
    lease_s: float = 120
    next_waits_s: float = 0
    save_waits_s: float = 0
    lets_next: int = 10**6
    """How many requests for the next image are answered; the later ones wait until it is more."""
    holds_saves: bool = False
    """Whether saves wait until it is not so any more."""
    lost: set[int] = field(default_factory=set)
    """The images that bob holds."""
    looks: int = 0
    """How often it was asked whether an image is free, without taking it."""
    broken: list[Exception] = field(default_factory=list)
    """What broke the contract, from either side."""
    beats: list[list[int]] = field(default_factory=list)
    previous: dict[str, Any] | None = None
    decided_at: dict[int, str] = field(default_factory=dict)
    project: str = "drawn"
    sent_back: dict[int, str] = field(default_factory=dict)
    """Persons sent back, with the reviewer's words."""
    own_reviews: list[dict[str, Any]] = field(default_factory=list)
    """What came back of the annotator's labels, or was corrected."""

    @property
    def persons(self) -> dict[int, FakePerson]:
        """Every person by id."""
        return {person.id: person for image in self.images.values() for person in image.persons}

    def saves(self, path: str) -> list[dict[str, Any]]:
        """The bodies that were sent to a path, in order."""
        return [body for sent, body in self.log if sent == path]

    def next_task(self, exclude: set[int]) -> dict[str, Any]:
        """The first open image that is not excluded, as the contract's Task."""
        waiting = [image for image in self.images.values() if not image.done and image.id not in exclude]
        if not waiting:
            return {"task": None, "message": EMPTY["text"], "step": EMPTY}
        return self.task(waiting[0])

    def task(self, image: FakeImage) -> dict[str, Any]:
        """An image as the contract's Task."""
        shown = {"id": image.id, "url": f"/img/{image.id}/{sha256(image.content).hexdigest()}", "width": image.width,
                 "height": image.height, "file_name": image.file_name, "camera": "hall"}  # fmt: skip
        remaining = sum(not one.done for one in self.images.values())
        persons = [
            person.to_json() | {"review": self._said_of(person)}
            for person in image.persons
            if person.skip_reason != "withdrawn"
        ]
        return {
            "version": 1, "image": shown, "skeleton": base.SkeletonPayload.of(self.skeleton).model_dump(),
            "lease_s": self.lease_s, "lens": self.lens, "round": 1, "persons": persons, "remaining": remaining,
            "sent_back": self.waiting_back(), "held_by": None, "read_only": None,
        }  # fmt: skip

    def _said_of(self, person: FakePerson) -> dict[str, Any] | None:
        if person.id not in self.sent_back:
            return None
        return {
            "reviewer": "rita",
            "comment": self.sent_back[person.id],
            "is_corrected": False,
            "at": "2026-11-01T10:00:00Z",
        }

    def waiting_back(self) -> list[dict[str, int]]:
        """Those whom a reviewer sent back, and who are open."""
        return [
            {"image_id": image.id, "person_id": person.id}
            for image in self.images.values()
            for person in image.persons
            if person.id in self.sent_back and person.state == "open"
        ]

    def decide(self, action: str, body: dict[str, Any], by: str = "ann") -> dict[str, Any]:
        """Apply a decision once a key. Raises KeyError for an unknown person, ValueError for a stale revision."""
        if body["key"] in self.answers:
            return self.answers[body["key"]] | {"repeated": True}
        person = self.persons[body["person_id"]]
        if person.revision != body["revision"]:
            raise ValueError(f"person {person.id} is at revision {person.revision}; {body['revision']} was sent.")
        person.state = {"accept": "accepted", "skip": "skipped", "not-a-person": "not_a_person", "reopen": "open"}[
            action
        ]
        person.revision += 1
        person.remember(action, body, by)
        person.label = body.get("xyv", person.label)
        person.box = body.get("box") or person.box
        person.skip_reason = "withdrawn" if body.get("withdrawn") else body.get("reason")
        image = next(image for image in self.images.values() if person in image.persons)
        image.done = all(one.state != "open" for one in image.persons)
        self.note(image.id)
        made = sum(entry["label"] is not None for entry in person.history) or None
        about = {"id": person.id, "revision": person.revision, "state": person.state, "label_revision": made}
        self.answers[body["key"]] = {"person": about, "image_done": image.done, "repeated": False}
        return self.answers[body["key"]]

    def add_person(self, body: dict[str, Any]) -> dict[str, Any]:
        """Add a person with an empty pose, once a key."""
        if body["key"] not in self.answers:
            empty = [[0.0, 0.0, 0]] * len(self.skeleton)
            person = FakePerson(1 + max(self.persons, default=0), body["box"], empty, origin="empty")
            self.images[body["image_id"]].persons.append(person)
            self.note(body["image_id"])
            self.answers[body["key"]] = {"person": person.to_json()}
        return self.answers[body["key"]]

    def mark(self, image_id: int, *, done: bool) -> dict[str, Any]:
        """Finish or reopen an image. Raises ValueError for one to finish where somebody is open."""
        open_persons = sum(one.state == "open" for one in self.images[image_id].persons)
        if done and open_persons:
            raise ValueError(f"{open_persons} still open in image {image_id}; wanted every person decided.")
        self.images[image_id].done = done
        self.note(image_id)
        return {"image_done": done}

    def note(self, image_id: int) -> None:
        """Something was decided in this image now: it is the newest of the recent ones."""
        self.decided_at.pop(image_id, None)
        self.decided_at[image_id] = datetime.now(UTC).isoformat()

    def recent(self, limit: int) -> list[dict[str, Any]]:
        """The images in which something was decided, newest first."""
        newest = list(reversed(self.decided_at.items()))[:limit]
        return [
            {"id": image_id, "file_name": self.images[image_id].file_name, "camera": "hall",
             "is_open": not self.images[image_id].done, "decided_at": at}
            for image_id, at in newest
        ]  # fmt: skip


def answered(model: type[BaseModel], document: dict[str, Any]) -> Response:
    """The document as an answer. Raises ValidationError where the contract knows no such answer."""
    said = model.model_validate_json(json.dumps(document), by_alias=True, by_name=False, extra="forbid")
    return Response(said.model_dump_json(by_alias=True), media_type="application/json")


def create_editor_app(world: World) -> FastAPI:
    """The contract over `world`, the editor's files, and a page that holds the editor."""
    app = FastAPI()
    app.mount("/assets", StaticFiles(directory=STATIC))

    @app.middleware("http")
    async def faults(request: Request, call_next: Any) -> Response:
        """Show the faults that were asked for before anything is done."""
        if world.down and request.url.path.startswith(("/api", "/img")):
            return _refuse(503, "down", "The server is being restarted.")
        if world.signed_out and request.url.path.startswith("/api"):
            return _refuse(401, "signed_out", "Your session has ended.")
        answer: Response = await call_next(request)
        return answer

    @app.exception_handler(ValidationError)
    async def breaks_the_contract(request: Request, error: ValidationError) -> Response:
        world.broken.append(error)
        return _refuse(500, "broken", f"{request.url.path} broke the contract: {error}")

    @app.get("/")
    def page() -> HTMLResponse:
        policy = "default-src 'self'; style-src 'self' 'nonce-host'; img-src 'self' data:"
        return HTMLResponse(PAGE, headers={"Content-Security-Policy": policy})

    @app.get("/api/session")
    def session() -> Response:
        user = {"name": "ann", "role": "annotator"}
        known = {"user": user, "csrf": "token", "version": base.VERSION, "project": world.project}
        return answered(base.SessionPayload, known)

    @app.get("/api/next")
    def next_task(exclude: str = "") -> Response:
        world.asked_next.append(exclude)
        turn, until = len(world.asked_next), time.monotonic() + HELD_S
        while turn > world.lets_next and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(world.next_waits_s)
        task = world.next_task({int(one) for one in exclude.split(",") if one})
        return answered(labelling.TaskPayload if "image" in task else labelling.EmptyQueuePayload, task)

    @app.get("/api/images/{image_id}/task")
    def image_task(image_id: int, look: bool = False) -> Response:
        world.looks += look
        image = world.images.get(image_id)
        if image is None:
            return _refuse(404, "not_found", f"there is no image {image_id}; wanted one of this home. Open another.")
        if image_id in world.lost:
            return answered(labelling.TaskPayload, world.task(image) | {"held_by": "bob"})
        why = {"read_only": "Nobody works on it now."} if look else {}
        return answered(labelling.TaskPayload, world.task(image) | why)

    @app.get("/api/images/{image_id}/previous")
    def previous(image_id: int) -> Response:
        nobody: dict[str, Any] = {"file_name": None, "frame": None, "persons": []}
        return answered(labelling.PreviousPayload, world.previous or nobody)

    @app.get("/api/persons/{person_id}/history")
    def history(person_id: int) -> Response:
        person = world.persons[person_id]
        image = next(image for image in world.images.values() if person in image.persons)
        told = {"person_id": person_id, "image_id": image.id, "revision": person.revision, "state": person.state,
                "entries": person.history, "stays": None}  # fmt: skip
        return answered(labelling.HistoryPayload, told)

    @app.get("/api/review/own")
    def own_reviews() -> Response:
        return answered(review.OwnReviewsPayload, {"reviews": world.own_reviews})

    @app.get("/api/recent")
    def recent(limit: int = 10) -> Response:
        return answered(labelling.RecentPayload, {"images": world.recent(limit)})

    @app.get("/img/{image_id}/{digest}")
    def image(image_id: int, digest: str) -> Response:
        headers = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(world.images[image_id].content, media_type="image/jpeg", headers=headers)

    @app.post("/api/{action}")
    async def act(action: str, request: Request) -> Response:
        body = await request.json()
        if request.headers.get("X-CSRF-Token") != "token":
            return _refuse(403, "csrf", "The token is missing.")
        MESSAGES[action].model_validate_json(await request.body())
        if action == "heartbeat":
            world.beats.append(body["image_ids"])
            return answered(labelling.HeldPayload, {"held": [i for i in body["image_ids"] if i not in world.lost]})
        if action == "release":
            return answered(labelling.ReleasedPayload, {"released": body["image_ids"]})
        until = time.monotonic() + HELD_S
        while world.holds_saves and time.monotonic() < until:
            await asyncio.sleep(0.01)
        await asyncio.sleep(world.save_waits_s)
        if world.refusals:
            status, code, message = world.refusals.pop(0)
            return _refuse(status, code, message)
        world.log.append((action, body))
        answer = _answer(world, action, body)
        if world.swallow_answers:
            world.swallow_answers -= 1
            return _refuse(502, "down", "The answer was lost.")
        return answer

    return app


def _refuse(status: int, code: str, message: str) -> Response:
    refused = base.ErrorPayload(error=base.RefusalPayload(code=code, message=message))
    return JSONResponse(refused.model_dump(), status)


def _answer(world: World, action: str, body: dict[str, Any]) -> Response:
    if action == "persons":
        return answered(labelling.AddedPayload, world.add_person(body))
    if action in ("finish", "reopen-image"):
        try:
            return answered(labelling.ImageDonePayload, world.mark(body["image_id"], done=action == "finish"))
        except ValueError as error:
            return _refuse(422, "invalid", str(error))
    try:
        return answered(labelling.SavedPayload, world.decide(action, body))
    except ValueError as error:
        return _refuse(409, "revision_conflict", str(error))


@contextmanager
def serving(world: World, port: int = 0) -> Iterator[str]:
    """Serve `world` in a thread on a free port of the loopback; gives the base URL. Raises what broke the contract."""
    config = uvicorn.Config(create_editor_app(world), host="127.0.0.1", port=port, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
    if world.broken:
        raise world.broken[0]


def drawn_image(image_id: int, *, persons: int = 2, width: int = 640, height: int = 480, flags: int = 2) -> FakeImage:
    """A tiled floor with stick people on it. The student is off at the flagged keypoints; the rest is exact."""
    random = np.random.default_rng(image_id)
    canvas = np.full((height, width, 3), (176, 182, 186), np.uint8)
    for at in range(0, max(width, height), 40):
        canvas[:, at : at + 1] = canvas[at : at + 1, :] = (150, 156, 160)
    people = []
    columns = max(1, math.ceil(math.sqrt(persons * width / height)))
    rows = max(1, math.ceil(persons / columns))
    cell = np.array([width / columns, height / rows])
    for index in range(persons):
        corner = cell * (index % columns, index // columns) + cell * (0.3, 0.08)
        size = cell * (0.4, 0.84)
        truth = STANDING * size + corner
        _draw_person(canvas, truth, colour=tuple(int(c) for c in random.integers(60, 200, 3)))
        people.append(
            _person(100 * image_id + index, truth, corner, size, flags=flags if index == 0 else 1, random=random)
        )
    ok, jpeg = cv2.imencode(".jpg", canvas)
    if not ok:
        raise RuntimeError("the drawn image could not be encoded as JPEG.")
    return FakeImage(image_id, jpeg.tobytes(), width, height, f"frame_{image_id:05d}.jpg", people)


def _draw_person(canvas: np.ndarray, truth: np.ndarray, *, colour: tuple[int, ...]) -> None:
    dots = [tuple(round(float(v)) for v in point) for point in truth]
    limb = max(2, int(np.ptp(truth[:, 1]) / 22))
    for a, b in BUILT_IN["coco-17"].edges:
        cv2.line(canvas, dots[a], dots[b], colour, limb, cv2.LINE_AA)
    cv2.circle(canvas, dots[0], limb * 2, colour, -1, cv2.LINE_AA)


def _person(
    person_id: int, truth: np.ndarray, corner: np.ndarray, size: np.ndarray, *, flags: int, random: np.random.Generator,
    visibility: np.ndarray | None = None,
) -> FakePerson:  # fmt: skip
    """A person whose student, teachers and flags follow from where they really are."""
    scale = float(np.hypot(*size))
    a, b, student = (truth + random.normal(0, 0.008 * scale, truth.shape) for _ in range(3))
    chosen = random.choice(np.arange(5, len(truth)), flags, replace=False)
    b[chosen] += random.normal(0, 0.11 * scale, (flags, 2))
    student[chosen] = (a[chosen] + b[chosen]) / 2
    gaps = np.hypot(*(a - b).T)
    skeleton = BUILT_IN["coco-17"]
    worst = sorted(chosen.tolist(), key=lambda k: -gaps[k])
    found = [
        {"keypoint": k, "score": float(min(1, gaps[k] / scale * 4)),
         "reason": f"{skeleton.spoken(k)}: A and B {gaps[k]:.0f} px apart"}
        for k in worst
    ]  # fmt: skip
    seen = np.full(len(truth), 2) if visibility is None else visibility
    box = {
        "x": float(corner[0]),
        "y": float(corner[1]),
        "width": float(size[0]),
        "height": float(size[1]),
        "angle": 0.0,
    }
    return FakePerson(
        person_id, box, _rows(student, seen), flags=found, score=found[0]["score"] if found else 0.04,
        keypoint_scores=np.minimum(1, gaps / scale * 4).tolist(),
        ghosts={"A": _rows(a, np.full(len(truth), 0.9)), "B": _rows(b, np.full(len(truth), 0.8))},
    )  # fmt: skip


def _rows(xy: np.ndarray, third: np.ndarray) -> list[list[float]]:
    return [[round(float(x), 2), round(float(y), 2), float(t)] for (x, y), t in zip(xy, third, strict=True)]


def images_of(folder: Path, *, limit: int = 40) -> dict[int, FakeImage]:
    """Images of a COCO keypoints folder, with made-up predictions around its labels."""
    coco = json.loads((folder / "annotations.json").read_text())
    random = np.random.default_rng(3)
    return {image["id"]: _image_of(folder, image, coco["annotations"], random) for image in coco["images"][:limit]}


def _image_of(folder: Path, image: Mapping[str, Any], annotations: Any, random: np.random.Generator) -> FakeImage:
    people = []
    for one in (a for a in annotations if a["image_id"] == image["id"]):
        xyv = np.array(one["keypoints"], float).reshape(-1, 3)
        box = np.array(one["bbox"])
        flags = int(random.integers(1, 4))
        people.append(
            _person(one["id"], xyv[:, :2], box[:2], box[2:], flags=flags, random=random, visibility=xyv[:, 2])
        )
    people.sort(key=lambda person: -(person.score or 0))
    content = (folder / "images" / image["file_name"]).read_bytes()
    return FakeImage(image["id"], content, image["width"], image["height"], image["file_name"], people)


def main() -> None:
    """Serve drawn images, or those of a COCO folder, until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, help="a COCO keypoints folder to show instead of drawn images")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    images = images_of(options.data) if options.data else {i: drawn_image(i) for i in range(1, 21)}
    with serving(World(images), options.port) as url:
        print(url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main()
