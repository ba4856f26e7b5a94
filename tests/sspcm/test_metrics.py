"""OKS and AP, as pycocotools counts them."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sspcm.metrics import Evaluated, average_precision, oks, person_confidence
from sspcm.pose import Label, Prediction
from sspcm.skeleton import get_skeleton

SKELETON = get_skeleton("coco-17")


def test_oks_is_one_on_the_label_and_the_hand_worked_value_off_it() -> None:
    xyv = np.zeros((17, 3))
    xyv[0] = [10, 10, 2]
    label = Label(xyv)
    assert oks(np.full((17, 2), 10.0), label, area=400.0, sigmas=SKELETON.sigma_array) == pytest.approx(1.0)
    off = np.full((17, 2), 10.0) + [1.0, 0.0]
    wanted = np.exp(-1 / (2 * 400 * (2 * 0.026) ** 2))
    assert oks(off, label, area=400.0, sigmas=SKELETON.sigma_array) == pytest.approx(wanted)


def test_a_label_without_places_has_no_oks() -> None:
    assert np.isnan(oks(np.zeros((17, 2)), Label(np.zeros((17, 3))), area=1.0, sigmas=SKELETON.sigma_array))


@pytest.mark.parametrize("seed", range(5))
def test_ap_equals_pycocotools(seed: int) -> None:
    rng = np.random.default_rng(seed)
    persons, annotations, results = [], [], []
    for index in range(30):
        image_id = index // 2 + 1
        xy = rng.uniform(0, 60, (17, 2)) + 200 * (index % 2)
        visibility = rng.choice([0, 1, 2], 17)
        visibility[0] = 2
        confidence = rng.uniform(0.1, 1, 17)
        guess = Prediction(np.column_stack([xy + rng.normal(0, rng.uniform(0.5, 8), (17, 2)), confidence]), "C")
        label = Label(np.column_stack([xy, visibility]))
        persons.append(Evaluated(guess, label, 3600.0, image_id))
        annotations.append(
            {
                "id": index + 1, "image_id": image_id, "category_id": 1, "iscrowd": 0, "area": 3600.0,
                "bbox": [*xy.min(0), *(xy.max(0) - xy.min(0))], "num_keypoints": int((visibility > 0).sum()),
                "keypoints": label.xyv.ravel().tolist(),
            }
        )  # fmt: skip
        results.append(
            {
                "image_id": image_id, "category_id": 1, "score": person_confidence(guess),
                "keypoints": guess.xyc.ravel().tolist(),
            }
        )  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {
            "images": [{"id": i + 1} for i in range(15)],
            "annotations": annotations,
            "categories": [{"id": 1, "name": "person"}],
        }
        truth.createIndex()
        judged = COCOeval(truth, truth.loadRes(results), "keypoints")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    found = average_precision(persons, SKELETON)
    assert [found[k] for k in ("AP", "AP50", "AP75", "AR")] == pytest.approx(
        [judged.stats[i] for i in (0, 1, 2, 5)], abs=1e-6
    )


def test_without_persons_every_figure_is_nan() -> None:
    assert all(np.isnan(v) for v in average_precision([], SKELETON).values())
