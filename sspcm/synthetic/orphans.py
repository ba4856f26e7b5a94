"""Processes that end with the one that started them, however that ended."""

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """To be called in a worker: else, its parent killed, it would wait for work for ever, a gigabyte large."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
