"""What the lead's page shows of the networks that annotators may begin from, measured again when something changed."""

import time
from typing import Any

from app.rounds.starts_told import starts_told
from db.pool.project import get_project, project_uuid
from db.rounds import evidence, rounds
from db.store.session import Store

AGAIN_AFTER_S = 10.0
"""Labels come one after the other, and a page asks every second or two: so often they are measured by at most."""


class StartsView:
    """The last answer, as long as it holds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._chosen: object = None
        self._mark: object = None
        self._measured_at = 0.0
        self._shown: dict[str, Any] = {"starts": None}

    def now(self) -> dict[str, Any]:
        """{"starts": as the contract has it, None before there is a project}."""
        with self._store.reading() as tx:
            if project_uuid(tx) is None:
                return {"starts": None}
            project, mark = get_project(tx), evidence.mark(tx)
            newest = [(record.number, record.state) for record in rounds.latest(tx, 1)]
            chosen = (project.uuid, project.starts, project.published_round, newest)
            is_fresh = mark == self._mark or time.monotonic() - self._measured_at < AGAIN_AFTER_S
            if chosen != self._chosen or not is_fresh:
                self._shown = {"starts": starts_told(tx).model_dump()}
                self._chosen, self._mark, self._measured_at = chosen, mark, time.monotonic()
        return self._shown
