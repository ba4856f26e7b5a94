"""As people are labelled and rounds end, the worker checks the labels."""

import logging

from app.label_checks.checking import check_if_due
from app.worker.following import Following

log = logging.getLogger(__name__)


class Checking(Following):
    """Checks where labels are many more."""

    meanwhile = "labels are not checked"

    def _again(self) -> None:
        done = check_if_due(self._store)
        if done is not None:
            log.info("%d labels were checked: %d look wrong.", done.people, done.found)
