"""Generated files, right and wrong, through import, export and the field's readers; `make test-all` tries many more."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import update

from app.dataset.exporting import accepted, export_coco
from app.dataset.importing import import_folder
from app.dataset.report import ImportFailed
from app.home.image_files import ImageFiles
from db.pool import images as from_db
from db.pool import project
from db.records import NewImage, NewPerson
from db.schema import ImageRow, PersonRow, ProjectRow
from db.store.session import Store, migrate, open_store
from sspcm.formats.coco.reading import CocoError, parse_coco, write_coco
from sspcm.pose import Box, Label
from tests import coco_generator
from tests.coco_generator import COCO, JSON, NAMES, broken_files, valid_files
from tests.coco_readers import finding

MANY = int(os.environ.get("SSPCM_ROUND_TRIPS", "300"))
"""Files a slow test tries of each kind."""
QUIETLY = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)
SIGMAS = list(COCO.sigmas)
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def frames(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The images that every generated file names."""
    folder = tmp_path_factory.mktemp("frames")
    for number, name in enumerate(NAMES):
        pixels = np.full((coco_generator.HEIGHT, coco_generator.WIDTH, 3), 80 * number, np.uint8)
        cv2.imwrite(str(folder / name), pixels)
    return folder


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A home's store as it is before the first import."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    migrate(f"sqlite:///{path}")
    return path.read_bytes()


