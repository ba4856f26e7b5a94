"""Two rounds side by side: the figures, and the same people as both students place them."""

from typing import Any

import numpy as np
from fastapi import APIRouter, Request
from jaxtyping import Float
from sqlalchemy.orm import Session

from app.contract.base import IdInAddress, SkeletonPayload
from app.contract.comparing import ComparedPeoplePayload, ComparedPersonPayload, ComparePayload, Whom
from app.contract.rounds import for_browsers, round_json
from app.contract.sheet import SheetPosePayload
from app.labelling.starts import opened
from app.rounds.compare_told import compare_told, usual_pair
from app.rounds.comparing import PersonBeside, people_beside, why_without
from app.rounds.twins import launch_twin
from app.sheet.thumbs import THUMB_PX, thumb_matrix, thumb_name
from app.web.kept_answer import KeptAnswer
from app.web.opened import OpenHome
from app.web.routes.sheet import PageSize
from app.web.who import user_of
from db.pool import images
from db.pool.project import get_project, project_uuid
from db.records import ImageRecord
from db.rounds import evidence, rounds
from sspcm.geometry import Matrix, apply

AGAIN_AFTER_S = 60.0
"""Labels come one after the other: the figures are drawn anew so often by at most."""
_WORDS: dict[Whom, str] = {
    "validation": "labelled validation people, whom the two place farthest apart first",
    "first": "labelled validation people whom round {first} places better, by most first",
    "second": "labelled validation people whom round {second} places better, by most first",
    "open": "open people of the pool, whom the two place farthest apart first",
}


def comparing_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    kept: KeptAnswer[ComparePayload] = KeptAnswer(again_after_s=AGAIN_AFTER_S)

    def told(tx: Session, first: int, second: int) -> ComparePayload:
        states = [(one.number, one.state, one.pruned_at) for one in rounds.latest(tx, 1000)]
        chosen = (project_uuid(tx), first, second, states)
        return kept.now(
            lambda: compare_told(tx, home.settings.home, first, second), chosen=chosen, mark=evidence.mark(tx)
        )

    @api.get("/api/rounds/compare")
    def compare_newest() -> ComparePayload | None:
        """The two newest whole rounds; null before there are two."""
        with home.store.reading() as tx:
            pair = usual_pair(tx)
            return None if pair is None else told(tx, *pair)

    @api.get("/api/rounds/{number}/compare/{other}")
    def compare(number: IdInAddress, other: IdInAddress) -> ComparePayload:
        with home.store.reading() as tx:
            return told(tx, number, other)

    @api.post("/api/rounds/{number}/twin", status_code=201)
    def ask_twin(request: Request, number: IdInAddress) -> dict[str, Any]:
        """A new round: the same labels and settings, by labels alone."""
        return for_browsers(round_json(launch_twin(home.store, home.engine, number, user=user_of(request))))

    @api.get("/api/rounds/{number}/compare/{other}/people")
    def show_people(
        number: IdInAddress, other: IdInAddress, whom: Whom = "validation", limit: PageSize = 6
    ) -> ComparedPeoplePayload:
        with home.store.reading() as tx:
            return _people(tx, number, other, whom, limit)

    return api


def _people(tx: Session, first: int, second: int, whom: Whom, limit: int) -> ComparedPeoplePayload:
    """Raises NotFound."""
    without = [words for number in (first, second) if (words := why_without(rounds.get(tx, number))) is not None]
    found = [] if without else people_beside(tx, first, second, whom)
    persons = [_person(one, images.get_image(tx, one.person.image_id)) for one in found[:limit]]
    who = _WORDS[whom].format(first=first, second=second)
    shown = f"{len(persons)} of {len(found)} {who}." if found else f"There are no {who.split(',')[0]}, of both rounds."
    return ComparedPeoplePayload(
        whom=whom,
        words=" ".join(without) or shown,
        total=len(found),
        persons=persons,
        skeleton=SkeletonPayload.of(get_project(tx).skeleton),
        thumb_px=THUMB_PX,
    )


def _person(found: PersonBeside, image: ImageRecord) -> ComparedPersonPayload:
    person, matrix = found.person, thumb_matrix(image, found.person.box)
    first, second = (_drawn(opened(one, None), matrix) for one in found.said)
    values = (None, None) if found.oks is None else found.oks
    return ComparedPersonPayload(
        id=person.id,
        image_id=image.id,
        file_name=image.file_name,
        thumb=f"/thumb/{person.id}/{thumb_name(image, person.box)}.jpg",
        first=first,
        second=second,
        label=None if person.label is None else _drawn(person.label.xyv, matrix),
        first_oks=values[0],
        second_oks=values[1],
        apart=found.apart,
    )


def _drawn(xyv: Float[np.ndarray, "K 3"], matrix: Matrix) -> SheetPosePayload:
    """In px of the thumb."""
    shown = np.array(xyv)
    shown[:, :2] = apply(matrix, shown[:, :2]).round(1)
    return SheetPosePayload(xyv=shown.tolist())
