"""A lead deletes an image or a person for good: rows, files, and what rounds and exports hold of them."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from app.dataset.exporting import export, record_export
from app.dataset.importing import import_folder
from app.deletion import deleting, saying
from app.deletion.deleting import Goes, allow, delete, look
from app.pool.looks import FILE as LOOKS
from app.pool.looks import look_at
from app.rounds.freezing import freeze_round
from app.rounds.publishing import publish_round
from app.rounds.scoring import score_round
from app.rounds.training import train_round
from app.sheet.thumbs import Thumbs
from db.errors import InvalidDecision, NotFound
from db.people import audit
from db.people.audit import Actor
from db.pool import images
from db.pool.persons import list_persons
from db.rounds import rounds, stopping
from sspcm.config import RoundConfig, TrainConfig
from tests.app.rounds.round_home import COMMAND, Home, unlabelled

LEA = Actor("lea", audit.BY_PAGE)
TWO_STEPS = RoundConfig(train=TrainConfig(steps=2))


def image_of(home: Home, name: str) -> int:
    with home.store.reading() as tx:
        return next(one.id for one in images.list_images(tx) if one.file_name == name)


def gone(home: Home, name: str, why: str = "asked for") -> deleting.Deleted:
    goes = look(home.store, home.settings, "image", image_of(home, name))
    return delete(home.store, home.settings, goes, actor=LEA, why=why)


def words(goes: Goes) -> str:
    return " ".join([*saying.what_goes(goes), *saying.what_holds_it(goes), *saying.what_stays()])


def sha256_of(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def anywhere(folder: Path, needle: bytes) -> list[str]:
    """The files below a folder whose bytes or name have something, but for the store, which has tombstones and logs."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("store.db"))
    return [
        str(path.relative_to(folder)) for path in found if needle in path.read_bytes() or needle in path.name.encode()
    ]


# --- files -----------------------------------------------------------------------------------------------------------


def noise(path: Path, seed: int) -> None:
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (48, 64, 3), dtype=np.uint8)).save(path)


@pytest.fixture
def frames(home: Home, tmp_path: Path) -> Path:
    """A folder of two pictures that were imported, seen, and cut into thumbs."""
    folder = tmp_path / "frames"
    folder.mkdir()
    boxes = []
    for number in range(2):
        noise(folder / f"{number}.png", number)
        boxes.append({"id": number + 1, "image_id": number + 1, "category_id": 1, "bbox": [10, 10, 30, 30]})
    entries = [{"id": n + 1, "file_name": f"{n}.png", "width": 64, "height": 48} for n in range(2)]
    coco = {"images": entries, "annotations": boxes, "categories": [{"id": 1, "name": "person"}]}
    (tmp_path / "boxes.json").write_text(json.dumps(coco))
    import_folder(home.store, home.files, images_dir=folder, annotations=tmp_path / "boxes.json")
    with home.store.reading() as tx:
        records, persons = images.list_images(tx), list_persons(tx)
    look_at(home.files, records, persons)
    for record, person in zip(records, persons, strict=True):
        Thumbs(home.settings.home).cut(record, [person.box])
    return folder


def test_the_file_goes_with_all_that_was_seen_of_it(home: Home, frames: Path) -> None:
    (sha256,) = {path.stem for path in home.files.folder.rglob("*.png")} - {_sha(home, "1.png")}
    assert np.load(home.settings.home / LOOKS)["images"].tolist().count(sha256) == 1
    assert gone(home, "0.png").trouble == ()
    assert [path.stem for path in home.files.folder.rglob("*.png")] == [_sha(home, "1.png")]
    assert sha256 not in np.load(home.settings.home / LOOKS)["images"].tolist()
    assert list((home.settings.home / "thumbs").rglob("*.jpg")) == []
    with pytest.raises(NotFound, match="there is no image 1"):
        look(home.store, home.settings, "image", 1)


def _sha(home: Home, name: str) -> str:
    with home.store.reading() as tx:
        return images.get_image(tx, image_of(home, name)).sha256