def through_a_home(document: dict[str, Any], frames: Path, empty_store: bytes) -> dict[str, Any] | None:
    """Imported into a new home and exported; None where the import refuses the file as a whole, in words."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "store.db").write_bytes(empty_store)
        (home / "in.json").write_text(json.dumps(document))
        store = open_store(f"sqlite:///{home / 'store.db'}")
        try:
            import_folder(store, ImageFiles(home), images_dir=frames, annotations=home / "in.json")
        except ImportFailed as error:
            assert ". " in str(error), "what was found, and what to do"
            return None
        else:
            return export_coco(store) if has_project(store) else None
        finally:
            store.close()


def has_project(store: Store) -> bool:
    """Not where nothing of the file was taken."""
    with store.reading() as tx:
        return project.project_uuid(tx) is not None


def check(document: dict[str, Any], frames: Path, empty_store: bytes) -> None:
    """It comes out, and whatever is labelled in it has AP 1.0 against itself."""
    out = through_a_home(document, frames, empty_store)
    if out is None:
        return
    json.dumps(out, allow_nan=False)
    if any(True for _ in accepted(out)):
        assert [
            found for reader in ("pycocotools", "faster-coco-eval") if (found := finding(reader, out, SIGMAS))
        ] == []


@settings(max_examples=8, deadline=None, suppress_health_check=QUIETLY)
@given(valid_files())
def test_files_in_order_come_out_as_they_went_in_and_evaluate(
    frames: Path, empty_store: bytes, before: dict[str, Any]
) -> None:
    check(before, frames, empty_store)
    after = through_a_home(before, frames, empty_store)
    assert after is not None
    for old, new in zip(before["annotations"], sorted(after["annotations"], key=lambda a: a["id"]), strict=True):
        assert {key: new[key] for key in old} == old


@settings(max_examples=8, deadline=None, suppress_health_check=QUIETLY)
@given(broken_files())
def test_broken_files_come_out_evaluable(frames: Path, empty_store: bytes, before: dict[str, Any]) -> None:
    check(before, frames, empty_store)


@pytest.mark.slow
@pytest.mark.timeout(7200)
@settings(max_examples=MANY, deadline=None, suppress_health_check=QUIETLY, phases=[Phase.generate, Phase.shrink])
@given(valid_files() | broken_files() | broken_files())
def test_many_generated_files_come_out_evaluable(frames: Path, empty_store: bytes, before: dict[str, Any]) -> None:
    check(before, frames, empty_store)


@pytest.fixture(scope="module")
def xtcocotools() -> Path:
    """The interpreter of an environment with xtcocotools, made once below build/."""
    folder = ROOT / "build" / "xtcocotools-1.14.3"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        wanted = ["--requirement", ROOT / "tests" / "xtcocotools.txt"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--only-binary", ":all:", *wanted], check=True)
        (folder / "ready").touch()
    return python


def ask(python: Path, documents: list[dict[str, Any]]) -> list[str]:
    """What xtcocotools finds wrong in each of the documents."""
    script = ROOT / "tests" / "coco_readers.py"
    given_ = json.dumps([[document, SIGMAS] for document in documents])
    told = subprocess.run([python, script, "xtcocotools"], input=given_, capture_output=True, text=True, check=True)
    return [found for found in json.loads(told.stdout) if found]


@pytest.mark.slow
@pytest.mark.timeout(7200)
def test_what_comes_out_evaluates_in_xtcocotools_too(frames: Path, empty_store: bytes, xtcocotools: Path) -> None:
    """Its wheel goes with numpy 1 alone, so the exports are carried to an environment of its own."""
    exports: list[dict[str, Any]] = []

    @settings(max_examples=MANY, deadline=None, suppress_health_check=QUIETLY, phases=[Phase.generate])
    @given(valid_files() | broken_files())
    def gather(before: dict[str, Any]) -> None:
        out = through_a_home(before, frames, empty_store)
        if out is not None and any(True for _ in accepted(out)):
            exports.append(out)

    gather()
    assert len(exports) > MANY / 20
    assert ask(xtcocotools, exports) == []


@pytest.fixture
def home_with_people(store: Store) -> Store:
    """A home of one image with a labelled and an open person, into whose fields a test may put anything."""
    xyv = np.column_stack([np.arange(17.0), np.arange(17.0), np.full(17, 2.0)])
    persons = [NewPerson(Box(1, 1, 30, 30), Label(xyv), 500.0, 1), NewPerson(Box(40, 1, 30, 30), None, None, 0)]
    with store.transaction() as tx:
        project.ensure_project(tx, name="x", skeleton=COCO)
        from_db.add_image(tx, NewImage("0" * 64, "a.jpg", 160, 120, "hall", 1, source_id=1), persons)
    return store


def put(store: Store, values: Any) -> Any:
    """As far as the store's database takes it: PostgreSQL's JSON knows neither NaN nor infinity."""
    return json.loads(json.dumps(values), parse_constant=str) if store.url.startswith("postgres") else values


FIELD = st.dictionaries(
    st.sampled_from([f for fields in coco_generator.FIELDS.values() for f in fields]), JSON, max_size=6
)
LIST = st.lists(FIELD | JSON, max_size=3)
IMAGE = JSON | FIELD | st.builds(lambda fields, aside: {**fields, "annotations_kept_aside": aside}, FIELD, JSON | LIST)
HEADER = JSON | st.builds(lambda more, categories: {**more, "categories": categories}, FIELD, JSON | LIST)


@settings(max_examples=75, deadline=None, suppress_health_check=QUIETLY)
@given(image=IMAGE, person=JSON | FIELD, header=HEADER)
def test_whatever_a_home_holds_it_exports_and_evaluates(
    home_with_people: Store, image: Any, person: Any, header: Any
) -> None:
    with home_with_people.transaction() as tx:
        tx.execute(update(ImageRow).values(extra=put(home_with_people, image)))
        tx.execute(update(PersonRow).values(extra=put(home_with_people, person)))
        tx.execute(update(ProjectRow).values(coco_header=put(home_with_people, header)))
    out = export_coco(home_with_people)
    json.dumps(out, allow_nan=False)
    assert [a["id"] for a in out["annotations"] if a["num_keypoints"] > 0] == [1]
    if any(True for _ in accepted(out)):  # but for one whose own field says that they are a crowd
        assert finding("pycocotools", out, SIGMAS) == ""
        assert finding("faster-coco-eval", out, SIGMAS) == ""


@settings(max_examples=300, deadline=None, suppress_health_check=QUIETLY)
@given(JSON | broken_files() | st.fixed_dictionaries({"images": LIST, "annotations": LIST, "categories": LIST}))
def test_no_json_makes_the_reader_raise_anything_of_its_own(data: Any) -> None:
    try:
        found = parse_coco(data)
    except CocoError as error:
        assert str(error).endswith((".", '"')), "in words"
        return
    json.dumps(write_coco(found), allow_nan=False)
    str(found.complaints).encode()
