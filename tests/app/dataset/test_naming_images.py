"""What a folder or a COCO file lacks is said once for each cause."""

from pathlib import Path

from app.dataset.finding_images import Found
from app.dataset.naming_images import name_images
from sspcm.formats.coco.reading import parse_coco
from sspcm.formats.complaints import Complaints


def named(there: list[str], wanted: list[str] | None, **others: str) -> tuple[dict[str, str], tuple[str, ...]]:
    """The names that are taken, and what is said. wanted: the COCO file's names, each image with one person."""
    coco = None
    if wanted is not None:
        images = [{"id": i, "file_name": name, "width": 9, "height": 9} for i, name in enumerate(wanted, 1)]
        boxes = [{"id": i, "image_id": i, "category_id": 1, "bbox": [0, 0, 5, 5]} for i in range(1, len(wanted) + 1)]
        coco = parse_coco({"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "person"}]})
    complaints = Complaints()
    paths = {name: Path(name) for name in there}
    found = Found(paths, others, paths | {name: Path(name) for name in others})
    return name_images(found, coco, complaints), complaints.told()


def test_without_a_file_every_image_is_taken_and_what_is_none_is_named() -> None:
    taken, told = named(["a.jpg"], None, **{"notes.txt": ""})
    assert taken == {"a.jpg": "a.jpg"}
    assert len(told) == 1
    assert "notes.txt" in told[0]


def test_a_name_that_is_written_otherwise_is_taken_and_said_once() -> None:
    taken, told = named(["sub/a.jpg", "sub/b.jpg"], ["SUB\\A.jpg", "SUB\\B.jpg"])
    assert taken == {"SUB\\A.jpg": "sub/a.jpg", "SUB\\B.jpg": "sub/b.jpg"}
    assert len(told) == 1
    assert told[0].startswith("2 file names")


def test_what_the_folder_lacks_is_said_with_the_nearest_name_and_its_persons() -> None:
    taken, told = named(["frame1.jpg"], ["frame1.jpg", "frane2.jpg"])
    assert list(taken) == ["frame1.jpg"]
    assert "the nearest there is 'frame1.jpg'" in told[0]
    assert "left out with 1 person" in told[0]


def test_images_that_the_file_does_not_name_are_counted() -> None:
    _, told = named(["a.jpg", "b.jpg", "c.jpg"], ["a.jpg"])
    assert told[0].startswith("2 image files of the folder, 'b.jpg' first")
