"""As people are labelled, their labels teach how others start: the worker looks, so that no annotator waits for it."""

import logging

from sqlalchemy.exc import DBAPIError

from app.rounds.starts import teach_again
from app.worker.words import said
from db.errors import StoreBusy
from db.rounds import evidence
from db.store.session import Store

log = logging.getLogger(__name__)


class Teaching:
    """Looks again only where a label, a decision or a prediction came since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: tuple[int | None, ...] | None = None

    def again_if_due(self) -> None:
        """Two counts mostly; a fit where labels are a quarter more. A store that is away is asked the next time."""
        try:
            with self._store.reading() as tx:
                mark = evidence.mark(tx)
            if mark == self._seen:
                return
            if teach_again(self._store):
                log.info("labels taught anew which keypoints start visible, hidden or absent.")
            self._seen = mark
        except (DBAPIError, StoreBusy) as error:
            log.warning("the store cannot be reached (%s); labels teach nothing new for now.", said(error))
