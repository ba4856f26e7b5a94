"""A home whose 53 persons ann has labelled, in eleven drawn scenes: for whoever reviews them."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from app.home.image_files import ImageFiles
from db.clock import utc_now
from db.labelling import labels
from db.people import users
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import Decision, KeypointFlag, NewImage, NewPerson, PersonScore, ReviewRule, Role
from db.rounds.predictions import ImportedPrediction, add_imported
from db.store.session import Store, migrate, open_store
from sspcm.pose import Box, Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton

DEMO = Path(__file__).parents[2] / "static" / "demo"
ACCOUNTS: dict[str, Role] = {"ann": "annotator", "rita": "reviewer", "ron": "reviewer", "lea": "lead"}
PASSWORD = "correct horse"


def make_reviewed_home(home: Path) -> dict[str, str]:
    """Make it; the passwords by name. Everybody is reviewed; every seventh person has a flagged wrist."""
    url = f"sqlite:///{home / 'store.db'}"
    migrate(url)
    store = open_store(url)
    with store.transaction() as tx:
        ann, *_ = (users.add_user(tx, name, role, PASSWORD) for name, role in ACCOUNTS.items())
        project.ensure_project(tx, name="reviewed", skeleton=get_skeleton("coco-17"))
        project.set_review(tx, ReviewRule(1.0, 0))
    seed = json.loads((DEMO / "seed.json").read_text())
    for image in seed["images"]:
        _add_labelled(store, home, image, [one for one in seed["annotations"] if one["image_id"] == image["id"]], ann)
    store.close()
    return dict.fromkeys(ACCOUNTS, PASSWORD)


def _add_labelled(store: Store, home: Path, image: dict[str, Any], people: list[dict[str, Any]], ann: Any) -> None:
    content = (DEMO / "images" / image["file_name"]).read_bytes()
    sha256 = ImageFiles(home).put(content, ".jpg")
    frame = NewImage(sha256, image["file_name"], image["width"], image["height"], image["room"], image["id"])
    poses = [np.array(one["keypoints"], dtype=float).reshape(-1, 3) for one in people]
    with store.transaction() as tx:
        stored, _ = images.add_image(tx, frame, [NewPerson(Box(*one["bbox"])) for one in people])
        ids = [person.id for person in list_persons(tx, image_id=stored.id)]
        for person_id, xyv in zip(ids, poses, strict=True):
            key = f"labelled-{person_id}"
            labels.decide(tx, Decision(key, "accept", person_id, 0, ann, label=Label(xyv, author="ann")), now=utc_now())
        flagged = [(i, xyv) for i, xyv in zip(ids, poses, strict=True) if i % 7 == 0]
        add_imported(tx, [_flagged(person_id, xyv) for person_id, xyv in flagged])


def _flagged(person_id: int, xyv: np.ndarray) -> ImportedPrediction:
    flags = (KeypointFlag(9, 0.8, "the copies disagree about it"),)
    score = PersonScore(person_id, 0.6, (0.2,) * 17, flags)
    return ImportedPrediction(Prediction(np.column_stack([xyv[:, :2] + 3, np.full(17, 0.7)]), "model.onnx"), score, "c")
