"""The demo home: made once, opened again, and blind to the pool's truth."""

import json
import re
from pathlib import Path

import pytest

from app import demo
from app.demo import ACCOUNTS_FILE, DEMO_FOLDER, DemoHome, ensure_demo_home
from app.settings import Settings, read_settings
from db import images
from db.session import open_store


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, DemoHome]:
    settings = read_settings(tmp_path_factory.mktemp("demo") / "home", {})
    return settings, ensure_demo_home(settings)


def test_it_holds_a_seed_a_pool_and_validation_images(made: tuple[Settings, DemoHome]) -> None:
    with open_store(made[0].database_url).reading() as tx:
        counts = images.count(tx)
    assert (counts.images, counts.images_open, counts.images_validation) == (80, 48, 20)
    assert (counts.persons_accepted, counts.persons_open, counts.persons_validation) == (32, 147, 66)


def test_nothing_of_the_truth_enters_the_home(made: tuple[Settings, DemoHome]) -> None:
    truth = json.loads((DEMO_FOLDER / "truth.json").read_text())["persons"]
    places = {f"{x}, {y}" for p in truth for x, y in zip(p["keypoints"][::3], p["keypoints"][1::3], strict=True)}
    settings, _ = made
    stored = b"".join(p.read_bytes() for p in settings.home.glob("store.db*")).decode(errors="replace")
    seed = json.loads((DEMO_FOLDER / "seed.json").read_text())["annotations"][0]["keypoints"]
    assert f"{seed[0]}, {seed[1]}" in stored, "the search must find what is there"
    assert not any(re.search(rf"(?<![\d.]){re.escape(place)}(?!\d)", stored) for place in places)
    with open_store(settings.database_url).reading() as tx:
        assert all(p.label is None for p in images.list_persons(tx, split="train") if p.state == "open")


def test_importing_never_reads_the_truth() -> None:
    assert "truth" not in {part for part, _ in demo.PARTS}
    assert "truth" not in Path(demo.__file__).read_text()


def test_opening_it_again_changes_nothing(made: tuple[Settings, DemoHome]) -> None:
    settings, first = made
    again = ensure_demo_home(settings)
    assert first.is_new
    assert not again.is_new
    assert again.passwords == first.passwords
    assert (settings.home / ACCOUNTS_FILE).stat().st_mode & 0o077 == 0
