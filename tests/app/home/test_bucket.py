"""A bucket of a real S3 server: whole files, and words where it does not answer."""

import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from app.home import bucket as module
from app.home.bucket import Bucket, BucketAway, Entry
from tests.bucket_server import BucketServer


@pytest.fixture
def bucket(bucket_url: str) -> Bucket:
    return Bucket(f"{bucket_url}/a/prefix")


def test_what_is_put_comes_back_with_its_name_size_and_time(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"content")
    bucket.put("folder/one", tmp_path / "one")
    (tmp_path / "one").write_bytes(b"other, and longer")
    bucket.put("folder/deeper/two", tmp_path / "one")

    found = bucket.entries("folder")
    assert {name: one.size for name, one in found.items()} == {"folder/one": 7, "folder/deeper/two": 17}
    assert bucket.entry("folder/one") == found["folder/one"]
    assert abs(found["folder/one"].modified - time.time()) < 60
    assert bucket.fetch("folder/one", tmp_path / "new" / "place")
    assert (tmp_path / "new" / "place").read_bytes() == b"content"
    assert (tmp_path / "new" / "place").stat().st_mtime == found["folder/one"].modified
    assert (bucket.read("folder/one"), bucket.read("folder/one", last=3)) == (b"content", b"ent")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["place"], "no draft is left"


def test_what_is_not_there_is_none_and_taking_it_away_is_no_error(bucket: Bucket, tmp_path: Path) -> None:
    assert bucket.read("none") is None
    assert bucket.entry("none") is None
    assert bucket.entry("no") is None, "a folder is no file"
    assert bucket.entries("none") == {}
    assert not bucket.fetch("none", tmp_path / "none")
    assert not bucket.fetch("none", tmp_path / "none", sha256="ab" * 32)
    (tmp_path / "one").write_bytes(b"content")
    bucket.put("one", tmp_path / "one")
    bucket.remove(["one", "none"])
    bucket.remove([])
    assert bucket.entries("") == {}
    assert list(tmp_path.iterdir()) == [tmp_path / "one"]


def test_of_all_who_create_one_name_one_alone_does_and_knows_its_own_again(bucket: Bucket) -> None:
    with ThreadPoolExecutor(8) as threads:
        done = list(threads.map(lambda number: bucket.create("one", b"%d" % number), range(8)))
    assert done.count(True) == 1
    assert bucket.read("one") == b"%d" % done.index(True)
    assert bucket.create("one", b"%d" % done.index(True)), "an answer that got lost is asked for again"
    assert not bucket.create("one", b"of another")
    bucket.remove(["one"])
    assert bucket.create("one", b"of another")


def test_a_folder_that_gets_its_first_file_while_it_is_listed_is_listed_all_the_same(
    bucket: Bucket, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"content")
    for number in range(30):
        folder, found = f"new/{number}", dict[str, Entry]()
        putting = threading.Thread(target=bucket.put, args=[f"{folder}/one", tmp_path / "one"])
        putting.start()
        while not found:
            found = bucket.entries(folder)
        putting.join()
        assert list(found) == [f"{folder}/one"]


def test_names_that_lead_out_of_the_home_are_none_of_ours(
    bucket: Bucket, bucket_server: BucketServer, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"content")
    for name in ("models/../../../escaped", "models/.hidden", "models//twice", "models/fine"):
        bucket.put(name, tmp_path / "one")
    assert list(bucket.entries("models")) == ["models/fine"]


def test_other_bytes_than_the_name_says_are_refused(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"content")
    bucket.put("one", tmp_path / "one")
    assert bucket.fetch("one", tmp_path / "good", sha256=hashlib.sha256(b"content").hexdigest())
    with pytest.raises(BucketAway, match="has other bytes than its name says"):
        bucket.fetch("one", tmp_path / "bad", sha256=hashlib.sha256(b"contents").hexdigest())
    assert not (tmp_path / "bad").exists()


@pytest.mark.parametrize(("times", "found"), [(0, b"0"), (1, b"1"), (2, b"2"), (3, None)])
def test_a_file_that_is_replaced_while_it_comes_is_fetched_anew(
    times: int, found: bytes | None, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large one comes in parts: those of two states would be neither."""
    states = [tmp_path / str(number) for number in range(times + 1)]
    for number, path in enumerate(states):
        path.write_bytes(str(number).encode() * 2)
    bucket.put("checkpoint", states[0])
    waiting, real = states[1:], Bucket._download

    def download(self: Bucket, name: str, draft: Path) -> bool:
        done = real(self, name, draft)
        if waiting:
            self.put(name, waiting.pop(0))
        return done

    monkeypatch.setattr(Bucket, "_download", download)
    if found is not None:
        assert bucket.fetch("checkpoint", tmp_path / "fetched")
        assert (tmp_path / "fetched").read_bytes() == found * 2
    else:
        with pytest.raises(BucketAway, match="was replaced 3 times while it came; wanted it whole"):
            bucket.fetch("checkpoint", tmp_path / "fetched")
        assert not (tmp_path / "fetched").exists()


@pytest.mark.parametrize(
    "ask",
    [
        lambda bucket, path: bucket.read("one"),
        lambda bucket, path: bucket.entry("one"),
        lambda bucket, path: bucket.entries("one"),
        lambda bucket, path: bucket.put("one", path),
        lambda bucket, path: bucket.create("one", b"content"),
        lambda bucket, path: bucket.fetch("one", path.with_name("there")),
        lambda bucket, path: bucket.remove(["one"]),
    ],
)
def test_a_server_that_is_away_or_has_no_such_bucket_is_told_in_words_without_secrets(
    ask: Callable[[Bucket, Path], object], bucket: Bucket, bucket_server: BucketServer, tmp_path: Path
) -> None:
    (tmp_path / "one").write_bytes(b"content")
    bucket.put("one", tmp_path / "one")
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway, match=rf"the bucket {bucket.url} did not do its part for 'one'") as told:
            ask(bucket, tmp_path / "one")
    finally:
        bucket_server.gate.open()
    assert not any(secret in str(told.value) for secret in ("anybody", "a-secret-of-this-test"))
    ask(bucket, tmp_path / "one")

    gone = Bucket("s3://no-such-bucket-here")
    with pytest.raises(BucketAway, match="no-such-bucket-here did not do its part"):
        ask(gone, tmp_path / "one")
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_server_that_takes_calls_and_answers_none_is_given_up(bucket: Bucket, mute_server: None) -> None:
    began = time.monotonic()
    with pytest.raises(BucketAway, match="did not do its part for 'one'"):
        bucket.read("one")
    assert time.monotonic() - began < 15, "three tries of a second each, and pauses"


@pytest.fixture
def mute_server(bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever asks waits a second for each of its answers, which never come."""
    monkeypatch.setattr(module, "READ_S", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{mute.getsockname()[1]}")
        module._files.cache_clear()
        yield
    module._files.cache_clear()


def test_an_error_of_this_disk_is_this_disks(bucket: Bucket, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"content")
    bucket.put("one", tmp_path / "one")
    with pytest.raises(FileNotFoundError):
        bucket.put("one", tmp_path / "nowhere")
    with pytest.raises(FileExistsError):
        bucket.fetch("one", tmp_path / "one" / "below")
    assert bucket.read("one") == b"content"
    assert httpx.get(os.environ["AWS_ENDPOINT_URL_S3"]).status_code == 200
