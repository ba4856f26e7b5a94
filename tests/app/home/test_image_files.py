"""Files are there whole or not at all."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.home.image_files import ImageFiles


def test_bytes_put_twice_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    files = ImageFiles(tmp_path)
    first, second = files.put(b"pixels", ".png"), files.put(b"pixels", ".png")
    assert first == second
    assert files.path(first).read_bytes() == b"pixels"
    assert len([p for p in (tmp_path / "images").rglob("*") if p.is_file()]) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(st.lists(st.binary(max_size=20), max_size=4))
def test_every_image_is_found_again_by_its_hash(tmp_path: Path, contents: list[bytes]) -> None:
    files = ImageFiles(tmp_path)
    names = [files.put(content, ".jpg") for content in contents]
    assert [files.path(name).read_bytes() for name in names] == contents


def test_a_missing_image_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"no image file abab.*Import the image's folder again"):
        ImageFiles(tmp_path).path("ab" * 32)


def test_a_folder_in_an_images_place_is_no_image(tmp_path: Path) -> None:
    (tmp_path / "images" / "ab" / f"{'ab' * 32}.jpg").mkdir(parents=True)
    with pytest.raises(FileNotFoundError, match="no image file abab"):
        ImageFiles(tmp_path).path("ab" * 32)
