"""What a round's folder in the bucket is at each moment: a folder that somebody else can go on from."""

import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.home.bucket import Bucket, BucketAway
from app.home.settings import Settings
from app.home.shared_files import bind
from app.rounds import sharing as module
from app.rounds.folder import round_folder
from app.rounds.sharing import Sharing, restore
from db.errors import RoundLost
from sspcm.shard_files import begin_scoring, forget_shards
from tests.bucket_server import BucketServer
from tests.waiting import until

POSTGRES = "postgresql+psycopg://somebody@nowhere/none"
FOLDER = "rounds/0001/attempt-1"


@dataclass
class Round:
    """Round 1 of a machine, and what is done to its files."""

    settings: Settings
    bucket: Bucket

    @property
    def folder(self) -> Path:
        return round_folder(self.settings, 1)

    def write(self, *names: str, content: str = "") -> None:
        for name in names:
            (self.folder / name).write_text(content or name)

    def there(self) -> dict[str, str]:
        """What the bucket has of the first attempt."""
        names = self.bucket.entries(FOLDER)
        return {name.removeprefix(f"{FOLDER}/"): (self.bucket.read(name) or b"").decode() for name in names}


@pytest.fixture
def here(bucket_url: str, tmp_path: Path) -> Round:
    return a_machine(tmp_path / "one", bucket_url)


def a_machine(home: Path, bucket_url: str) -> Round:
    settings = Settings(home, POSTGRES, bucket=bucket_url)
    bind(settings)
    found = Round(settings, Bucket(bucket_url))
    found.folder.mkdir(parents=True)
    return found


def test_what_is_finished_is_put_and_what_goes_is_taken_away(here: Round) -> None:
    sharing = Sharing(here.settings, 1, 1)
    here.write("manifest.json", "training.safetensors", "A.safetensors", ".half")
    sharing.put()
    assert set(here.there()) == {"manifest.json", "training.safetensors", "A.safetensors"}
    here.write("training.safetensors", content="a later step")
    (here.folder / "A.safetensors").unlink()
    sharing.put()
    assert here.there() == {"manifest.json": "manifest.json", "training.safetensors": "a later step"}
    (here.folder / "manifest.json").unlink()
    again = Sharing(here.settings, 1, 1)  # a worker that was started anew knows nothing of before
    again.put()
    assert here.there() == {"training.safetensors": "a later step"}


