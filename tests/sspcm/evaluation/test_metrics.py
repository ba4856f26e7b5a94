"""OKS and AP, as pycocotools counts them."""

import contextlib
import io

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from sspcm.evaluation.metrics import Agreement, Evaluated, agreement, average_precision, oks, person_confidence
from sspcm.pose import Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton

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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("count", "an_image", "apart"), [(30, 2, 200), (40, 8, 3), (60, 30, 5)])
def test_ap_equals_pycocotools(seed: int, count: int, an_image: int, apart: int) -> None:
    """Few people far apart; people so close that predictions fit a neighbour's label; more than count in an image."""
    rng = np.random.default_rng(seed)
    shape = rng.uniform(0, 60, (17, 2))
    persons, annotations, results = [], [], []
    for index in range(count):
        image_id = index // an_image + 1
        xy = shape + rng.normal(0, 1, (17, 2)) + apart * (index % an_image)
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
            "images": [{"id": i + 1} for i in range(count // an_image)],
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


def test_two_labels_agree_as_far_as_worked_out_by_hand() -> None:
    first, second = np.zeros((17, 3)), np.zeros((17, 3))
    first[0], second[0] = [10, 10, 2], [10, 10, 2]
    first[5], second[5] = [50, 50, 2], [53, 54, 1]
    first[6] = [70, 50, 1]
    found = agreement([(Label(first), Label(second))], area=[1000.0], sigmas=SKELETON.sigma_array)
    assert found.mean_oks == pytest.approx((1 + np.exp(-25 / (2 * 1000 * (2 * 0.079) ** 2))) / 2)
    by_chance = (14 * 15 + 1 * 1 + 2 * 1) / 17**2  # absent, hidden, visible
    assert found.visibility_kappa == pytest.approx((15 / 17 - by_chance) / (1 - by_chance))


def test_nothing_to_compare_is_nan_and_equal_labels_agree_fully() -> None:
    empty = Label(np.zeros((17, 3)))
    for nothing in (
        agreement([], area=[], sigmas=SKELETON.sigma_array),
        agreement([(empty, empty)], area=[9.0], sigmas=SKELETON.sigma_array),
    ):
        assert np.isnan(nothing.mean_oks)
        assert np.isnan(nothing.visibility_kappa)
    label = Label(np.column_stack([np.arange(34.0).reshape(17, 2), np.arange(17) % 3]))
    assert agreement([(label, label)] * 2, area=[9.0, 4.0], sigmas=SKELETON.sigma_array) == Agreement(1.0, 1.0)


def test_without_persons_every_figure_is_nan() -> None:
    assert all(np.isnan(v) for v in average_precision([], SKELETON).values())
