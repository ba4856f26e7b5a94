"""A pool's shards as files that several processes share."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from sspcm.shard_files import Scoring, begin_scoring, forget_shards, read_scoring, scoring_in


def begun(folder: Path, shards: int = 4) -> Scoring:
    return begin_scoring(folder, persons=8, shards=shards)


def test_a_scoring_is_gone_on_with_and_others_find_it(tmp_path: Path) -> None:
    assert read_scoring(tmp_path) is None
    scoring = begun(tmp_path)
    scoring.path(tmp_path, 2).touch()
    assert begun(tmp_path) == scoring == read_scoring(tmp_path)
    assert scoring.is_there(tmp_path, 2) and not scoring.is_there(tmp_path, 1)


def test_shards_of_another_size_or_of_earlier_networks_never_count(tmp_path: Path) -> None:
    earlier = begun(tmp_path)
    earlier.path(tmp_path, 0).touch()
    (tmp_path / "predictions-00000.npz").touch()  # an earlier version's
    later = begun(tmp_path, shards=5)
    assert later.id != earlier.id
    assert [path.name for path in tmp_path.iterdir()] == ["scoring.json"]
    earlier.path(tmp_path, 0).touch()  # a machine that stood still wakes up
    assert not later.is_there(tmp_path, 0)


def test_a_shard_is_begun_by_one_and_what_is_left_is_free(tmp_path: Path) -> None:
    scoring = begun(tmp_path, shards=40)
    with ThreadPoolExecutor(8) as pool:
        took = list(pool.map(lambda _: [n for n in range(40) if scoring.take(tmp_path, n)], range(8)))
    assert sorted(number for one in took for number in one) == list(range(40))
    assert scoring.free(tmp_path) == 0
    forget_shards(tmp_path)
    assert list(tmp_path.iterdir()) == []
    other = begun(tmp_path)
    assert other.take(tmp_path, 0) and not other.take(tmp_path, 0)
    other.path(tmp_path, 0).touch()
    other.path(tmp_path, 3).touch()
    assert other.free(tmp_path) == 2


def test_a_mark_that_is_anothers_by_now_says_that_the_shard_is_lost(tmp_path: Path) -> None:
    scoring = begun(tmp_path)
    assert scoring.take(tmp_path, 0) and not scoring.is_lost(tmp_path, 0)
    scoring.mark(tmp_path, 0).write_text("another machine\n")
    assert scoring.is_lost(tmp_path, 0)
    assert not scoring.is_lost(tmp_path, 1), "nobody's"


def test_what_is_free_is_told_from_names_alone(tmp_path: Path) -> None:
    scoring = begun(tmp_path)
    path, mark = scoring.path(tmp_path, 0).name, scoring.mark(tmp_path, 1).name
    assert scoring.free_among({path, mark.removeprefix("."), "predictions-of-others.npz"}) == 2
    assert scoring_in((tmp_path / "scoring.json").read_bytes()) == scoring


def test_the_whole_and_the_networks_stay_where_the_shards_go(tmp_path: Path) -> None:
    scoring = begun(tmp_path)
    for name in ("predictions.npz", "model.json", f".{scoring.path(tmp_path, 1).name}-00ff"):  # the last: half written
        (tmp_path / name).touch()
    forget_shards(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "predictions.npz"]
    forget_shards(tmp_path)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"version": 2, "id": "a", "persons": 1, "shards": 1}', "{"])
def test_what_this_version_does_not_know_is_no_scoring(tmp_path: Path, content: str) -> None:
    (tmp_path / "scoring.json").write_text(content)
    assert read_scoring(tmp_path) is None
    scoring = begun(tmp_path)
    told = json.loads((tmp_path / "scoring.json").read_text())
    assert told == {"version": 1, "id": scoring.id, "persons": 8, "shards": 4}


def test_nothing_is_begun_in_a_folder_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Scoring("a", 8, 4).take(tmp_path / "gone", 0)
    assert not (tmp_path / "gone").exists()
