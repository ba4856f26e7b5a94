"""A file of labels about images that are here, by its names alone."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.dataset.labels_made_elsewhere import as_json, take_labels
from app.dataset.report import ImportFailed
from db.labelling.merging import Merged
from db.pool import images, persons
from db.store.session import Store
from sspcm.formats.coco.reading import category_of
from sspcm.skeletons.skeleton import get_skeleton

POSE = [v for k in range(17) for v in (45.5 + k, 70.25, 2)]


def entry(number: int, name: str, size: tuple[int, int] = (640, 480)) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": size[0], "height": size[1]}


def person(number: int, image: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "image_id": image, "category_id": 1, "bbox": [40, 60, 40, 80], **more}


@pytest.fixture
def coco(tmp_path: Path):
    def write(entries: list[dict[str, Any]], annotations: list[dict[str, Any]]) -> Path:
        document = {"categories": [category_of(get_skeleton("coco-17"))], "images": entries, "annotations": annotations}
        (tmp_path / "labels.json").write_text(json.dumps(document))
        return tmp_path / "labels.json"

    return write


def test_labels_come_to_the_images_of_their_names(sqlite_store: Store, add_people, coco) -> None:
    add_people(sqlite_store, count=3)
    entries = [entry(7, "images/0001.JPG"), entry(8, "0002.jpg"), entry(9, "0009.jpg"), entry(5, "0000.jpg", (64, 48))]
    annotations = [person(n, n, keypoints=POSE) for n in (7, 8, 9, 5)]
    report = take_labels(sqlite_store, coco(entries, annotations), update=False)
    assert (report.images_known, report.merged) == (2, Merged(labels_added=2))
    told = "\n".join(report.complaints)
    assert "one image of the file is not here, '0009.jpg' first; the nearest here is" in told
    assert "'0000.jpg': the file says 64 x 48 px, the image has 640 x 480 px" in told
    with sqlite_store.reading() as tx:
        assert [p.state for p in persons.list_persons(tx)] == ["open", "accepted", "accepted"]
        assert [i.is_open for i in images.list_images(tx)] == [True, False, False]
    assert as_json(report)["told"] == "to known images: 2 labels added"


def test_what_differs_is_told_and_taken_when_asked_for(sqlite_store: Store, add_people, coco) -> None:
    add_people(sqlite_store, labelled=True)
    path = coco([entry(1, "0000.jpg")], [person(1, 1, keypoints=POSE)])
    report = take_labels(sqlite_store, path, update=False)
    assert report.merged == Merged(labels_differ=1)
    assert "label that differs" in report.complaints[-1]
    assert "--update" not in report.complaints[-1]
    assert as_json(report)["told"] == "nothing was taken: what differs stays as it is here"
    assert take_labels(sqlite_store, path, update=True).merged == Merged(labels_updated=1)
    again = take_labels(sqlite_store, path, update=True)
    assert again.merged == Merged()
    assert as_json(again)["told"] == "nothing new: the home has it all already"


def test_a_file_of_nothing_here_or_of_no_sense_is_refused(
    sqlite_store: Store, add_people, coco, tmp_path: Path
) -> None:
    path = coco([entry(1, "else.jpg")], [])
    with pytest.raises(ImportFailed, match="no images yet"):
        take_labels(sqlite_store, path, update=False)
    add_people(sqlite_store)
    with pytest.raises(ImportFailed, match=r"no image of the file is in this home.*'else\.jpg'"):
        take_labels(sqlite_store, path, update=False)
    with pytest.raises(ImportFailed, match="the file names no image"):
        take_labels(sqlite_store, coco([], []), update=False)
    path.write_text("[1, 2")
    with pytest.raises(ImportFailed, match="not readable JSON"):
        take_labels(sqlite_store, path, update=False)
