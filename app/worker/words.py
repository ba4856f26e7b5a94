"""What a job ended for, in the words that a lead reads."""

import logging

from sqlalchemy.exc import DBAPIError

from app.home.bucket import BucketAway
from app.pool.prelabelling import PrelabellingFailed
from app.rounds import errors
from app.simulation.folder import SimulationLost
from app.simulation.planning import NotEnough
from db.errors import StoreError

TOLD = (BucketAway, errors.LearningError, PrelabellingFailed, NotEnough, SimulationLost, StoreError)
"""Errors whose words a lead reads with the round."""


class InWords(logging.Filter):
    """A job that ended for a reason told to the lead is one line of the log; the engine adds its whole stack."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record through."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, TOLD):
            record.msg, record.args, record.exc_info = "a job ended: %s", (error,), None
        return True


def said(error: Exception) -> object:
    """What a database said; SQLAlchemy's own words are the whole statement."""
    return error.orig if isinstance(error, DBAPIError) else error