def test_the_same_file_imported_again_is_refused_in_words_until_a_lead_allows_it(home: Home, frames: Path) -> None:
    sha256 = _sha(home, "0.png")
    gone(home, "0.png", why="consent withdrawn")
    (frames / "0.png").rename(frames / "another name.png")
    again = import_folder(home.store, home.files, images_dir=frames)
    assert (again.images_new, again.images_known) == (0, 1)
    (told,) = [one for one in again.complaints if "deleted" in one]
    assert "deleted for good on" in told and "('consent withdrawn')" in told and "delete allow 1" in told
    assert anywhere(home.files.folder, sha256.encode()) == [], "its bytes were not even kept for a moment"
    allow(home.store, 1, actor=LEA)
    assert import_folder(home.store, home.files, images_dir=frames).images_new == 1


def test_a_deleted_person_does_not_come_back_with_the_file_they_came_from(home: Home, frames: Path) -> None:
    goes = look(home.store, home.settings, "person", 1)
    assert saying.title(goes) == "person 1 of image '0.png'" and "The image stays" in words(goes)
    delete(home.store, home.settings, goes, actor=LEA, why="asked for")
    annotations = frames.parent / "boxes.json"
    import_folder(home.store, home.files, images_dir=frames, annotations=annotations)
    with home.store.reading() as tx:
        assert [one.id for one in list_persons(tx)] == [2]
    assert _sha(home, "0.png") in {path.stem for path in home.files.folder.rglob("*.png")}


def test_why_is_wanted_and_bounded(home: Home) -> None:
    home.add("a.jpg", unlabelled())
    for why in ("", "  \0 ", "x" * 1001):
        with pytest.raises(InvalidDecision, match="the reason has"):
            gone(home, "a.jpg", why)
    assert image_of(home, "a.jpg") == 1


def test_the_log_tells_who_deleted_what_and_names_no_file(home: Home) -> None:
    home.add("jane doe.jpg", unlabelled())
    gone(home, "jane doe.jpg")
    with home.store.reading() as tx:
        (line,) = audit.read(tx)
    assert (line.actor, line.action, line.about) == ("lea", "image deleted", "1")
    assert line.details["why"] == "asked for" and line.details["rows"]["persons"] == 1
    assert "jane" not in json.dumps(line.details)


# --- rounds ----------------------------------------------------------------------------------------------------------


def ready(home: Home) -> None:
    home.add("seed.jpg", home.labelled())
    home.add("a.jpg", unlabelled(200), home.labelled())
    home.add("b.jpg", unlabelled(200))


def end(home: Home, state: str) -> None:
    with home.store.transaction() as tx:
        record = rounds.get(tx, 1)
        if state == "failed":
            rounds.fail(tx, record.id, error="the trainer ended")
        else:
            stopping.ask(tx, record.number, user=home.lead)


def test_a_round_that_published_keeps_its_networks_and_forgets_the_person_in_its_manifest(home: Home) -> None:
    ready(home)
    home.run_to_scores()
    publish_round(home.store, home.settings, 1)
    goes = look(home.store, home.settings, "image", image_of(home, "a.jpg"))
    assert goes.rounds == ((1, "published"),) and goes.blocked is None
    assert "Rounds that learned from it or scored it: 1 (published)" in words(goes)
    before = home.manifest()
    assert delete(home.store, home.settings, goes, actor=LEA, why="asked for").trouble == ()
    left = home.manifest()
    assert {one["id"] for one in left["persons"]} == {1, 4} and len(before["persons"]) == 4
    assert left | {"persons": 0} == before | {"persons": 0}
    assert (home.folder() / "predictions.npz").exists() and (home.folder() / "report.json").exists()
    assert anywhere(home.settings.home, sha256_of("a.jpg").encode()) == []
    with home.store.reading() as tx:
        assert [one["image"] for one in rounds.get(tx, 1).progress.get("worst", [])] in ([], ["b.jpg"])


