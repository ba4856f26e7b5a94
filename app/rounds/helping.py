"""A free worker scores shards of a round that another worker has: `sspcm score` as a process of its own.

Nothing depends on it. What it leaves undone the round's own trainer does, which never waits for it.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from sqlalchemy.exc import OperationalError

from app.home.settings import Settings
from app.processes.child import LAPSED, extend, start_guarded, stop_guarded
from app.processes.lease import UNLIMITED, Lease
from app.processes.this_worker import train_lock, worker_name
from app.rounds.errors import LearningError
from app.rounds.folder import last_lines
from app.rounds.helped import helped
from app.rounds.progress import Tail
from app.rounds.training import LOOK_EVERY_S, POLL_S, TRAINER_NICE
from db.errors import NotFound, StoreBusy
from db.records import RoundRecord
from db.rounds import events, rounds
from db.store.session import Store
from sspcm.manifest import RoundError

SCORE_COMMAND = (sys.executable, "-P", "-m", "sspcm", "score")
"""What scores shards; the round's folder and the device follow."""
WORTH_SHARDS = 2
"""Fewer that nobody has begun are done before another process has started."""
GIVES_WAY_S = 2.0
"""How long another job waits before help gives way to it: one that a free worker takes is gone by then."""
SCORER_GRACE_S = 2.0


def round_to_help(store: Store, settings: Settings) -> RoundRecord | None:
    """The round that another worker scores now, where there are shards left for this one. Raises BucketAway."""
    with store.reading() as tx:
        found = rounds.active(tx)
    if found is None or found.state != "running" or found.holder in (None, worker_name(settings)):
        return None
    return found if helped(settings, found.number, found.attempt).free() >= WORTH_SHARDS else None


def help_round(
    store: Store,
    settings: Settings,
    number: int,
    attempt: int,
    *,
    say: Callable[[str], None] = lambda words: None,
    others_wait: Callable[[], bool] = lambda: False,
    command: Sequence[str] = SCORE_COMMAND,
    lease: Lease = UNLIMITED,
) -> None:
    """Score shards until there are none left, the round is told to stop or goes on elsewhere, or a job waits.

    say: gets in words which shard this worker is at. Raises LearningError, with the scorer's own words, and BucketAway.
    """
    with store.transaction() as tx:
        record = _under_way(rounds.get(tx, number), attempt)
        if record is None:
            return
        words = f"worker '{worker_name(settings)}' scores shards of it, too"
        if words not in [event.what for event in events.story(tx, record.id)]:
            events.tell(tx, record.id, words)
    wanted = _Wanted(store, number, attempt, others_wait)
    try:
        with helped(settings, number, attempt).opened(wanted.still) as folder:
            log = folder / f"scorer-{worker_name(settings)}.log"
            with log.open("wb") as output:
                scorer = start_guarded(
                    [*command, str(folder), "--device", settings.device],
                    lock=train_lock(settings),  # a worker uses its machine for one thing at a time
                    output=output,
                    nice=TRAINER_NICE,
                    grace_s=lease.grace_s(SCORER_GRACE_S),
                    until=lease.until,
                )
            try:
                was_wanted = _follow(scorer, Tail(log), wanted, say, lease, words=f"scores round {number}")
            finally:
                status = stop_guarded(scorer)
            said = last_lines(log)
    except RoundError as error:
        raise LearningError(str(error)) from error
    if was_wanted and status not in (0, LAPSED):
        raise LearningError(
            f"the scorer ended with status {status}; wanted shards of round {number}. Its last lines: {said}"
        )


def _follow(
    scorer: "subprocess.Popen[bytes]",
    tail: Tail,
    wanted: "_Wanted",
    say: Callable[[str], None],
    lease: Lease,
    *,
    words: str,
) -> bool:
    """Until it ends, True, or is to end, False."""
    until, look_at = lease.until, 0.0
    while scorer.poll() is None:
        if lease.until != until:
            until = lease.until
            extend(scorer, until)
        if time.monotonic() >= look_at:
            if not wanted.still():
                return False
            look_at = time.monotonic() + LOOK_EVERY_S
        for line in tail.read():
            if "shard" in line:
                say(f"{words}, shard {line['shard']} of {line['shards']}")
        time.sleep(POLL_S)
    return wanted.still()


class _Wanted:
    """Whether help with a round is wanted, looked at again and again."""

    def __init__(self, store: Store, number: int, attempt: int, others_wait: Callable[[], bool]) -> None:
        self._store, self._number, self._attempt, self._others_wait = store, number, attempt, others_wait
        self._waits_since: float | None = None

    def still(self) -> bool:
        """Also while the store is away: the round's own trainer goes on as well."""
        try:
            with self._store.reading() as tx:
                if _under_way(rounds.get(tx, self._number), self._attempt) is None:
                    return False
            waits = self._others_wait()
        except NotFound:
            return False
        except (OperationalError, StoreBusy):
            return True
        self._waits_since = (self._waits_since or time.monotonic()) if waits else None
        return self._waits_since is None or time.monotonic() - self._waits_since < GIVES_WAY_S


def _under_way(record: RoundRecord, attempt: int) -> RoundRecord | None:
    """None where it was told to stop, is over, or goes on in another folder."""
    return record if record.state == "running" and record.attempt == attempt else None
