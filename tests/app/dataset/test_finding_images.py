"""What lies in a folder: images by what they hold, everything else by name, links followed, circles noticed."""

import io
import os
from pathlib import Path

import pytest
from PIL import Image

from app.dataset.finding_images import find_images, tell_others
from sspcm.formats.complaints import Complaints


def picture(path: Path, kind: str = "PNG") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    Image.new("RGB", (4, 4)).save(buffer, kind)
    path.write_bytes(buffer.getvalue())


def found_in(folder: Path, apart_from: Path | None = None) -> tuple[list[str], dict[str, str], tuple[str, ...]]:
    complaints = Complaints()
    found = find_images(folder, complaints, apart_from=apart_from)
    return sorted(found.images), found.others, complaints.told()


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.jfif", "JPEG"),
        ("a.gif", "GIF"),
        ("a.JPG", "JPEG"),
        ("a.jpe", "JPEG"),
        ("a", "PNG"),
        ("a.img", "TIFF"),
        ("a.001", "BMP"),
        ("a.data", "WEBP"),
        ("a.b.c.PnG", "JPEG"),
        ("a.mpo", "JPEG"),
    ],
)
def test_an_image_is_one_by_what_it_holds(name: str, kind: str, tmp_path: Path) -> None:
    picture(tmp_path / name, kind)
    assert found_in(tmp_path) == ([name], {}, ())


def test_every_other_file_is_named_by_kind_with_the_way_out(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    for name in ("notes.txt", "more.txt", "list"):
        (tmp_path / name).write_text("words")
    (tmp_path / "b.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(20))
    (tmp_path / "c.dng").write_bytes(b"II*\0" + bytes(20))
    images, others, _ = found_in(tmp_path)
    assert images == ["a.png"]
    assert tell_others(others) == (
        "5 files of the folder are no images that are read here: 2 .txt ('more.txt' first), 1 without a suffix "
        "('list' first), 1 .dng ('c.dng' first: a camera's raw file, convert to JPEG or PNG), 1 .heic ('b.heic' first: "
        "HEIC, convert to JPEG or PNG); passed by."
    )


def test_what_systems_leave_behind_and_the_annotations_are_nobodys_concern(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    for name in (".DS_Store", "Thumbs.db", "desktop.ini", ".git/config", "__MACOSX/._a.png", "._a.png", "@eaDir/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("words")
    (tmp_path / "boxes.json").write_text("{}")
    assert found_in(tmp_path, tmp_path / "boxes.json") == (["a.png"], {}, ())


def test_links_to_folders_and_files_are_followed(tmp_path: Path) -> None:
    picture(tmp_path / "nas" / "deep" / "a.png")
    (tmp_path / "frames").mkdir()
    (tmp_path / "frames" / "cam1").symlink_to("../nas", target_is_directory=True)
    (tmp_path / "frames" / "b.png").symlink_to(tmp_path / "nas" / "deep" / "a.png")
    assert found_in(tmp_path / "frames") == (["b.png", "cam1/deep/a.png"], {}, ())
    (tmp_path / "link").symlink_to("frames")
    assert found_in(tmp_path / "link")[0] == ["b.png", "cam1/deep/a.png"]


def test_a_folder_that_lies_in_itself_is_entered_once(tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    picture(frames / "a.png")
    (frames / "again").symlink_to(".", target_is_directory=True)
    (frames / "sub").mkdir()
    (frames / "sub" / "up").symlink_to("..", target_is_directory=True)
    images, _, told = found_in(frames)
    assert images == ["a.png"]
    assert told == ("2 folders, folder 'again' first: leads back to a folder around it; not entered again.",)


def test_two_ways_to_one_folder_are_two_names_but_not_any_number(tmp_path: Path) -> None:
    frames = tmp_path / "frames"
    picture(frames / "0" / "a.png")
    for level in range(1, 14):  # 2^14 ways to level 0
        (frames / str(level)).mkdir()
        for side in "lr":
            (frames / str(level) / side).symlink_to(f"../{level - 1}", target_is_directory=True)
    images, _, told = found_in(frames)
    assert {"0/a.png", "1/l/a.png", "1/r/a.png"} <= set(images)
    assert len(images) < 200
    assert any("ways of links" in one for one in told)


def test_broken_links_and_what_is_no_file_are_named(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "b.jpg").symlink_to("gone.jpg")
    (tmp_path / "c").symlink_to("nowhere", target_is_directory=True)
    (tmp_path / "d.jpg").symlink_to("d.jpg")
    os.mkfifo(tmp_path / "e.jpg")
    images, _, told = found_in(tmp_path)
    assert images == ["a.png"]
    assert len(told) == 2
    assert "3 links" in "".join(told)
    assert "'e.jpg': is no file that can be read" in "".join(told)


def test_the_home_is_not_entered_wherever_it_lies(tmp_path: Path) -> None:
    for name in ("a.jpg", "data/images/d0/d067.jpg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8)).save(tmp_path / name)
    (tmp_path / "linked").symlink_to(tmp_path / "data")
    complaints = Complaints()
    found = find_images(tmp_path, complaints, ours=[tmp_path / "data", tmp_path / "data" / "images"])
    assert list(found.images) == ["a.jpg"]
    assert "holds what was imported; passed by" in complaints.told()[0]
