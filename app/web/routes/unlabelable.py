"""The people whom nobody can label, skipped at once by a lead and taken back."""

from fastapi import APIRouter, Request

from app.contract.rounds import UnlabelableMessage, UnlabelablePayload
from app.home.image_files import ImageFiles
from app.pool import unlabelable
from app.web.kept_answer import KeptAnswer
from app.web.noted import say_more
from app.web.opened import OpenHome
from app.web.who import user_of
from db.pool.counts import count
from db.pool.project import get_project
from db.rounds import evidence

AGAIN_AFTER_S = 60.0
"""Decisions come one after the other, and a look reads what is known of every open person."""


def unlabelable_routes(home: OpenHome) -> APIRouter:
    """What leads call; the guard lets nobody else through."""
    api = APIRouter()
    files = ImageFiles(home.settings.home)
    kept: KeptAnswer[UnlabelablePayload] = KeptAnswer(again_after_s=AGAIN_AFTER_S)

    def now() -> UnlabelablePayload:
        return unlabelable.told(unlabelable.look(home.store, files))

    @api.get("/api/unlabelable")
    def show(anew: bool = False) -> UnlabelablePayload | None:
        """null where nothing was imported yet. anew: no answer of a minute ago; who holds an image counts, too."""
        with home.store.reading() as tx:
            counts = count(tx)
            if not counts.images:
                return None
            project, mark = get_project(tx), evidence.mark(tx)
        if anew:
            kept.forget()
        chosen = (project.uuid, project.published_round, counts.images)
        return kept.now(now, chosen=chosen, mark=mark)

    @api.post("/api/unlabelable")
    def change(request: Request, message: UnlabelableMessage) -> UnlabelablePayload:
        """Sent twice, the second changes nothing: nobody is left to skip, or to take back."""
        say_more(request, do=message.do)
        if message.do == "skip":
            done = unlabelable.say_skipped(unlabelable.skip_behind(home.store, files, user_of(request)))
        else:
            done = unlabelable.say_taken_back(unlabelable.take_back(home.store, user_of(request)))
        kept.forget()
        return now().model_copy(update={"done": done})

    return api
