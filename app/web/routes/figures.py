"""What each annotator did, by week, for leads."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from app.contract.base import Number
from app.contract.figures import FiguresPayload
from app.team.figures import MOST_WEEKS, WEEKS, figures_as_csv, figures_told
from app.web.opened import OpenHome
from db.pool.project import project_uuid

Weeks = Annotated[Number, Query(ge=1, le=MOST_WEEKS)]


def figures_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()

    @api.get("/api/team/figures")
    def show(weeks: Weeks = WEEKS) -> FiguresPayload | None:
        """null before there is a project."""
        with home.store.reading() as tx:
            return None if project_uuid(tx) is None else figures_told(tx, weeks=weeks)

    @api.get("/api/team/figures/file")
    def file(weeks: Weeks = WEEKS) -> StreamingResponse:
        """Each annotator's week, as CSV."""
        told = show(weeks)
        headers = {"content-disposition": 'attachment; filename="figures.csv"'}
        lines = figures_as_csv(told.annotators if told else [])
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return api
