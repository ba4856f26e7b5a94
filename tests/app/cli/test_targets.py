"""What a command writes never takes the place of what a home lives on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.cli.store import CommandError
from app.cli.targets import HOME_FILES, file_to_write


@pytest.mark.parametrize("name", ["labels.json", "exports/labels.json", "images.json", "../labels.json", "my store.db"])
def test_a_result_may_lie_anywhere_else(name: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert file_to_write(home / name, home) == (home / name).resolve()


@pytest.mark.parametrize(
    "name",
    [*HOME_FILES, "store.db-wal", "store.db.before-0007", "images/ab/x.jpg", "rounds/0001/x.json", "models/m.onnx"],
)
def test_a_homes_own_files_are_refused_there_or_not(name: str, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is what a home lives on"):
        file_to_write(tmp_path / name, tmp_path)


@pytest.mark.parametrize("name", ["other.db", "other.db-wal"])
def test_a_store_is_refused_wherever_it_lies_and_through_a_link(name: str, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as store:
        store.execute("CREATE TABLE labels (id INTEGER)")
    (tmp_path / "link.json").symlink_to(tmp_path / name)
    for path in (tmp_path / name, tmp_path / "link.json"):
        with pytest.raises(CommandError, match="is what a home lives on"):
            file_to_write(path, tmp_path / "home")


@pytest.mark.parametrize(("name", "said"), [("loop", "leads nowhere"), ("folder", "is no file"), ("-", "is no file")])
def test_what_is_no_file_is_refused(name: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("folder").mkdir()
    with pytest.raises(CommandError, match=said):
        file_to_write(Path(name), tmp_path / "home")
