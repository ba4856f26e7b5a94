"""Whatever lies in a folder: nothing ends an import, and every file is taken or named."""

import shutil
from pathlib import Path

import pytest
from PIL import Image

from app.dataset.importing import import_folder
from app.dataset.report import ImportReport
from app.home.image_files import ImageFiles
from db.store.session import open_store
from tests.app.dataset.odd_files import odd_files


def run(home: Path, migrated: Path, folder: Path) -> ImportReport:
    home.mkdir()
    shutil.copy(migrated, home / "store.db")
    store = open_store(f"sqlite:///{home / 'store.db'}")
    try:
        return import_folder(store, ImageFiles(home), images_dir=folder)
    finally:
        store.close()


def put(folder: Path, name: str, content: bytes) -> None:
    folder.mkdir(exist_ok=True)
    Image.new("RGB", (8, 8), "red").save(folder / "good.png")
    (folder / name).write_bytes(content)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_any_file_beside_a_good_image_is_taken_or_named(seed: int, migrated_sqlite: Path, tmp_path: Path) -> None:
    for number, (name, content) in enumerate(odd_files(seed, 150)):
        folder = tmp_path / f"frames{number}"
        put(folder, name, content)
        report = run(tmp_path / f"home{number}", migrated_sqlite, folder)
        told = "\n".join(report.complaints)
        assert report.images_new == 2 or (report.images_new == 1 and repr(name) in told), (name, content[:40], told)


@pytest.mark.slow
def test_a_folder_of_odd_files_is_one_import_and_a_second_changes_nothing(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "frames"
    for name, content in odd_files(9, 400):
        put(folder, name, content)
    shutil.copy(migrated_sqlite, tmp_path / "store.db")
    store = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    first, second = (import_folder(store, ImageFiles(tmp_path), images_dir=folder) for _ in range(2))
    store.close()
    assert first.images_new == second.images_known > 50
    assert second.images_new == 0
    assert first.complaints == second.complaints
    assert len(first.complaints) < 40