@pytest.mark.parametrize("stage", ["frozen", "trained", "scored"])
def test_nothing_that_a_round_under_way_holds_is_deleted(home: Home, stage: str) -> None:
    ready(home)
    home.freeze(TWO_STEPS)
    if stage != "frozen":
        train_round(home.store, home.settings, 1, command=COMMAND)
    if stage == "scored":
        score_round(home.store, home.settings, 1)
    goes = look(home.store, home.settings, "image", image_of(home, "a.jpg"))
    assert goes.blocked is not None and "Cancel it (round cancel 1), or wait" in goes.blocked
    with pytest.raises(InvalidDecision, match="round 1 is running and learns from it or scores it"):
        delete(home.store, home.settings, goes, actor=LEA, why="asked for")
    assert image_of(home, "a.jpg") == 2 and (home.files.path(sha256_of("a.jpg"))).exists()


def test_an_image_that_came_later_is_deleted_while_the_round_goes_on_to_its_end(home: Home) -> None:
    ready(home)
    home.freeze(TWO_STEPS)
    home.add("later.jpg", unlabelled(200))
    train_round(home.store, home.settings, 1, command=COMMAND)
    gone(home, "later.jpg")
    score_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)
    assert home.round().state == "published"


def test_a_round_that_waits_freezes_without_what_was_deleted(home: Home) -> None:
    ready(home)
    home.create(TWO_STEPS)
    gone(home, "a.jpg")
    freeze_round(home.store, home.files, home.settings, 1)
    assert {one["id"] for one in home.manifest()["persons"]} == {1, 4}


def test_while_a_round_reads_the_labels_nothing_is_deleted(home: Home) -> None:
    ready(home)
    record = home.create(TWO_STEPS)
    with home.store.transaction() as tx:
        rounds.start(tx, record.id)
        rounds.freeze(tx, record.id)  # and the manifest is not written yet
    with pytest.raises(InvalidDecision, match="reads the labels just now"):
        gone(home, "a.jpg")


def test_a_failed_round_begins_anew_without_it(home: Home) -> None:
    ready(home)
    home.run_to_scores()
    end(home, "failed")
    assert gone(home, "a.jpg").trouble == ()
    assert {path.name for path in home.folder().iterdir()} <= {"manifest.json", "trainer.log"}
    with home.store.transaction() as tx:
        stopping.go_on(tx, 1, user=home.lead)
    freeze_round(home.store, home.files, home.settings, 1)
    train_round(home.store, home.settings, 1, command=COMMAND)
    score_round(home.store, home.settings, 1)
    publish_round(home.store, home.settings, 1)
    assert home.round().state == "published"
    assert set(np.load(home.folder() / "predictions.npz")["ids"].tolist()) == {1, 4}


# --- exports ---------------------------------------------------------------------------------------------------------


def test_exports_are_recorded_and_those_that_held_it_are_named(home: Home) -> None:
    home.add("a.jpg", home.labelled())
    record_export(home.store, export(home.store), actor=LEA, sha256="ab" * 32)
    home.add("b.jpg", unlabelled())
    record_export(home.store, export(home.store), actor=Actor("ci", "token nightly"), sha256="cd" * 32)
    of_a, of_b = (look(home.store, home.settings, "image", image_of(home, name)) for name in ("a.jpg", "b.jpg"))
    assert [one.sha256[:2] for one in of_a.exports] == ["cd", "ab"] and [one.actor for one in of_b.exports] == ["ci"]
    assert "by ci (token nightly), file cdcdcdcdcdcd…; " in words(of_a)
    assert (of_a.exports[1].images, of_a.exports[1].persons, of_a.exports[1].labelled) == (1, 1, 1)
    gone(home, "b.jpg")
    assert "No recorded export" in words(look(home.store, home.settings, "image", _added(home, "c.jpg")))


def _added(home: Home, name: str) -> int:
    home.add(name, unlabelled())
    return image_of(home, name)