def test_a_worker_that_is_started_anew_puts_only_what_is_new(here: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    here.write("manifest.json", "predictions.npz", "report.json")
    Sharing(here.settings, 1, 1).put()
    here.write("report.json", content="another")
    done = list[str]()
    real_put, real_remove = Bucket.put, Bucket.remove

    def put(self: Bucket, name: str, path: Path) -> None:
        done.append(f"put {path.name}")
        real_put(self, name, path)

    def remove(self: Bucket, names: list[str]) -> None:
        done.extend(f"remove {name.rpartition('/')[2]}" for name in names)
        real_remove(self, names)

    monkeypatch.setattr(Bucket, "put", put)
    monkeypatch.setattr(Bucket, "remove", remove)
    for _ in range(2):
        Sharing(here.settings, 1, 1).put()
    assert done == ["remove report.json", "put report.json"]
    assert here.there()["report.json"] == "another"


def test_at_each_moment_nothing_vouches_for_files_that_are_not_there(
    here: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = list[dict[str, str]]()
    real_put, real_remove = Bucket.put, Bucket.remove

    def put(self: Bucket, name: str, path: Path) -> None:
        real_put(self, name, path)
        seen.append(here.there())

    def remove(self: Bucket, names: list[str]) -> None:
        real_remove(self, names)
        seen.append(here.there())

    monkeypatch.setattr(Bucket, "put", put)
    monkeypatch.setattr(Bucket, "remove", remove)
    networks = ["A.safetensors", "B.safetensors", "C.safetensors"]
    sharing = Sharing(here.settings, 1, 1)
    for state in ("first", "second"):
        here.write("manifest.json", content="the same")
        here.write(*networks, "model.json", "predictions.npz", "report.json", "status.json", content=state)
        sharing.put()
    for moment in seen:
        if "model.json" in moment:
            assert {moment.get(name) for name in networks} == {moment["model.json"]}
        if "status.json" in moment:
            assert moment["status.json"] == moment["report.json"] == moment["predictions.npz"] == moment["model.json"]
    whole = [moment for moment in seen if "manifest.json" in moment]
    assert len(whole[0]) == 8, "the manifest came last: who has it has all"
    assert {"first", "second"} <= {value for moment in seen for value in moment.values()}


def test_shards_of_networks_that_change_are_gone_before_these_come(
    here: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    sharing = Sharing(here.settings, 1, 1)
    here.write("A.safetensors", content="first")
    scoring = begin_scoring(here.folder, persons=1, shards=2)
    assert scoring.take(here.folder, 0)
    scoring.path(here.folder, 0).write_text("first")
    sharing.put()
    stem = scoring.path(here.folder, 0).stem
    assert set(here.there()) == {"A.safetensors", "scoring.json", f"{stem}.npz", f"{stem}.taken"}
    forget_shards(here.folder)
    here.write("A.safetensors", content="second")
    real, moments = Bucket.put, list[set[str]]()

    def put(self: Bucket, name: str, path: Path) -> None:
        moments.append(set(here.there()))
        real(self, name, path)

    monkeypatch.setattr(Bucket, "put", put)
    sharing.put()
    assert moments == [{"A.safetensors"}]


def test_shards_that_helpers_predicted_come_here_and_go_with_the_others(
    here: Round, bucket_url: str, tmp_path: Path
) -> None:
    there = a_machine(tmp_path / "two", bucket_url)
    here.write("manifest.json")
    scoring = begin_scoring(here.folder, persons=1, shards=3)
    (tmp_path / "shard").write_text("of a helper")

    def put(number: int) -> None:
        here.bucket.put(f"{FOLDER}/{scoring.path(here.folder, number).name}", tmp_path / "shard")

    put(1)
    again = Sharing(here.settings, 1, 1)  # of a worker that was started anew: nothing of them is taken away
    again.put()
    assert scoring.path(here.folder, 1).read_text() == "of a helper"
    assert scoring.take(here.folder, 0)
    again.put()
    restore(there.settings, 1, 1, there.folder)
    found = {path.name for path in there.folder.iterdir()}
    assert found == {"manifest.json", "scoring.json", scoring.path(here.folder, 1).name}, "whoever goes on takes all"

    def score() -> None:
        forget_shards(here.folder)
        put(2)  # by a helper that has not heard of it
        scoring.path(here.folder, 2).touch()  # and it came just then

    again.during(score)()
    assert set(here.there()) == {"manifest.json"}
    assert not list(here.folder.glob("*predictions*"))


def test_a_stage_puts_what_it_writes_as_it_goes_and_at_its_end(here: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)

    def stage() -> str:
        here.write("metrics.jsonl")
        until(lambda: "metrics.jsonl" in here.there())
        here.write("report.json")
        return "done"

    assert Sharing(here.settings, 1, 1).during(stage)() == "done"
    assert set(here.there()) == {"metrics.jsonl", "report.json"}


def test_while_the_bucket_is_away_a_stage_goes_on_and_its_end_waits(
    here: Round, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EVERY_S", 0.05)
    ran = list[str]()

    def stage() -> None:
        if not ran:
            bucket_server.gate.shut()
            time.sleep(0.5)
        here.write("report.json")
        ran.append("once")

    shared = Sharing(here.settings, 1, 1).during(stage)
    try:
        with pytest.raises(BucketAway):
            shared()
    finally:
        bucket_server.gate.open()
    assert ran == ["once"]
    shared()  # as a worker's patience begins it again
    assert set(here.there()) == {"report.json"}


@pytest.mark.parametrize(("error", "is_put"), [(ValueError("the trainer's own"), True), (RoundLost("gone"), False)])
def test_what_a_failed_stage_leaves_is_put_and_what_a_lost_one_leaves_is_not(
    error: Exception, is_put: bool, here: Round
) -> None:
    def stage() -> None:
        here.write("trainer.log")
        raise error

    with pytest.raises(type(error)):
        Sharing(here.settings, 1, 1).during(stage)()
    assert ("trainer.log" in here.there()) is is_put
    until(lambda: threading.active_count() < 40)


def test_a_round_that_only_ends_here_touches_nothing_of_another_machines(here: Round) -> None:
    here.write("manifest.json")
    Sharing(here.settings, 1, 1).put()
    (here.folder / "manifest.json").unlink()
    Sharing(here.settings, 1, 1, is_held=False).put()
    assert set(here.there()) == {"manifest.json"}


def test_another_machine_gets_the_newest_whole_folder(here: Round, bucket_url: str, tmp_path: Path) -> None:
    there = a_machine(tmp_path / "two", bucket_url)
    here.write("manifest.json", "training.safetensors")
    Sharing(here.settings, 1, 1).put()
    (there.folder / "left over").write_text("of one that lost the round")

    restore(there.settings, 1, 1, there.folder)
    assert {path.name for path in there.folder.iterdir()} == {"manifest.json", "training.safetensors"}

    second = round_folder(here.settings, 1, 2)
    second.mkdir()
    (second / "training.safetensors").write_text("not all was put")
    Sharing(here.settings, 1, 2).put()
    third = round_folder(there.settings, 1, 3)
    restore(there.settings, 1, 2, third)
    assert (third / "training.safetensors").read_text() == "training.safetensors"
    (second / "manifest.json").write_text("now it was")
    Sharing(here.settings, 1, 2).put()
    restore(there.settings, 1, 2, third)
    assert (third / "training.safetensors").read_text() == "not all was put"
    assert sorted(path.name for path in third.parent.iterdir()) == ["attempt-1", "attempt-3"], "no draft is left"


def test_a_round_that_nobody_put_begins_in_an_empty_folder(here: Round) -> None:
    target = round_folder(here.settings, 7, 2)
    restore(here.settings, 7, 1, target)
    assert list(target.iterdir()) == []


def test_without_a_bucket_a_stage_is_run_as_it_is(tmp_path: Path) -> None:
    def stage() -> int:
        return 7

    assert Sharing(Settings(tmp_path, POSTGRES), 1, 1).during(stage) is stage
