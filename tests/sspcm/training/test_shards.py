"""A pool is predicted in shards, by one or by several; what is done is not done again."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest

from sspcm.shard_files import Scoring, begin_scoring
from sspcm.training.shards import SHARD_PERSONS, fill_shards, predict_in_shards, shards_of


def said(shard: Sequence[int], still: Callable[[], None] = lambda: None) -> dict[str, np.ndarray]:
    still()
    return {"ids": np.array(shard, dtype=np.int64), "C": np.array([[[i, i, 0.5]] for i in shard]).reshape(-1, 1, 3)}


class Told:
    """Everything that a watch is told."""

    def __init__(self) -> None:
        self.all: list[tuple[str, int]] = []

    def before(self, persons: int) -> None:
        self.all.append(("before", persons))

    def begin(self, number: int) -> None:
        self.all.append(("begin", number))

    def drop(self) -> None:
        self.all.append(("drop", 0))

    def elsewhere(self, persons: int) -> None:
        self.all.append(("elsewhere", persons))


def ids(folder: Path) -> list[int]:
    with np.load(folder / "predictions.npz") as arrays:
        found: list[int] = arrays["ids"].tolist()
    return found


def write(folder: Path, scoring: Scoring, number: int, shard: Sequence[int]) -> None:
    """As another process does."""
    np.savez(scoring.path(folder, number), allow_pickle=False, **said(shard))


def test_everybody_is_in_one_shard_in_their_order() -> None:
    everybody = list(range(1000))
    shards = shards_of(everybody)
    assert [person for shard in shards for person in shard] == everybody
    assert max(len(shard) for shard in shards) == SHARD_PERSONS
    assert shards_of([]) == []


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_shards_become_one_file(tmp_path: Path, count: int) -> None:
    predict_in_shards(tmp_path, list(range(count)), said, Told(), size=3)
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.npz"]
    assert ids(tmp_path) == list(range(count))
    with np.load(tmp_path / "predictions.npz") as arrays:
        assert arrays["C"].shape == (count, 1, 3)
        assert arrays["C"][:, 0, 0].tolist() == list(range(count))


def test_a_shard_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    everybody, asked, told = list(range(7)), list[Sequence[int]](), Told()

    def until_the_third(shard: Sequence[int], still: Callable[[], None]) -> dict[str, np.ndarray]:
        asked.append(shard)
        if len(asked) == 3:
            raise RuntimeError("the power went")
        return said(shard, still)

    with pytest.raises(RuntimeError):
        predict_in_shards(tmp_path, everybody, until_the_third, Told(), size=3)
    assert len(list(tmp_path.glob("predictions-*-0000[01].npz"))) == 2
    predict_in_shards(tmp_path, everybody, until_the_third, told, size=3)
    assert asked[3:] == [[6]]
    assert told.all == [("before", 6), ("begin", 2)]
    assert ids(tmp_path) == everybody


def test_what_another_has_begun_comes_last_and_is_dropped_where_that_one_is_first(tmp_path: Path) -> None:
    shards, told, order = shards_of(list(range(8)), 2), Told(), list[int]()
    scoring = begin_scoring(tmp_path, persons=2, shards=4)
    assert scoring.take(tmp_path, 0) and scoring.take(tmp_path, 2)  # by one that is dead, and one that is slow

    def predict(shard: Sequence[int], still: Callable[[], None]) -> dict[str, np.ndarray]:
        order.append(shard[0] // 2)
        if order[-1] == 2:
            write(tmp_path, scoring, 2, shard)
        return said(shard, still)

    fill_shards(tmp_path, scoring, shards, predict, told)
    assert order == [1, 3, 0, 2]
    assert told.all[1:] == [("begin", 1), ("begin", 3), ("begin", 0), ("begin", 2), ("drop", 0), ("elsewhere", 2)]


def test_a_shard_that_another_machine_was_first_with_is_dropped_and_made_last_where_that_one_is_gone(
    tmp_path: Path,
) -> None:
    shards, told, order = shards_of(list(range(6)), 2), Told(), list[int]()
    scoring = begin_scoring(tmp_path, persons=2, shards=3)

    def predict(shard: Sequence[int], still: Callable[[], None]) -> dict[str, np.ndarray]:
        order.append(shard[0] // 2)
        if order in ([0], [0, 1]):
            scoring.mark(tmp_path, order[-1]).write_text("another machine")
        if order == [0, 1, 2]:
            write(tmp_path, scoring, 1, shards[1])
        return said(shard, still)

    fill_shards(tmp_path, scoring, shards, predict, told)
    assert order == [0, 1, 2, 0]
    dropped = [("begin", 0), ("drop", 0), ("begin", 1), ("drop", 0)]
    assert told.all[1:] == [*dropped, ("begin", 2), ("begin", 0), ("elsewhere", 2)]
    assert all(scoring.is_there(tmp_path, number) for number in range(3))


def test_two_share_the_shards_and_their_one_file_is_that_of_one(tmp_path: Path) -> None:
    alone, shared, everybody = tmp_path / "alone", tmp_path / "shared", list(range(9))
    for folder in (alone, shared):
        folder.mkdir()
    predict_in_shards(alone, everybody, said, Told(), size=2)
    scoring, told, helped = begin_scoring(shared, persons=2, shards=5), Told(), Told()

    def predict(shard: Sequence[int], still: Callable[[], None]) -> dict[str, np.ndarray]:
        if not helped.all:  # another joins in the middle of the first shard, and does whatever nobody has begun
            fill_shards(shared, scoring, shards_of(everybody, 2), said, helped)
        return said(shard, still)

    predict_in_shards(shared, everybody, predict, told, size=2)
    assert [what for what, _ in helped.all] == ["before", *["begin"] * 5], "in the end the other's own shard, too"
    assert told.all == [("before", 0), ("begin", 0), ("drop", 0), ("elsewhere", 2), *[("elsewhere", 2)] * 3,
                        ("elsewhere", 1)]  # fmt: skip
    assert (shared / "predictions.npz").read_bytes() == (alone / "predictions.npz").read_bytes()


def test_nothing_is_written_any_more_once_the_shards_are_not_wanted(tmp_path: Path) -> None:
    scoring, asked = begin_scoring(tmp_path, persons=2, shards=4), list[int]()

    def require_wanted() -> None:
        asked.append(1)
        if len(asked) > 4:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        fill_shards(tmp_path, scoring, shards_of(list(range(8)), 2), said, Told(), require_wanted=require_wanted)
    assert len(list(tmp_path.glob("predictions-*"))) == 1
