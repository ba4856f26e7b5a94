"""Which folders hold an image is read a part at a time."""

from pathlib import Path

from app.deletion import folders
from app.deletion.folders import holding_simulations
from app.home.settings import Settings
from app.home.shared_files import bind, shared_files
from db.labelling.deleting import Target

SHA = "ab" * 32
TARGET = Target("image", SHA, (1,), ("a",), (), (SHA,))


def test_a_word_across_two_parts_of_a_file_is_found(tmp_path: Path) -> None:
    for before in (folders._CHUNK - 70, folders._CHUNK - 30, folders._CHUNK - 1, folders._CHUNK, 0):
        path = tmp_path / f"{before}.json"
        path.write_bytes(b"x" * before + SHA.encode() + b"y" * 100)
        assert folders._contains(path, SHA)
        assert not folders._contains(path, "cd" * 32)
    assert not folders._contains(tmp_path / "gone.json", SHA)


def test_simulations_that_name_the_image_are_told(tmp_path: Path) -> None:
    for number, content in ((1, "{}"), (2, f'{{"image": "/h/images/ab/{SHA}.jpg"}}')):
        folder = tmp_path / "simulations" / f"{number:04d}" / "attempt-2"
        folder.mkdir(parents=True)
        (folder / "labels.json").write_text(content)
    assert holding_simulations(tmp_path, TARGET) == [2]


def test_simulations_of_another_machine_are_told_too(bucket_url: str, tmp_path: Path) -> None:
    here, there = (Settings(tmp_path / name, "postgresql://a/b", bucket=bucket_url) for name in ("here", "there"))
    for settings in (here, there):
        bind(settings)
    path = there.home / "simulations" / "0003" / "labels.json"
    path.parent.mkdir(parents=True)
    path.write_text(SHA)
    assert holding_simulations(here.home, TARGET) == []
    shared_files(there.home).put("simulations/0003/labels.json")
    assert holding_simulations(here.home, TARGET) == [3]
