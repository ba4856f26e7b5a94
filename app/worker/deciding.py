"""As people are labelled, the worker decides anew which network annotators begin from, and orders the queue.

No annotator waits for it.
"""

import logging

from sqlalchemy.exc import DBAPIError

from app.home.bucket import BucketAway
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.rounds.ordering import Order
from app.rounds.starts import decide_again
from app.worker.words import said
from db.errors import StoreBusy
from db.pool.project import get_project, project_uuid
from db.rounds import evidence
from db.store.session import Store

log = logging.getLogger(__name__)


class Deciding:
    """Looks again only where a label, a decision or a prediction came since, or a lead chose."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store = store
        self._order = Order(store, ImageFiles(settings.home))
        self._seen: object = None

    def again_if_due(self) -> None:
        """Three counts mostly. A store that is away, or a disk that is full, is asked the next time."""
        try:
            mark = self._mark()
            if mark == self._seen:
                return
            if decide_again(self._store):
                log.info("it was decided anew which network annotators begin from.")
            if self._order.again_if_due():
                log.info("the queue was ordered anew.")
            self._seen = mark
        except (DBAPIError, StoreBusy, BucketAway, OSError) as error:
            log.warning("nothing is decided or ordered anew for now (%s).", said(error))

    def _mark(self) -> object:
        with self._store.reading() as tx:
            if project_uuid(tx) is None:
                return None
            starts = get_project(tx).starts
            return evidence.mark(tx), starts.source, starts.ordered_by
