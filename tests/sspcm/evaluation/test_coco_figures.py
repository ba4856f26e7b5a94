"""Predictions held against annotations, as pycocotools counts them."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sspcm.evaluation.coco_figures import evaluate
from sspcm.evaluation.metrics import Evaluated, average_precision, person_confidence
from sspcm.evaluation.prediction_files import EvaluationError, read_predictions
from sspcm.formats.annotated import read_annotated
from sspcm.formats.coco.reading import LARGEST_FILE, CocoError, category_of, parse_coco, read_json
from sspcm.pose import Label, Prediction
from sspcm.skeletons.skeleton import get_skeleton

COCO = get_skeleton("coco-17")
WEPDTOF = get_skeleton("wepdtof-14")


def annotated(xyvs, *, an_image=1, skeleton=COCO, **fields):
    """A data set of these persons; ids are list positions, from 0."""
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 640, "height": 480} for n in range(len(xyvs) // an_image + 1)]
    annotations = [
        {
            "id": n, "image_id": n // an_image, "category_id": 1, "iscrowd": 0, "bbox": [100.0, 100.0, 80.0, 120.0],
            "keypoints": np.ravel(xyv).tolist(), "num_keypoints": int((np.asarray(xyv)[:, 2] > 0).sum()), **fields,
        }
        for n, xyv in enumerate(xyvs)
    ]  # fmt: skip
    return {"images": images, "annotations": annotations, "categories": [category_of(skeleton)]}


def predicted(data, xycs, *, named=True):
    return [
        {
            "image_id": one["image_id"], "category_id": 1, "keypoints": np.ravel(xyc).tolist(),
            "score": person_confidence(Prediction(xyc, "C")), **({"annotation_id": one["id"]} if named else {}),
        }
        for one, xyc in zip(data["annotations"], xycs, strict=True)
    ]  # fmt: skip


def people(rng, count, keypoints=17):
    xy = rng.uniform(100, 200, (count, keypoints, 2))
    return np.concatenate([xy, rng.choice([1.0, 2.0], (count, keypoints, 1))], axis=-1)


@settings(max_examples=25)
@given(st.integers(0, 10_000), st.integers(1, 4), st.sampled_from([None, 3600.0]))
def test_the_figures_agree_with_our_own_average_precision(seed, an_image, area):
    rng = np.random.default_rng(seed)
    xyvs = people(rng, 9)
    xyvs[:, 3:, 2] *= rng.integers(0, 2, (9, 14))
    data = annotated(xyvs, an_image=an_image, **({} if area is None else {"area": area}))
    spread = rng.uniform(0.5, 12, (9, 1, 1))
    xycs = np.concatenate([xyvs[..., :2] + spread * rng.normal(size=(9, 17, 2)), rng.uniform(0.1, 1, (9, 17, 1))], -1)
    told = evaluate(parse_coco(data), data["annotations"], predicted(data, xycs))
    own = average_precision(
        [
            Evaluated(Prediction(xyc, "C"), Label(xyv), area or 0.53 * 80 * 120, one["image_id"])
            for xyc, xyv, one in zip(xycs, xyvs, data["annotations"], strict=True)
        ],
        COCO,
    )
    for name in ("AP", "AP50", "AP75", "AR"):
        assert told.figures[name] == pytest.approx(own[name], abs=1e-9)
    assert told.mean_oks == pytest.approx(own["mean_oks"], abs=1e-9)


@pytest.mark.parametrize("named", [True, False])
def test_a_perfect_prediction_has_ap_one_and_no_error(named, capsys):
    xyvs = people(np.random.default_rng(1), 4)
    data = annotated(xyvs)
    told = evaluate(parse_coco(data), data["annotations"], predicted(data, xyvs * [1, 1, 0.5], named=named))
    assert told.figures["AP"] == pytest.approx(1) and told.mean_oks == pytest.approx(1)
    assert set(told.error.values()) == {0.0} and told.persons == 4
    assert "AP              1.000" in str(told) and "left_knee       0.000" in str(told)
    assert json.loads(json.dumps(told.to_json()))["AP_medium"] == pytest.approx(1)
    assert told.to_json()["AP_large"] is None  # there is no large person
    assert capsys.readouterr().out == ""


def test_one_of_two_right_is_the_value_worked_by_hand():
    xyvs = people(np.random.default_rng(2), 2)
    data = annotated(xyvs)
    xycs = xyvs * [1, 1, 0.5]
    xycs[1, :, :2] += 400  # less sure of it, too: half the recall, at full precision
    xycs[1, :, 2] = 0.3
    told = evaluate(parse_coco(data), data["annotations"], predicted(data, xycs))
    assert told.figures["AP"] == pytest.approx(51 / 101) and told.figures["AR"] == pytest.approx(0.5)
    assert told.mean_oks == pytest.approx(0.5)
    assert told.error["nose"] == pytest.approx(np.hypot(400, 400) / np.sqrt(0.53 * 80 * 120) / 2)


def test_the_skeletons_own_sigmas_count():
    xyvs = people(np.random.default_rng(3), 3, 14)
    told = {}
    for skeleton in (WEPDTOF, get_skeleton("crowdpose-14")):
        data = annotated(xyvs, skeleton=skeleton)
        xycs = xyvs * [1, 1, 0.5] + [4.0, 0.0, 0.0]
        told[skeleton.name] = evaluate(parse_coco(data), data["annotations"], predicted(data, xycs)).mean_oks
    assert told["wepdtof-14"] < told["crowdpose-14"] < 1


@pytest.mark.parametrize("named", [True, False])
def test_the_published_wepdtof_layout_is_measured(tmp_path, named):
    """No area, ids are list positions from 0, and a category that need not name its keypoints."""
    data = annotated(people(np.random.default_rng(4), 3, 14), skeleton=WEPDTOF)
    if not named:
        data["categories"] = [{"id": 1, "name": "person"}]
    (tmp_path / "val.json").write_text(json.dumps(data))
    coco = read_annotated(tmp_path / "val.json", None if named else WEPDTOF)
    xycs = [np.reshape(one["keypoints"], (14, 3)) * [1, 1, 0.5] for one in data["annotations"]]
    told = evaluate(coco, read_json(tmp_path / "val.json")["annotations"], predicted(data, xycs))
    assert told.figures["AP"] == pytest.approx(1) and list(told.error) == list(WEPDTOF.keypoints)


def test_keypoints_of_an_unsaid_skeleton_and_of_another_are_refused(tmp_path):
    data = annotated(people(np.random.default_rng(5), 2, 14), skeleton=WEPDTOF)
    (tmp_path / "named.json").write_text(json.dumps(data))
    with pytest.raises(CocoError, match="such as 'head_top'; wanted the 17 of skeleton 'coco-17'"):
        read_annotated(tmp_path / "named.json", COCO)
    data["categories"] = [{"id": 1, "name": "person"}]
    (tmp_path / "nameless.json").write_text(json.dumps(data))
    (complaint,) = read_annotated(tmp_path / "nameless.json", None).complaints
    assert "42 keypoint numbers; wanted 51" in complaint and complaint.startswith("2 annotations")


def test_a_crowd_and_an_unlabelled_person_cost_nothing_and_a_missed_one_does():
    xyvs = people(np.random.default_rng(6), 4)
    xyvs[1] = 0
    data = annotated(xyvs)
    data["annotations"][2]["iscrowd"] = 1
    coco = parse_coco(data)
    found = predicted(data, xyvs * [1, 1, 0.5])
    told = evaluate(coco, data["annotations"], [found[0], found[3]])
    assert (told.persons, told.figures["AP"], told.mean_oks) == (2, pytest.approx(1), pytest.approx(1))
    missed = evaluate(coco, data["annotations"], [found[0]])
    assert missed.mean_oks == pytest.approx(0.5) and missed.figures["AR"] == pytest.approx(0.5)
    assert evaluate(coco, data["annotations"], []).figures["AP"] == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"image_id": 77}, "image id 77, which the annotations do not have"),
        ({"keypoints": [1.0] * 42}, "42 keypoint numbers; wanted 51"),
        ({"keypoints": None}, "no keypoints"),
        ({"score": float("nan")}, "score nan"),
    ],
)
def test_a_prediction_that_does_not_fit_is_named(change, said):
    data = annotated(people(np.random.default_rng(7), 2))
    found = predicted(data, people(np.random.default_rng(8), 2) * [1, 1, 0.5])
    with pytest.raises(EvaluationError, match=f"prediction 1 .*{said}"):
        evaluate(parse_coco(data), data["annotations"], [found[0], found[1] | change])


def test_annotations_without_a_label_measure_nothing():
    data = annotated(np.zeros((2, 17, 3)))
    with pytest.raises(EvaluationError, match="none of 2 annotated persons has a keypoint"):
        evaluate(parse_coco(data), data["annotations"], [])


@pytest.mark.parametrize(
    ("content", "said"), [("{}", "JSON dict"), ("[1]", "a list of other things"), ("[", "cannot read")]
)
def test_a_file_that_holds_no_results_is_refused(tmp_path, content, said):
    (tmp_path / "found.json").write_text(content)
    with pytest.raises(EvaluationError, match=said):
        read_predictions(tmp_path / "found.json")


def test_a_file_too_large_or_too_deep_is_refused_before_it_costs_memory(tmp_path):
    path = tmp_path / "found.json"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # a hole: it takes no room on the disk
    with pytest.raises(EvaluationError, match=r"found\.json has 1000 MB; wanted at most 1000 MB"):
        read_predictions(path)
    path.write_text("[" * 100_000)
    with pytest.raises(EvaluationError, match="nested too deep"):
        read_predictions(path)


@pytest.mark.parametrize("score", [10**400, float("inf"), True, "0.5", None], ids=lambda odd: str(odd)[:5])
def test_a_score_that_is_no_finite_number_is_named(score):
    data = annotated(np.ones((1, 17, 3)))
    with pytest.raises(EvaluationError, match="prediction 0 has the score"):
        evaluate(parse_coco(data), data["annotations"], [predicted(data, np.ones((1, 17, 3)))[0] | {"score": score}])


@pytest.mark.parametrize(
    "odd",
    [7, 10**400, "x" * 51, {"x": 1}, [10**400] * 51, [[1]] * 51],
    ids=lambda odd: f"{type(odd).__name__} {str(odd)[:5]}",
)
def test_keypoints_of_any_kind_cost_their_person_alone(odd):
    data = annotated(np.full((2, 17, 3), 2.0))
    found = predicted(data, np.ones((2, 17, 3)))
    data["annotations"][1]["keypoints"] = odd
    assert evaluate(parse_coco(data), data["annotations"], found).persons == 1
