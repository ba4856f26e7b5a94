"""Everybody's accounts, for leads; and the log of who did what."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from app.contract.base import IdInAddress
from app.contract.team import (
    AccountChangedPayload,
    AddAccountMessage,
    BackupPayload,
    ChangeAccountMessage,
    LogPayload,
    TeamPayload,
)
from app.team import accounts
from app.team.accounts import Changed
from app.team.backup_download import BackupDownloads
from app.team.told import backup_told, log_as_csv, log_told, team_told
from app.web.opened import OpenHome
from app.web.who import session_of
from db.people.audit import Actor

LINK_PATH = "/login/link"


def team_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    store, settings = home.store, home.settings
    downloads = BackupDownloads(settings)

    @api.get("/api/team")
    def show() -> TeamPayload:
        with store.reading() as tx:
            return team_told(tx, settings)

    @api.get("/api/team/backup")
    def backup() -> BackupPayload:
        with store.reading() as tx:
            return backup_told(tx, settings)

    @api.get("/api/team/backup/file")
    def backup_file(request: Request) -> StreamingResponse:
        """The whole home, as `backup` writes it."""
        made = downloads.make(store, Actor.of(session_of(request)))
        name = quote(made.name)  # of the home's folder, whatever letters it has
        headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "content-length": str(made.size)}
        return StreamingResponse(made.chunks(), media_type="application/x-tar", headers=headers)

    @api.post("/api/team", status_code=201)
    def add(request: Request, message: AddAccountMessage) -> AccountChangedPayload:
        actor = Actor.of(session_of(request))
        return told(accounts.add(store, actor, message.name, message.role, message.password))

    @api.post("/api/team/{user_id}")
    def change(request: Request, user_id: IdInAddress, message: ChangeAccountMessage) -> AccountChangedPayload:
        return told(accounts.change(store, Actor.of(session_of(request)), user_id, message.do))

    @api.get("/api/team/log")
    def log(
        before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
        actor: Annotated[str | None, Query(max_length=64)] = None,
    ) -> LogPayload:
        with store.reading() as tx:
            return log_told(tx, before=before, actor=actor)

    @api.get("/api/team/log/file")
    def log_file() -> StreamingResponse:
        """All of it, as CSV."""
        headers = {"content-disposition": 'attachment; filename="log.csv"'}
        return StreamingResponse(log_as_csv(store), media_type="text/csv; charset=utf-8", headers=headers)

    def told(changed: Changed) -> AccountChangedPayload:
        with store.reading() as tx:
            team = team_told(tx, settings)
        link = None if changed.key is None else f"{LINK_PATH}#{changed.key}"
        return AccountChangedPayload(name=changed.user.name, link=link, team=team)

    return api
