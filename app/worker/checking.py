"""As people are labelled and rounds end, the worker checks the labels: nobody waits for it."""

import logging

from sqlalchemy.exc import DBAPIError

from app.label_checks.checking import check_if_due
from app.worker.words import said
from db.errors import StoreBusy
from db.rounds import evidence
from db.store.session import Store

log = logging.getLogger(__name__)


class Checking:
    """Looks again only where a label, a decision or a prediction came since."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: tuple[int | None, ...] | None = None

    def again_if_due(self) -> None:
        """Three counts mostly. A store that is away is asked the next time."""
        try:
            with self._store.reading() as tx:
                mark = evidence.mark(tx)
            if mark == self._seen:
                return
            done = check_if_due(self._store)
            if done is not None:
                log.info("%d labels were checked: %d look wrong.", done.people, done.found)
            self._seen = mark
        except (DBAPIError, StoreBusy) as error:
            log.warning("the store cannot be reached (%s); labels are not checked for now.", said(error))
