"""Which folders hold an image is read a part at a time."""

from pathlib import Path

from app.deletion import folders
from app.deletion.folders import holding_simulations
from db.labelling.deleting import Target

SHA = "ab" * 32


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
    assert holding_simulations(tmp_path, Target("image", SHA, (1,), ("a",), (), (SHA,))) == [2]
