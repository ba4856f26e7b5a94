"""What the worker does again as people label: it looks where something came, so that no annotator waits for it."""

import logging
from abc import ABC, abstractmethod

from sqlalchemy.exc import DBAPIError

from app.home.bucket import BucketAway
from app.worker.words import said
from db.errors import StoreBusy
from db.rounds import evidence
from db.store.session import Store

log = logging.getLogger(__name__)


class Following(ABC):
    """Looks again only where its mark is another one: a label, a decision or a prediction came since."""

    meanwhile: str
    """What does not happen where the store, the bucket or the disk is away or full."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: object = None

    def again_if_due(self) -> None:
        """A few counts mostly. A store that is away, or a disk that is full, is asked the next time."""
        try:
            mark = self._mark()
            if mark == self._seen:
                return
            self._again()
            self._seen = mark
        except (DBAPIError, StoreBusy, BucketAway, OSError) as error:
            log.warning("%s for now (%s).", self.meanwhile, said(error))

    def _mark(self) -> object:
        with self._store.reading() as tx:
            return evidence.mark(tx)

    @abstractmethod
    def _again(self) -> None:
        """Do it, and log what came of it."""
