"""The command `sspcm` with shards of few people, and a pause after each batch, to stop it at: PEOPLE PAUSE_S ..."""

import sys
import time
from collections.abc import Callable
from typing import Any

from sspcm.__main__ import main
from sspcm.training import pool, shards

people, pause = int(sys.argv[1]), float(sys.argv[2])
predict_persons = pool.predict_persons


def slowly(*arguments: Any, show: Callable[[int], None], **options: Any) -> Any:
    def show_and_wait(persons: int) -> None:
        time.sleep(pause)
        show(persons)

    return predict_persons(*arguments, show=show_and_wait, **options)


shards.SHARD_PERSONS = people
pool.predict_persons = slowly  # type: ignore[assignment]
sys.exit(main(sys.argv[3:]))
