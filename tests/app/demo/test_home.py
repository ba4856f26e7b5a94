"""The demo home: made once, opened again, and blind to the pool's truth."""

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.dataset.exporting import export_coco
from app.demo import home as demo
from app.demo.home import ACCOUNTS_FILE, DEMO_FOLDER, DemoHome, NotADemo, ensure_demo_home, welcome
from app.home.settings import Settings, read_settings
from db.clock import utc_now
from db.labelling import probes, queue
from db.people import users
from db.pool import persons
from db.pool.counts import count
from db.store.session import migrate, open_store

PLACE = re.compile(r"(?<![\d.])(-?\d+(?:\.\d+)?), (?=(-?\d+(?:\.\d+)?))")
"""Two numbers beside each other in JSON; the second may be the first of the next two."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, DemoHome]:
    """A demo home, made from a copy of the demo that has no truth: importing cannot have read it."""
    without_truth = tmp_path_factory.mktemp("demo") / "static"
    shutil.copytree(DEMO_FOLDER, without_truth, ignore=shutil.ignore_patterns("truth.json", "weights"))
    settings = read_settings(tmp_path_factory.mktemp("demo") / "home", {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo, "DEMO_FOLDER", without_truth)
        return settings, ensure_demo_home(settings)


def dump(settings: Settings) -> str:
    """Every row of the store, as text."""
    with closing(sqlite3.connect(settings.home / "store.db")) as connection:
        return "\n".join(connection.iterdump())


def places(text: str) -> set[tuple[float, float]]:
    """Every two numbers beside each other."""
    return {(float(x), float(y)) for x, y in PLACE.findall(text)}


def test_it_holds_a_seed_a_pool_and_validation_images(made: tuple[Settings, DemoHome]) -> None:
    with open_store(made[0].database_url).reading() as tx:
        counts = count(tx)
        accounts = {user.name: user.role for user in users.list_users(tx)}
        shown = queue.listing(tx, limit=200, now=utc_now())
    assert (counts.images, counts.images_open, counts.images_validation) == (121, 79, 31)
    assert (counts.persons_accepted, counts.persons_open, counts.persons_validation) == (53, 350, 124)
    assert accounts == {"annotator": "annotator", "lead": "lead"}
    pool = json.loads((DEMO_FOLDER / "pool.json").read_text())["images"]
    assert {item.image.file_name for item in shown} == {image["file_name"] for image in pool}
    assert all(item.reasons for item in shown), "even before a round, every place in the queue has its reason"


def test_nobody_in_it_is_a_probe(made: tuple[Settings, DemoHome]) -> None:
    with open_store(made[0].database_url).reading() as tx:
        assert probes.probing(tx) is None and probes.is_large_enough(tx)


def test_nothing_of_the_truth_enters_the_store(made: tuple[Settings, DemoHome]) -> None:
    truth = json.loads((DEMO_FOLDER / "truth.json").read_text())["persons"]
    true_places = {place for p in truth for place in zip(p["keypoints"][::3], p["keypoints"][1::3], strict=True)}
    seed = json.loads((DEMO_FOLDER / "seed.json").read_text())["annotations"]
    seed_places = {place for a in seed for place in zip(a["keypoints"][::3], a["keypoints"][1::3], strict=True)}
    stored = dump(made[0])
    assert seed_places <= places(stored), "the search must find what is there"
    assert not true_places & places(stored)


def test_no_person_of_the_pool_has_a_label(made: tuple[Settings, DemoHome]) -> None:
    with open_store(made[0].database_url).reading() as tx:
        waiting = [p for p in persons.list_persons(tx, split="train") if p.state == "open"]
    assert len(waiting) == 350
    assert all(p.label is None and p.extra.get("keypoints") is None and p.area is None for p in waiting)


def test_its_parts_are_of_different_rooms_and_small_enough_to_ship() -> None:
    rooms = [
        {image["room"] for image in json.loads((DEMO_FOLDER / f"{part}.json").read_text())["images"]}
        for part, _ in demo.PARTS
    ]
    assert len(set.union(*rooms)) == sum(map(len, rooms)) == 32
    drawn = [path for path in DEMO_FOLDER.glob("**/*") if path.is_file() and "weights" not in path.parts]
    assert sum(path.stat().st_size for path in drawn) <= 10_000_000


def test_opening_it_again_changes_nothing(made: tuple[Settings, DemoHome]) -> None:
    settings, first = made
    before = dump(settings)
    again = ensure_demo_home(settings)
    assert first.is_new
    assert not again.is_new
    assert again.passwords == first.passwords
    assert dump(settings) == before
    assert len(export_coco(open_store(settings.database_url))["annotations"]) == 527


def test_its_passwords_are_for_the_owner_alone_and_are_told_in_a_box(made: tuple[Settings, DemoHome]) -> None:
    settings, home = made
    assert (settings.home / ACCOUNTS_FILE).stat().st_mode & 0o077 == 0
    told = welcome("http://127.0.0.1:7860", home, settings.home)
    assert all(text in told for text in ("http://127.0.0.1:7860", *home.passwords.values()))
    assert len({len(line) for line in told.splitlines()}) == 1


def test_an_interrupted_beginning_is_completed(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    (tmp_path / ACCOUNTS_FILE).write_text('{"annotator": "kept for her", "lead": "kept for him"}')
    home = ensure_demo_home(settings)
    with open_store(settings.database_url).reading() as tx:
        assert users.authenticate(tx, "lead", "kept for him") is not None
    assert home.passwords["annotator"] == "kept for her"


def everything(home: Path) -> dict[str, bytes]:
    """Every file of a home; the store's as text, which its log does not change."""
    files = {path.name: path.read_bytes() for path in home.rglob("*") if path.is_file() and "store.db" not in path.name}
    if (home / "store.db").exists():
        with closing(sqlite3.connect(home / "store.db")) as connection:
            files["store.db"] = "\n".join(connection.iterdump()).encode()
    return files


def with_accounts(settings: Settings) -> None:
    migrate(settings.database_url)
    store = open_store(settings.database_url)
    with store.transaction() as tx:
        users.add_user(tx, "lea", "lead", "correct horse")
    store.close()


def with_accounts_of_an_old_version(settings: Settings) -> None:
    """The schema of before says so; were it migrated, it would no more."""
    with_accounts(settings)
    with closing(sqlite3.connect(settings.home / "store.db")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")


def with_image_files(settings: Settings) -> None:
    """As of a home whose store is a PostgreSQL that is not named now."""
    (settings.home / "images").mkdir()
    (settings.home / "images" / "0.jpg").write_bytes(b"a frame")


@pytest.mark.parametrize("fill", [with_accounts, with_accounts_of_an_old_version, with_image_files])
def test_somebodys_own_home_is_refused_and_left_as_it_is(tmp_path: Path, fill: Callable[[Settings], None]) -> None:
    settings = read_settings(tmp_path, {})
    fill(settings)
    before = everything(tmp_path)
    found = "image files" if fill is with_image_files else "accounts"
    with pytest.raises(NotADemo, match=f"has {found} already and is no demo home; wanted a new one"):
        ensure_demo_home(settings)
    assert everything(tmp_path) == before
    assert not (tmp_path / ACCOUNTS_FILE).exists()


def test_an_empty_home_that_was_migrated_becomes_a_demo_home(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {})
    migrate(settings.database_url)
    assert ensure_demo_home(settings).is_new
