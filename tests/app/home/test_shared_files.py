"""Two homes of two machines and one bucket: what one puts, the other has when it asks."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.home import bucket as bucket_module
from app.home import shared_files as module
from app.home.bucket import Bucket, BucketAway
from app.home.image_files import ImageFiles
from app.home.model_files import ModelFiles
from app.home.settings import Settings, SettingsError
from app.home.shared_files import FILE, bind, shared_files, side_by_side
from tests.bucket_server import BucketServer
from tests.onnx_files import movenet

POSTGRES = "postgresql+psycopg://somebody@nowhere/none"


@dataclass(frozen=True)
class Machines:
    """Their homes."""

    one: Path
    two: Path
    bucket: Bucket


@pytest.fixture
def machines(bucket_url: str, tmp_path: Path) -> Machines:
    for name in ("one", "two"):
        bind(Settings(tmp_path / name, POSTGRES, bucket=bucket_url))
    return Machines(tmp_path / "one", tmp_path / "two", Bucket(bucket_url))


def test_a_home_says_whose_copy_it_is_and_no_secret(machines: Machines) -> None:
    assert (machines.one / FILE).read_text() == f'{{"bucket": "{machines.bucket.url}"}}'
    bind(Settings(machines.one, POSTGRES, bucket=machines.bucket.url))  # once more


@pytest.mark.parametrize(
    ("url", "bucket", "said"),
    [
        (POSTGRES, "s3://another", r"is a copy of s3://.*, and SSPCM_BUCKET is s3://another; wanted one bucket a home"),
        (POSTGRES, None, r"SSPCM_BUCKET is not set; wanted that. Set SSPCM_BUCKET=s3://"),
        ("sqlite:///store.db", "here", r"the store is a file of one machine; .*Set DATABASE_URL"),
    ],
)
def test_a_home_stays_with_its_bucket(url: str, bucket: str | None, said: str, machines: Machines) -> None:
    settings = Settings(machines.one, url, bucket=machines.bucket.url if bucket == "here" else bucket)
    with pytest.raises(SettingsError, match=said):
        bind(settings)


def test_without_s3fs_a_bucket_is_refused_with_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    with pytest.raises(SettingsError, match=r"s3fs is not installed.*pip install -c constraints.txt -e '.\[bucket\]'"):
        bind(Settings(tmp_path, POSTGRES, bucket="s3://pool"))
    bind(Settings(tmp_path, POSTGRES))
    assert list(tmp_path.iterdir()) == []


def test_a_home_without_a_bucket_shares_nothing(tmp_path: Path) -> None:
    shared = shared_files(tmp_path)
    (tmp_path / "here").write_bytes(b"content")
    shared.put("here")
    assert (shared.fetch("here"), shared.fetch("none")) == (True, False)
    assert shared.read("here") == b"content"
    assert (shared.names(""), shared.end_of("here", 3)) == ({}, None)
    shared.renew_folder("")
    shared.forget(["here"])
    shared.trouble()
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_an_image_is_fetched_when_first_asked_for_and_then_kept(
    machines: Machines, bucket_server: BucketServer
) -> None:
    sha256 = ImageFiles(machines.one).put(b"pixels", ".png")
    there = ImageFiles(machines.two)
    path = there.path(sha256)
    assert (path.read_bytes(), path.relative_to(machines.two).parts[0]) == (b"pixels", "images")
    with pytest.raises(FileNotFoundError, match="no image file abab"):
        there.path("ab" * 32)
    bucket_server.gate.shut()
    try:
        assert there.path(sha256) == path
        with pytest.raises(BucketAway):
            there.path("ab" * 32)
        with pytest.raises(BucketAway):
            there.put(b"more", ".jpg")
    finally:
        bucket_server.gate.open()
    assert there.put(b"more", ".jpg") == hashlib.sha256(b"more").hexdigest()
    assert ImageFiles(machines.one).path(hashlib.sha256(b"more").hexdigest()).read_bytes() == b"more"


def test_many_images_are_fetched_at_a_time_and_unknown_ones_passed_over(machines: Machines) -> None:
    names = [ImageFiles(machines.one).put(bytes([number]), ".jpg") for number in range(40)]
    there = ImageFiles(machines.two)
    there.fetch([*names, *names, "ab" * 32])
    assert {path.stem for path in there.folder.rglob("*.jpg")} == set(names)


def test_an_image_whose_bytes_are_not_its_own_in_the_bucket_is_never_shown(machines: Machines) -> None:
    sha256 = ImageFiles(machines.one).put(b"pixels", ".jpg")
    (machines.one / "forged").write_bytes(b"others")
    machines.bucket.put(f"images/{sha256[:2]}/{sha256}.jpg", machines.one / "forged")
    with pytest.raises(BucketAway, match="has other bytes than its name says"):
        ImageFiles(machines.two).path(sha256)
    assert not list((machines.two / "images").rglob("*.jpg"))


def test_models_are_everywhere_with_their_names_the_one_given_last_first(machines: Machines, tmp_path: Path) -> None:
    one, two = ModelFiles(machines.one), ModelFiles(machines.two)
    first, second = tmp_path / "first.onnx", tmp_path / "second.onnx"
    first.write_bytes(movenet())
    second.write_bytes(movenet())
    first.with_suffix(".vitpose").write_bytes(b"trains")
    sha256 = one.keep(first)
    assert [(model.name, model.sha256) for model in two.newest_first()] == [("first", sha256)]
    kept = two.find("first")
    assert kept is not None
    assert kept.trains_from.read_bytes() == b"trains"
    assert two.path(sha256).read_bytes() == first.read_bytes()
    assert two.keep(second, name="renamed") == sha256
    assert [model.name for model in one.newest_first()] == ["renamed"]

    async def chunks() -> AsyncIterator[bytes]:
        yield movenet(128)

    time.sleep(1.1)  # a bucket's times are whole seconds
    uploaded = asyncio.run(two.put(chunks(), name="uploaded"))
    assert [model.name for model in one.newest_first()] == ["uploaded", "renamed"]
    assert one.path(uploaded).exists()


def test_a_small_file_that_all_write_is_read_as_the_bucket_has_it(machines: Machines) -> None:
    for home, content in ((machines.one, b"1"), (machines.two, b"2")):
        (home / "order.json").write_bytes(content)
        shared_files(home).put("order.json")
    assert shared_files(machines.one).read("order.json") == b"2"


def test_a_home_that_had_no_bucket_before_fills_one_without_what_is_its_own(bucket_url: str, tmp_path: Path) -> None:
    home = tmp_path / "old"
    own = (
        "secret.json",
        "thumbs/ab/1.jpg",
        "train.lock",
        "rounds/0001/attempt-1/.draft",
        "simulations/0001/run/rounds/A.safetensors",
    )
    shared = (
        "rounds/0001/attempt-1/manifest.json",
        "rounds/0001/attempt-1/A.safetensors",
        "weights/w.pth",
        "simulations/0001/told-0001/job.json",
        "simulations/0001/run/rows.jsonl",
        "looks.npz",
    )
    for name in (*own, *shared):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text(name)
    sha256 = ImageFiles(home).put(b"pixels", ".jpg")
    bind(Settings(home, POSTGRES, bucket=bucket_url))
    there = shared_files(home)
    assert there.fill() == (7, 7)
    assert there.fill() == (0, 7)
    assert set(Bucket(bucket_url).entries("")) == {*shared, f"images/{sha256[:2]}/{sha256}.jpg"}


def test_what_another_machine_put_stays_when_a_bucket_is_filled_again(machines: Machines) -> None:
    for home, content in ((machines.one, "older"), (machines.two, "newer, and longer")):
        (home / "weights").mkdir()
        (home / "weights" / "w").write_text(content)
    shared_files(machines.two).put("weights/w")
    assert shared_files(machines.one).fill() == (0, 1)
    assert machines.bucket.read("weights/w") == b"newer, and longer"


def test_a_server_that_lists_parts_of_seconds_has_nothing_fetched_twice(
    machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And leaves them out where one file is asked for."""
    (machines.one / "weights").mkdir()
    for name in ("w", "v"):
        (machines.one / "weights" / name).write_text(name)
        shared_files(machines.one).put(f"weights/{name}")
    files, fetched = bucket_module._files(), list[str]()
    real, download = files.find, Bucket._download

    def find(path: str, **how: Any) -> Any:
        found = real(path, **how)
        for told in found.values():
            told["LastModified"] = told["LastModified"].replace(microsecond=345_000)
        return found

    def count(self: Bucket, name: str, draft: Path) -> bool:
        fetched.append(name)
        return download(self, name, draft)

    monkeypatch.setattr(files, "find", find)
    monkeypatch.setattr(Bucket, "_download", count)
    for _ in range(2):
        shared_files(machines.two).renew_folder("weights")
        assert sorted(fetched) == ["weights/v", "weights/w"]


def test_after_the_first_error_nothing_more_is_asked_of_a_bucket() -> None:
    begun = list[int]()

    def work(number: int) -> None:
        begun.append(number)
        time.sleep(0.05)
        raise BucketAway("it is away")

    with pytest.raises(BucketAway):
        side_by_side(work, range(1000))
    assert len(begun) < 40


def test_a_bucket_that_does_not_answer_is_trouble(machines: Machines, bucket_server: BucketServer) -> None:
    shared_files(machines.one).trouble()
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway):
            shared_files(machines.one).trouble()
    finally:
        bucket_server.gate.open()
