"""A pool is predicted in shards; what is done is not done again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sspcm.training.shards import SHARD_PERSONS, fill_shards, forget_shards, shards_of


def said(shard: Sequence[int]) -> dict[str, np.ndarray]:
    return {"ids": np.array(shard, dtype=np.int64), "C": np.array([[[i, i, 0.5]] for i in shard]).reshape(-1, 1, 3)}


def test_everybody_is_in_one_shard_in_their_order() -> None:
    everybody = list(range(1000))
    shards = shards_of(everybody)
    assert [person for shard in shards for person in shard] == everybody
    assert max(len(shard) for shard in shards) == SHARD_PERSONS
    assert shards_of([]) == []


@pytest.mark.parametrize("count", [0, 1, 7])
def test_the_shards_become_one_file(tmp_path: Path, count: int) -> None:
    fill_shards(tmp_path, shards_of(list(range(count)), 3), said, lambda _: None)
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.npz"]
    with np.load(tmp_path / "predictions.npz") as arrays:
        assert arrays["ids"].tolist() == list(range(count))
        assert arrays["C"].shape == (count, 1, 3)
        assert arrays["C"][:, 0, 0].tolist() == list(range(count))


def test_a_shard_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    shards, asked, skipped = shards_of(list(range(7)), 3), list[Sequence[int]](), list[int]()

    def until_the_third(shard: Sequence[int]) -> dict[str, np.ndarray]:
        asked.append(shard)
        if len(asked) == 3:
            raise RuntimeError("the power went")
        return said(shard)

    with pytest.raises(RuntimeError):
        fill_shards(tmp_path, shards, until_the_third, skipped.append)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["predictions-00000.npz", "predictions-00001.npz"]
    fill_shards(tmp_path, shards, until_the_third, skipped.append)
    assert asked[3:] == [[6]]
    assert skipped == [3, 3]
    with np.load(tmp_path / "predictions.npz") as arrays:
        assert arrays["ids"].tolist() == list(range(7))


def test_shards_of_networks_that_change_go_and_the_whole_stays(tmp_path: Path) -> None:
    for name in ("predictions.npz", "predictions-00000.npz"):
        (tmp_path / name).touch()
    forget_shards(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["predictions.npz"]
