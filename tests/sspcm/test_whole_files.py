"""A file holds the old or the new, whole."""

from pathlib import Path

import pytest

from sspcm.whole_files import OWNER_ALONE, write_atomically


def test_a_write_replaces_the_whole_file(tmp_path):
    path = tmp_path / "a.json"
    write_atomically(path, b"old")
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "a.json"
    write_atomically(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def test_permissions_are_those_of_any_new_file_unless_asked_for(tmp_path: Path) -> None:
    (tmp_path / "any").touch()
    write_atomically(tmp_path / "open", b"")
    write_atomically(tmp_path / "secret", b"", mode=OWNER_ALONE)
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes["open"] == modes["any"]
    assert modes["secret"] == 0o600
