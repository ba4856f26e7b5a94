"""Stick people drawn on noise: a tiny true pool to train on, with a manifest to run a round in."""

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch

from sspcm.config import METHODS, ModelConfig, RoundConfig, TrainConfig
from sspcm.crops.batches import Frame
from sspcm.crops.store import CropStore, crop_spec
from sspcm.pose import Box
from sspcm.skeletons.skeleton import Skeleton
from sspcm.training.loop import Labelled, TrainingSet
from tests.onnx_files import learning_movenet

STICK = Skeleton(
    name="stick-5",
    keypoints=("head", "left_hand", "right_hand", "left_foot", "right_foot"),
    edges=((0, 1), (0, 2), (0, 3), (0, 4)),
    mirror=(0, 2, 1, 4, 3),
    sigmas=(0.08, 0.08, 0.08, 0.08, 0.08),
)
TINY = RoundConfig(
    seed=3,
    model=ModelConfig(
        backbone="shufflenet_v2_x0_5",
        student_backbone="shufflenet_v2_x0_5",
        deconv_channels=16,
        input_height=64,
        input_width=64,
        orientation="image",
    ),
    train=TrainConfig(steps=6, labelled_batch=4, unlabelled_batch=4, snapshot_every=2, learning_rate=2e-3),
)


@pytest.fixture
def skeleton() -> Skeleton:
    """Five keypoints, two mirrored pairs."""
    return STICK


@pytest.fixture
def tiny() -> RoundConfig:
    """A round of six steps with two refreshes on 64-pixel crops."""
    return TINY


PARTLY_KNOWN = replace(STICK, keypoints=("head", "left_wrist", "right_wrist", "left_ankle", "right_ankle"))
"""The same five by names of which an imported pose model knows all but the head's."""

ALL_KNOWN = replace(PARTLY_KNOWN, keypoints=("nose", *PARTLY_KNOWN.keypoints[1:]))
"""The same by names that it knows all of."""


def draw_stick_person(generator: np.random.Generator) -> tuple[np.ndarray, list[list[float]]]:
    """A 120-pixel image of one person on dim noise, and its x, y, visibility rows."""
    image = generator.integers(0, 60, (120, 120, 3), dtype=np.uint8)
    head = np.array([60.0, 30.0]) + generator.uniform(-8, 8, 2)
    hip = head + [0, 35]
    reach = generator.uniform(8, 30, 4)
    hands = [hip + [-reach[0], -25 + reach[1]], hip + [reach[2], -25 + reach[3]]]
    feet = [hip + [-reach[1] * 0.7, 35.0], hip + [reach[3] * 0.7, 35.0]]
    middle = (head + hip) / 2
    for start, end, colour in (
        (head, hip, (200, 200, 200)),
        (middle, hands[0], (0, 0, 255)),
        (middle, hands[1], (0, 255, 0)),
        (hip, feet[0], (255, 0, 0)),
        (hip, feet[1], (0, 255, 255)),
    ):
        cv2.line(image, start.round().astype(int).tolist(), end.round().astype(int).tolist(), colour, 4)
    cv2.circle(image, head.round().astype(int).tolist(), 8, (255, 255, 255), -1)
    return image, [[*point.tolist(), 2.0] for point in (head, *hands, *feet)]


@pytest.fixture
def movenet_file(tmp_path: Path) -> Path:
    """A small pose model of MoveNet's build, with layers to learn, for 64-pixel crops."""
    path = tmp_path / "small_movenet.onnx"
    path.write_bytes(learning_movenet())
    return path


@pytest.fixture
def make_round(tmp_path: Path) -> Callable[..., Path]:
    """Makes a round's folder of drawn people: `make_round(labelled=3, unlabelled=4, validation=2, steps=6)`.

    pseudo: unlabelled ones have right pseudo-labels of this confidence.
    """

    def make(
        *,
        labelled: int = 3,
        unlabelled: int = 4,
        validation: int = 2,
        weights: str | None = None,
        imported: Path | None = None,
        method: str = "sspcm",
        skeleton: Skeleton | None = None,
        pseudo: float | None = None,
        **train: Any,
    ) -> Path:
        folder = tmp_path / "round"
        folder.mkdir()
        generator = np.random.default_rng(0)
        uses = ["labelled"] * labelled + ["unlabelled"] * unlabelled + ["validation"] * validation
        persons = []
        for number, use in enumerate(uses):
            image, xyv = draw_stick_person(generator)
            path = tmp_path / f"person{number}.png"
            assert cv2.imwrite(str(path), image)
            persons.append(
                {
                    "id": 100 + number,
                    "image": str(path),
                    "box": [20.0, 15.0, 80.0, 90.0, 0.0],
                    "lens": [60.0, 60.0, 60.0] if number % 2 else None,
                    "area": 4000.0,
                    "use": use,
                    "predict": True,
                    "xyv": None if use == "unlabelled" else xyv,
                }
            )
            if pseudo is not None and use == "unlabelled":
                persons[-1]["pseudo"] = [[x, y, pseudo] for x, y, _ in xyv]
        built = {"backbone": "imported", "student_backbone": "imported", "weights": str(imported)} if imported else {}
        config = replace(
            TINY,
            model=replace(TINY.model, **built),
            train=replace(TINY.train, **train),
            method=METHODS[method],
        )
        manifest = {
            "version": 1,
            "skeleton": (skeleton or (STICK if imported is None else PARTLY_KNOWN)).to_json(),
            "config": asdict(config),
            "weights": weights,
            "persons": persons,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        return folder

    return make


@pytest.fixture
def data(make_round: Callable[..., Path], tiny: RoundConfig) -> TrainingSet:
    """Four labelled and four unlabelled stick people."""
    persons = json.loads((make_round(labelled=4, unlabelled=4) / "manifest.json").read_text())["persons"]
    frame = Frame(tiny.model.input_height, tiny.model.input_width)
    specs = [crop_spec(Path(p["image"]), Box(*p["box"]), None, tiny.model) for p in persons]
    xyv = [np.array(p["xyv"]) for p in persons[:4]]
    in_crop = [np.column_stack((s.to_crop(k[:, :2]), k[:, 2])) for s, k in zip(specs, xyv, strict=False)]
    return TrainingSet(
        Labelled(CropStore(specs[:4], frame, threads=1), torch.from_numpy(np.stack(in_crop)).float()),
        CropStore(specs[4:8], frame, threads=1),
        torch.tensor(STICK.mirror),
    )
