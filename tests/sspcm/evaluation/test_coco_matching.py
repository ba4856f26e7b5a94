"""Whatever is labelled and predicted, precision and recall are pycocotools' own, at each threshold and recall."""

import contextlib
import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sspcm.evaluation import coco_matching
from sspcm.evaluation.coco_matching import AREAS, Found, Truths, curves, oks_of
from sspcm.skeletons.skeleton import get_skeleton

SIGMAS = get_skeleton("coco-17").sigma_array
SHAPES = np.random.default_rng(0).uniform(0, 200, (6, 17, 2)).round()


@st.composite
def scenes(draw: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Labels and predictions of few shapes: equal OKS, equal scores, crowds, labels without a keypoint, all sizes."""
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    images = draw(st.integers(1, 5))
    annotations = []
    for number in range(1, draw(st.integers(1, 30)) + 1):
        seen = chance.choice([0, 1, 2], 17) if chance.random() < 0.8 else np.zeros(17, dtype=int)
        annotations.append(
            {
                "id": number,
                "image_id": int(chance.integers(images)),
                "category_id": 1,
                "iscrowd": int(chance.random() < 0.1),
                "bbox": [*chance.uniform(0, 50, 2).tolist(), *chance.uniform(10, 200, 2).tolist()],
                "area": float(chance.choice([500, 1024, 3000, 20_000])),
                "keypoints": np.column_stack([SHAPES[chance.integers(6)], seen]).ravel().tolist(),
                "num_keypoints": int((seen > 0).sum()),
            }
        )
    predictions = []
    for _ in range(draw(st.integers(1, 90))):
        xy = SHAPES[chance.integers(6)] + chance.normal(0, 1, (17, 2)) * chance.choice([0, 1, 10])
        one = {
            "image_id": int(chance.integers(images)),
            "category_id": 1,
            "score": float(chance.choice([0.1, 0.5, 0.9])),
        }
        predictions.append(one | {"keypoints": np.column_stack([xy, np.ones(17)]).ravel().tolist()})
    return annotations, predictions


def by_pycocotools(annotations: list[dict[str, Any]], predictions: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        images = [{"id": number} for number in range(5)]
        categories = [{"id": 1, "name": "person"}]
        truth.dataset = {"images": images, "annotations": [dict(one) for one in annotations], "categories": categories}
        truth.createIndex()
        measure = COCOeval(truth, truth.loadRes([dict(one) for one in predictions]), "keypoints")
        measure.params.kpt_oks_sigmas = SIGMAS
        measure.evaluate()
        measure.accumulate()
    found: dict[str, np.ndarray] = measure.eval
    return found


def arrays(annotations: list[dict[str, Any]], predictions: list[dict[str, Any]]) -> tuple[Truths, Found]:
    def column(name: str) -> np.ndarray:
        return np.array([one[name] for one in annotations])

    crowd = column("iscrowd") > 0
    truths = Truths(
        column("image_id"), column("keypoints").reshape(-1, 17, 3), column("area"), column("bbox"),
        crowd | (column("num_keypoints") == 0), crowd,
    )  # fmt: skip
    xy = np.array([one["keypoints"] for one in predictions]).reshape(-1, 17, 3)[..., :2]
    image, score = (np.array([one[name] for one in predictions]) for name in ("image_id", "score"))
    return truths, Found(image, xy, score)


@settings(max_examples=60, deadline=None)
@given(scenes(), st.sampled_from([4_000_000, 1]))
def test_every_precision_and_recall_is_pycocotools(scene: Any, at_once: int) -> None:
    theirs = by_pycocotools(*scene)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(coco_matching, "_NUMBERS_AT_ONCE", at_once)  # images one by one, or all of a kind together
        ours = curves(*arrays(*scene), SIGMAS)
    for place, name in enumerate(AREAS):
        curve, precision, recall = ours[name], theirs["precision"][:, :, 0, place, 0], theirs["recall"][:, 0, place, 0]
        if curve is None:
            assert (precision == -1).all(), "no label of that size counts"
        else:
            assert curve.precision == pytest.approx(precision, abs=1e-12)
            assert curve.recall == pytest.approx(recall, abs=1e-12)


def test_a_label_that_places_nothing_has_no_oks() -> None:
    truth = np.zeros((2, 17, 3))
    truth[0, 3] = [10, 20, 1]
    xy = np.tile([10.0, 20.0], (2, 17, 1))
    xy[0, 4:] = np.nan  # what the label does not place may be anywhere
    found = oks_of(xy, truth, np.array([400.0, 400.0]), SIGMAS)
    assert found[0] == 1.0
    assert np.isnan(found[1])


def test_of_an_image_only_the_twenty_best_count() -> None:
    truth = np.concatenate([SHAPES[0], np.full((17, 1), 2)], axis=1)[None]
    truths = Truths(np.zeros(1, int), truth, np.full(1, 900.0), np.zeros((1, 4)), np.zeros(1, bool), np.zeros(1, bool))
    xy = np.concatenate([np.tile(SHAPES[1], (20, 1, 1)), SHAPES[:1]])
    score = np.linspace(1, 0, 21)
    for scores, recall in ((score, 0.0), (score[::-1], 1.0)):
        curve = curves(truths, Found(np.zeros(21, int), xy, scores), SIGMAS)["all"]
        assert curve is not None
        assert curve.recall[0] == recall
