"""Which images are kept for validation: of each camera a stretch of frames on end, chosen at random.

Neighbouring frames are nearly the same picture. Frames chosen one by one would each leave their twin in the pool, and a
network that learned the twin would be measured on what it knows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

import numpy as np

from db.labelling.moving import Frame
from sspcm.evaluation.choosing import FEWEST_IMAGES

Run = Sequence[Frame]
"""Movable frames of one camera, one after the other."""


def people(frames: Sequence[Frame]) -> int:
    """How many people so many frames count for."""
    return sum(frame.persons for frame in frames)


def choose_stretches(frames: Sequence[Frame], *, persons: int, seed: int, kept: int = 0) -> list[Frame]:
    """Frames with so many people, out of those of all cameras, which stand camera by camera and in order.

    Every camera gives its part, cameras of few frames by chance; where one has no stretch that is long enough, the
    others make up for it. Never more than half of the movable frames or of their people: then there are fewer. Else
    there are as many as wanted, and less than one frame's people more. kept: how many people are kept before. Of all,
    no frame has more than a fifth where the others are enough, so that no image is most of what measures.
    """
    movable = [frame for frame in frames if frame.is_movable]
    most_images, most_persons = len(movable) // 2, people(movable) // 2
    rng, chosen, count = np.random.default_rng(seed), dict[int, Frame](), 0
    most = _most_in_a_frame(movable, persons, least=(kept + persons) // FEWEST_IMAGES)
    frames = [replace(frame, is_movable=frame.is_movable and frame.persons <= most) for frame in frames]
    for frame in _in_order_of_choice(frames, persons, rng):
        fits = len(chosen) < most_images and count + frame.persons <= most_persons
        if count < persons and fits and frame.image_id not in chosen:
            chosen[frame.image_id], count = frame, count + frame.persons
    return list(chosen.values())


def _most_in_a_frame(movable: Sequence[Frame], persons: int, *, least: int) -> int:
    """Up to how many people a frame is chosen: `least`, or more where frames of so many people are not enough."""
    sizes = sorted(frame.persons for frame in movable)
    total = np.cumsum(sizes)
    enough = [size for size, so_far in zip(sizes, total, strict=True) if so_far >= persons]
    return max(least, enough[0] if enough else max(sizes, default=0))


def _in_order_of_choice(frames: Sequence[Frame], wanted: int, rng: np.random.Generator) -> Iterator[Frame]:
    """First each camera's part as one stretch; then, where that was too little, all the rest, run by run."""
    cameras = [list(_runs(list(group))) for _, group in groupby(frames, key=lambda frame: frame.camera_id)]
    share = wanted / max(1, sum(people(run) for runs in cameras for run in runs))
    due = 0.0
    for camera in rng.permutation(len(cameras)):
        runs = cameras[camera]
        due += share * sum(map(people, runs))
        stretch = _stretch(runs, due, rng)
        due -= people(stretch)  # what one camera gave too much or too little, the next ones make up for
        yield from stretch
    rest = [run for runs in cameras for run in runs]
    for place in rng.permutation(len(rest)):
        yield from rest[place]


def _runs(frames: Sequence[Frame]) -> Iterator[Run]:
    """A camera's movable frames, in pieces that no other frame interrupts."""
    for is_movable, run in groupby(frames, key=lambda frame: frame.is_movable):
        if is_movable:
            yield list(run)


def _stretch(runs: Sequence[Run], due: float, rng: np.random.Generator) -> Run:
    """Frames on end with about `due` people, to the nearest frame; the longest run where none has so many."""
    long_enough = [run for run in runs if people(run) >= due]
    if not long_enough:
        return max(runs, key=people, default=[])
    lengths = np.array([len(run) for run in long_enough])
    run = long_enough[rng.choice(len(lengths), p=lengths / lengths.sum())]
    counts = np.cumsum([frame.persons for frame in run])
    before = np.concatenate([[0], counts[:-1]])
    starts = np.flatnonzero(counts[-1] - before >= due)  # those from which there are enough to the end
    start = int(rng.choice(starts))
    # a frame is in if at least half of its people are still due
    taken = before[start:] - before[start] + np.diff(np.append(before, counts[-1]))[start:] / 2 <= due
    return run[start : start + int(taken.sum())]
