"""A simulation's files in the bucket: the worker that has it puts them, others read what came of it or go on from it.

Each attempt has one writer, the worker that was told to have it. Where the home has no bucket, nothing happens.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.home.image_files import ImageFiles
from app.home.shared_files import again_and_again, shared_files
from app.simulation.folder import LABELS_FILE, LOG_FILE, RUN_FOLDER, Job, files_of, folder_of
from sspcm.simulation.rows import ROWS_FILE

PUT_EVERY_S = 5.0
SUMMARY_FILE, CURVE_FILE = "summary.json", "curve.svg"
"""As `sspcm simulate` writes them."""
CARRIED = (LABELS_FILE, LOG_FILE, *(f"{RUN_FOLDER}/{name}" for name in (ROWS_FILE, "model.npz", "simulation.json")))
"""What counts without its folder. The round folders of a run name each other by their paths, and stay behind."""
PUT = (*CARRIED, f"{RUN_FOLDER}/{CURVE_FILE}", f"{RUN_FOLDER}/{SUMMARY_FILE}")


@contextmanager
def putting(home: Path, job: Job) -> Iterator[None]:
    """What is written inside comes into the bucket as it grows, and whole at the end. Raises BucketAway."""
    shared, folder, there = shared_files(home), files_of(home, job), dict[str, tuple[int, int]]()

    def put() -> None:
        for name in PUT:
            path = folder / name
            if path.is_file():
                state = path.stat().st_mtime_ns, path.stat().st_size
                if there.get(name) != state:
                    shared.put(path.relative_to(home).as_posix())
                    there[name] = state

    if shared.bucket is None:
        yield
        return
    with again_and_again(put, PUT_EVERY_S):
        yield
    put()


def fetch(home: Path, job: Job, target: Path) -> None:
    """Have in a folder what somebody can go on from; what is there stays. Raises BucketAway."""
    bucket, source = shared_files(home).bucket, files_of(home, job).relative_to(home).as_posix()
    for name in CARRIED:
        if bucket is not None and not (target / name).is_file():
            bucket.fetch(f"{source}/{name}", target / name)


def attempts(home: Path, number: int) -> set[int]:
    """The numbers that somebody gave to attempts beyond the first, here or in the bucket. Raises BucketAway."""
    folder = folder_of(home, number)
    below = folder.relative_to(home).as_posix()
    there = [name.removeprefix(f"{below}/").split("/")[0] for name in shared_files(home).names(below)]
    parts = [part.removeprefix("attempt-") for part in (*there, *(path.name for path in folder.glob("attempt-*")))]
    return {int(part) for part in parts if part.isdigit()}


def fetch_images(home: Path, folder: Path) -> None:
    """Have the images of the labels on this machine. Raises BucketAway."""
    if shared_files(home).bucket is not None:
        images = json.loads((folder / LABELS_FILE).read_bytes())["images"]
        ImageFiles(home).fetch([Path(image["file_name"]).stem for image in images])


def read(home: Path, job: Job, name: str) -> bytes:
    """A file of a simulation, as the bucket has it, if there is one. Raises FileNotFoundError, BucketAway."""
    return shared_files(home).read(f"{files_of(home, job).relative_to(home).as_posix()}/{name}")
