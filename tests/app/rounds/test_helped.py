"""What a helper is given to score in, with a folder in common and with a bucket."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from app.home.bucket import Bucket, BucketAway
from app.home.image_files import ImageFiles
from app.home.settings import Settings
from app.home.shared_files import bind
from app.rounds.helped import helped
from app.rounds.sharing import Sharing
from db.pool import project
from db.records import UserRecord
from db.store.session import Store
from sspcm.config import RoundConfig
from sspcm.manifest import read_manifest
from sspcm.shard_files import Scoring, begin_scoring, read_scoring
from sspcm.skeletons.skeleton import get_skeleton
from tests.app.rounds.round_home import Home
from tests.bucket_server import BucketServer

WORKS = "postgresql+psycopg://somebody@nowhere/none"


@dataclass
class Apart:
    """Round 1 that the owner scores, as both see it."""

    owner: Home
    scoring: Scoring
    helper: Settings

    def put(self) -> None:
        Sharing(self.owner.settings, 1, 1).put()


@pytest.fixture
def apart(
    sqlite_store: Store,
    bucket_url: str,
    tmp_path: Path,
    make_label: Callable[..., Any],
    add_account: Callable[..., UserRecord],
) -> Apart:
    homes = [Settings(tmp_path / name, WORKS, worker=name, bucket=bucket_url) for name in ("one", "two")]
    for settings in homes:
        bind(settings)
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
    home = Home(homes[0], sqlite_store, ImageFiles(homes[0].home), add_account(sqlite_store, "lea", "lead"), make_label)
    home.add("a.jpg", home.labelled(), home.labelled())
    home.add("b.jpg", home.labelled())
    home.freeze(RoundConfig())
    for name in ("A.safetensors", "training.safetensors", "model.json", "imported.onnx", "trainer.log"):
        (home.folder() / name).write_text(name)
    scoring = begin_scoring(home.folder(), persons=1, shards=3)
    found = Apart(home, scoring, homes[1])
    found.put()
    return found


def test_with_a_folder_in_common_it_is_that_folder(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    home.freeze(RoundConfig())
    place = helped(home.settings, 1, 1)
    assert place.free() == 0
    begin_scoring(home.folder(), persons=1, shards=3).take(home.folder(), 0)
    assert place.free() == 2
    with place.opened(lambda: True) as folder:
        assert folder == home.folder()
    assert folder.is_dir()


def test_with_a_bucket_it_is_a_copy_of_what_a_scorer_reads_and_goes_with_the_helper(apart: Apart) -> None:
    place = helped(apart.helper, 1, 1)
    assert place.free() == 3
    assert apart.scoring.take(apart.owner.folder(), 0)
    apart.put()
    assert place.free() == 2
    with place.opened(lambda: True) as folder:
        read = {"A.safetensors", "training.safetensors", "model.json", "imported.onnx", "manifest.json", "scoring.json"}
        assert {path.name for path in folder.iterdir() if not path.name.startswith(".")} == read
        assert read_scoring(folder) == apart.scoring
        images = [person.image for person in read_manifest(folder / "manifest.json").persons]
        assert len(images) == 3 and all(path.is_file() and path.is_relative_to(apart.helper.home) for path in images)
        assert not apart.scoring.take(folder, 0), "the owner's"
        assert apart.scoring.take(folder, 1)
        apart.scoring.path(folder, 1).write_text("of the helper")
    assert not folder.exists(), "what was predicted last has gone to the bucket"
    apart.put()
    assert apart.scoring.path(apart.owner.folder(), 1).read_text() == "of the helper"


@pytest.mark.parametrize("why", ["over", "not wanted", "other networks meanwhile"])
def test_there_is_nothing_to_score_where_no_help_is_wanted(
    why: str, apart: Apart, monkeypatch: pytest.MonkeyPatch
) -> None:
    bucket, name = Bucket(str(apart.helper.bucket)), "rounds/0001/attempt-1/scoring.json"
    real = Bucket.fetch

    def fetch(self: Bucket, one: str, path: Path, **how: Any) -> bool:
        if one.endswith("training.safetensors"):
            self.remove([name])
        return real(self, one, path, **how)

    if why == "over":
        bucket.remove([name])
        assert helped(apart.helper, 1, 1).free() == 0
    if why == "other networks meanwhile":
        monkeypatch.setattr(Bucket, "fetch", fetch)
    with helped(apart.helper, 1, 1).opened(lambda: why != "not wanted") as folder:
        assert read_scoring(folder) is None
    assert not (apart.helper.home / "images").exists(), "none of it was fetched for nothing"


def test_a_bucket_that_is_away_is_told_and_leaves_no_half_copy(apart: Apart, bucket_server: BucketServer) -> None:
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway), helped(apart.helper, 1, 1).opened(lambda: True):
            raise AssertionError("no copy could be made")
    finally:
        bucket_server.gate.open()
    assert not list((apart.helper.home / "rounds").rglob("*attempt*"))


def test_two_workers_of_one_home_have_a_copy_each(apart: Apart) -> None:
    with helped(apart.helper, 1, 1).opened(lambda: True) as first:
        with helped(replace(apart.helper, worker="three"), 1, 1).opened(lambda: True) as second:
            assert first != second and read_scoring(second) == apart.scoring
        assert read_scoring(first) == apart.scoring
