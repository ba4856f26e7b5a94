"""The contact sheet's routes: its pages, what one can filter them by, and the thumbs."""

from functools import partial
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Query, Request, Response

from app.contract.base import IdInAddress, Number
from app.contract.sheet import FiltersPayload, SheetPayload
from app.sheet import page
from app.sheet.thumbs import Thumbs, thumb_name
from app.web.opened import OpenHome
from app.web.who import user_of
from db.errors import NotFound
from db.labelling import sheet as sheets
from db.labelling.sheet import SheetFilter, Show
from db.pool import images, persons
from db.store.session import Store
from sspcm.cutting import CropError
from sspcm.label_checks.finding import Kind

CUT_AT_ONCE = 2
"""Images decoded at a time: one of 4096 px takes 50 MB, and saving must not wait for a thread meanwhile."""

Search = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]
PageSize = Annotated[Number, Query(ge=1, le=200)]


def sheet_routes(home: OpenHome) -> APIRouter:
    """For everybody who is signed in; who somebody is decides only what is theirs."""
    api = APIRouter()
    store, thumbs = home.store, home.thumbs
    cutters = CapacityLimiter(CUT_AT_ONCE)

    @api.get("/api/sheet")
    def sheet(
        request: Request,
        show: Show = "open",
        camera: IdInAddress | None = None,
        keypoint: IdInAddress | None = None,
        search: Search = "",
        suspicion: Kind | None = None,
        after: Annotated[str | None, Query(max_length=100)] = None,
        limit: PageSize = 60,
    ) -> SheetPayload:
        wanted = SheetFilter(show=show, camera_id=camera, keypoint=keypoint, search=search.strip(), suspicion=suspicion)
        return page.page(store, user_of(request), wanted, after=after, limit=limit)

    @api.get("/api/sheet/filters")
    def filters(request: Request) -> FiltersPayload:
        return page.filters(store, user_of(request))

    @api.get("/thumb/{person_id}/{name}.jpg")
    async def thumb(request: Request, person_id: IdInAddress, name: str) -> Response:
        content = await to_thread.run_sync(thumbs.find, name)
        if content is None:
            cut = partial(_cut, store, thumbs, person_id, name, for_lead=user_of(request).role == "lead")
            content = await to_thread.run_sync(cut, limiter=cutters)
        headers = {"cache-control": "private, max-age=31536000, immutable"}
        return Response(content, media_type="image/jpeg", headers=headers)

    return api


def _cut(store: Store, thumbs: Thumbs, person_id: int, name: str, *, for_lead: bool) -> bytes:
    """The thumb after cutting those of everybody in the image, who are asked for next. Raises NotFound.

    for_lead: of validation people who came labelled as well, whom leads alone see.
    """
    with store.reading() as tx:
        found = sheets.find(tx, person_id)
        if found is None and for_lead:
            person = persons.get_person(tx, person_id)
            found = person, images.get_image(tx, person.image_id)
        if found is None:
            raise NotFound(
                f"There is no person {person_id} to show; wanted one of the train images. Load the page again."
            )
        person, image = found
        boxes = [one.box for one in persons.list_persons(tx, image_id=image.id)]
    if thumb_name(image, person.box) != name:
        raise NotFound(f"person {person_id} has another box than the thumb asked for. Load the page again.")
    try:
        thumbs.cut(image, [person.box, *boxes])
    except (FileNotFoundError, CropError) as error:
        raise NotFound(str(error)) from error
    content = thumbs.find(name)
    assert content is not None  # it was written a moment ago, so others are dropped first
    return content
