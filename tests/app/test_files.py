"""Files are there whole or not at all."""

from pathlib import Path

import pytest

from app.files import ImageFiles, write_atomically


def test_bytes_put_twice_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    first, second = files.put(b"pixels", ".png"), files.put(b"pixels", ".png")
    assert first == second
    assert files.path(first).read_bytes() == b"pixels"
    assert len([p for p in (tmp_path / "images").rglob("*") if p.is_file()]) == 1


def test_a_missing_image_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="restore it"):
        ImageFiles(tmp_path).path("ab" * 32)


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = tmp_path / "kept.json"
    write_atomically(path, b"old")
    with pytest.raises(TypeError):
        write_atomically(path, "not bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
