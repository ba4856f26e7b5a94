"""Where simulations stand is said once by one, in a folder as in a bucket."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.home.bucket import Bucket, BucketAway
from app.home.settings import Settings
from app.home.shared_files import bind
from app.rounds.errors import LearningError
from app.simulation.standing import standing
from tests.bucket_server import BucketServer

NAME = "simulations/0001/told-0001/job.json"


@pytest.fixture(params=["folder", "bucket"])
def homes(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Path]:
    """Two that see the same."""
    if request.param == "folder":
        return tmp_path / "home", tmp_path / "home"
    url = request.getfixturevalue("bucket_url")
    for name in ("one", "two"):
        bind(Settings(tmp_path / name, "postgresql+psycopg://somebody@nowhere/none", bucket=url))
    return tmp_path / "one", tmp_path / "two"


def test_of_all_who_say_the_same_word_one_is_heard_and_everybody_reads_it(homes: tuple[Path, Path]) -> None:
    one, two = map(standing, homes)
    assert one.names() == []
    with ThreadPoolExecutor(8) as threads:
        heard = list(threads.map(lambda k: (one, two)[k % 2].create(NAME, b"%d" % k), range(8)))
    assert heard.count(True) == 1
    assert one.read(NAME) == two.read(NAME) == b"%d" % heard.index(True)
    two.require_one_writer(NAME)
    assert one.read(NAME) == b"%d" % heard.index(True), "asked for, nothing is written over"


def test_what_one_writes_the_other_finds_until_it_is_taken_away(homes: tuple[Path, Path]) -> None:
    one, two = map(standing, homes)
    for told in ("0001", "0002"):
        assert one.create(f"simulations/0012/told-{told}/job.json", told.encode())
    cancel = "simulations/0012/cancel"
    assert not two.has(cancel)
    for _ in range(2):
        two.wish(cancel)
    assert one.has(cancel)
    found = {"simulations/0012/told-0001/job.json", "simulations/0012/told-0002/job.json", cancel}
    assert set(two.names()) == found
    one.forget("simulations/0012")
    assert two.names() == []
    with pytest.raises(FileNotFoundError):
        two.read(cancel)


def test_a_bucket_whose_server_replaces_files_is_refused(
    bucket_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(self: Bucket, name: str, content: bytes) -> bool:
        (tmp_path / "draft").write_bytes(content)
        self.put(name, tmp_path / "draft")
        return True

    bind(Settings(tmp_path / "home", "postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    monkeypatch.setattr(Bucket, "create", create)
    found = standing(tmp_path / "home")
    assert found.create(NAME, b"first")
    with pytest.raises(LearningError, match=r"wanted one that knows conditional puts .* or export the labels"):
        found.require_one_writer(NAME)


def test_a_bucket_that_is_away_is_told(bucket_url: str, bucket_server: BucketServer, tmp_path: Path) -> None:
    bind(Settings(tmp_path / "home", "postgresql+psycopg://somebody@nowhere/none", bucket=bucket_url))
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway):
            standing(tmp_path / "home").names()
    finally:
        bucket_server.gate.open()
