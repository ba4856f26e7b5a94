"""As people are labelled, the worker decides anew which network annotators begin from, and orders the queue."""

import logging

from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.rounds.ordering import Order
from app.rounds.starts import decide_again
from app.worker.following import Following
from db.pool.project import get_project, project_uuid
from db.rounds import evidence
from db.store.session import Store

log = logging.getLogger(__name__)


class Deciding(Following):
    """Looks again also where a lead chose."""

    meanwhile = "nothing is decided or ordered anew"

    def __init__(self, store: Store, settings: Settings) -> None:
        super().__init__(store)
        self._order = Order(store, ImageFiles(settings.home))

    def _again(self) -> None:
        if decide_again(self._store):
            log.info("it was decided anew which network annotators begin from.")
        if self._order.again_if_due():
            log.info("the queue was ordered anew.")

    def _mark(self) -> object:
        with self._store.reading() as tx:
            if project_uuid(tx) is None:
                return None
            starts = get_project(tx).starts
            return evidence.mark(tx), starts.source, starts.ordered_by
