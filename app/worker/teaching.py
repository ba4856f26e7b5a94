"""As people are labelled, their labels teach how others start."""

import logging

from app.rounds.starts import teach_again
from app.worker.following import Following

log = logging.getLogger(__name__)


class Teaching(Following):
    """Fits where labels are a quarter more."""

    meanwhile = "labels teach nothing new"

    def _again(self) -> None:
        if teach_again(self._store):
            log.info("labels taught anew which keypoints start visible, hidden or absent.")
