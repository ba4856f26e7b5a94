"""Folders of several machines, and the bucket between them: a shard is one machine's, and comes to the owner whole."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.home.bucket import Bucket, BucketAway
from app.home.shared_files import again_and_again
from app.rounds.shards_in_bucket import ShardsInBucket
from sspcm.shard_files import Scoring, begin_scoring, forget_shards, read_scoring
from tests.bucket_server import BucketServer
from tests.waiting import until

PLACE = "rounds/0001/attempt-1"
SHARDS = 12


class Machine:
    """A folder, and the process there."""

    def __init__(self, bucket: Bucket, folder: Path, *, is_own: bool) -> None:
        self.folder, self.shards = folder, ShardsInBucket(bucket, folder, PLACE, is_own=is_own)
        folder.mkdir()

    def begin(self, scoring: Scoring, number: int) -> None:
        """As another process than that of the other machine."""
        scoring.mark(self.folder, number).write_text(f"somebody in {self.folder}")

    def has(self, scoring: Scoring, number: int) -> bool:
        """Whether the mark here is still its own."""
        return scoring.mark(self.folder, number).read_text() == f"somebody in {self.folder}"


@pytest.fixture
def bucket(bucket_url: str) -> Bucket:
    return Bucket(bucket_url)


@pytest.fixture
def owner(bucket: Bucket, tmp_path: Path) -> Machine:
    found = Machine(bucket, tmp_path / "owner", is_own=True)
    begin_scoring(found.folder, persons=1, shards=SHARDS)
    bucket.put(f"{PLACE}/scoring.json", found.folder / "scoring.json")
    return found


@pytest.fixture
def helper(bucket: Bucket, owner: Machine, tmp_path: Path) -> Machine:
    found = Machine(bucket, tmp_path / "helper", is_own=False)
    (found.folder / "scoring.json").write_bytes((owner.folder / "scoring.json").read_bytes())
    return found


@pytest.fixture
def scoring(owner: Machine) -> Scoring:
    found = read_scoring(owner.folder)
    assert found is not None
    return found


def test_what_both_began_at_once_is_one_machines_and_what_one_began_the_other_learns(
    owner: Machine, helper: Machine, scoring: Scoring
) -> None:
    for number in range(8):
        owner.begin(scoring, number)
        helper.begin(scoring, number)
    owner.begin(scoring, 8)
    helper.begin(scoring, 9)
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda one: one.shards.exchange(), (owner, helper)))
    for one in (owner, helper):
        one.shards.exchange(now=True)
    assert {owner.has(scoring, number) + helper.has(scoring, number) for number in range(10)} == {1}
    assert owner.has(scoring, 8) and helper.has(scoring, 9)
    assert scoring.free(owner.folder) == scoring.free(helper.folder) == 2


def test_a_shard_comes_to_the_owner_as_the_helper_wrote_it_and_the_helper_only_learns_of_the_owners(
    owner: Machine, helper: Machine, scoring: Scoring, bucket: Bucket
) -> None:
    scoring.path(helper.folder, 3).write_bytes(b"of the helper")
    scoring.path(owner.folder, 4).write_bytes(b"of the owner")
    for one in (helper, owner, helper):
        one.shards.exchange(now=True)
    assert scoring.path(owner.folder, 3).read_bytes() == b"of the helper"
    assert scoring.is_there(helper.folder, 4)
    bucket.remove([f"{PLACE}/{scoring.path(owner.folder, 4).name}"])
    helper.shards.exchange(now=True)
    assert scoring.path(owner.folder, 4).name not in str(bucket.entries(PLACE)), "what it has not got it never puts"


@pytest.mark.parametrize("how", ["over", "of other networks"])
def test_a_helper_ends_where_the_owner_scores_no_longer_and_puts_nothing_any_more(
    how: str, owner: Machine, helper: Machine, scoring: Scoring, bucket: Bucket
) -> None:
    forget_shards(owner.folder)
    bucket.remove([f"{PLACE}/scoring.json"])
    if how == "of other networks":
        begin_scoring(owner.folder, persons=1, shards=SHARDS)
        bucket.put(f"{PLACE}/scoring.json", owner.folder / "scoring.json")
    scoring.path(helper.folder, 0).write_bytes(b"late")
    helper.shards.exchange(now=True)
    assert read_scoring(helper.folder) is None
    helper.shards.exchange(now=True)
    assert [name for name in bucket.entries(PLACE) if "predictions" in name] == []


def test_only_shards_of_the_networks_that_are_scored_now_stay(owner: Machine, scoring: Scoring, bucket: Bucket) -> None:
    scoring.path(owner.folder, 0).write_bytes(b"shard")
    for name in ("predictions-0ld-00001.npz", "predictions-0ld-00001.taken", "predictions.npz"):
        bucket.put(f"{PLACE}/{name}", scoring.path(owner.folder, 0))
    owner.begin(scoring, 1)
    owner.shards.exchange(now=True)
    owner.shards.forget_others()
    own = {scoring.path(owner.folder, 0).name, scoring.mark(owner.folder, 1).name[1:]}
    assert {Path(name).name for name in bucket.entries(PLACE)} == own | {"predictions.npz", "scoring.json"}
    owner.shards.forget()
    assert {Path(name).name for name in bucket.entries(PLACE)} == {"predictions.npz", "scoring.json"}


def test_an_outage_is_waited_for_and_nothing_is_lost_by_it(
    owner: Machine, helper: Machine, scoring: Scoring, bucket_server: BucketServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.home.shared_files.AGAIN_AFTER_S", 0.1)
    tried = list[int]()

    def work() -> None:
        tried.append(1)
        helper.shards.exchange(now=True)

    helper.begin(scoring, 0)
    bucket_server.gate.shut()
    try:
        with pytest.raises(BucketAway):
            helper.shards.exchange()
    finally:
        bucket_server.gate.open()
    bucket_server.gate.shut()
    with again_and_again(work, 0.01):
        try:
            until(lambda: len(tried) > 1)
        finally:
            bucket_server.gate.open()
        until(lambda: len(tried) > 4)
    owner.begin(scoring, 0)
    owner.shards.exchange()
    assert helper.has(scoring, 0) and not owner.has(scoring, 0)
