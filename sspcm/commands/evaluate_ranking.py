"""`sspcm evaluate --ranking`: whether an order puts first what labels show to be wrong (method.md section 12)."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from sspcm.commands.members import read_members
from sspcm.commands.rank import fit_labelled
from sspcm.evaluation.prediction_files import Compared, EvaluationError
from sspcm.evaluation.rank_scores import evidence_of, joint_scores, person_scores_of
from sspcm.evaluation.ranking_figures import joint_errors, judge_joints, judge_persons
from sspcm.ranking.corrections import Corrections, calibration_error, expected_by_others
from sspcm.ranking.expected_gain import expected_before_labels

FITTED = "U7 fitted on other images"
BEFORE, BY_OTHERS = "doubt before labels", "doubt fitted on other images"


def run(options: argparse.Namespace) -> int:
    """Judge and print; labelled people alone count."""
    compared, start = read_members(options.annotations, options.ranking, options.start, skeleton=options.skeleton)
    rows = compared.is_labelled
    if not rows.any():
        raise EvaluationError(
            f"none of {len(rows)} predicted persons has a label; wanted labels to judge the order by. "
            "Give a labelled file."
        )
    told = judge(compared.of(rows), start[rows], draws=options.draws, seed=options.seed)
    print(json.dumps(_without_nan(told), indent=1) if options.json else _table(told))
    return 0


def judge(compared: Compared, start: Float[np.ndarray, "P K 3"], *, draws: int, seed: int) -> dict[str, Any]:
    """Every score's figures on labelled people, with 95 % intervals over draws of images."""
    skeleton, evidence = compared.skeleton, evidence_of(compared, start)
    errors = joint_errors(
        start, compared.truth, area=compared.area, sigmas=skeleton.sigma_array, images=compared.images
    )
    placed, wrong = np.isfinite(errors.error), errors.error > 0.5
    joints = joint_scores(compared, start, seed=seed)
    expected = {BEFORE: expected_before_labels(evidence, skeleton)}
    by_others = expected_by_others(Corrections(evidence, wrong, placed, compared.images), skeleton)
    if by_others is not None:
        joints[FITTED], expected[BY_OTHERS] = by_others.wrong, by_others
    persons = person_scores_of(joints, compared, expected)
    return {
        "persons": len(errors.images),
        "images": len(np.unique(errors.images)),
        "keypoints": int(placed.sum()),
        "wrong": float(wrong[placed].mean()),
        "mean_oks": float(1 - errors.person.mean()),
        "draws": draws,
        "fit": fit_labelled(compared, start, evidence).measured.to_json(),
        "calibration_error": {
            name: calibration_error(joints[name][placed], wrong[placed])
            for name in ("U7 before labels", FITTED)
            if name in joints
        },
        "keypoints_by_score": judge_joints(joints, errors, draws=draws, seed=seed),
        "persons_by_score": judge_persons(persons, errors, log_area=np.log(compared.area), draws=draws, seed=seed),
    }


def _table(told: Mapping[str, Any]) -> str:
    whom = f"{told['persons']} labelled persons of {told['images']} images; mean OKS {told['mean_oks']:.3f}"
    what = f"{100 * told['wrong']:.0f} % of {told['keypoints']} keypoints wrong"
    lines = [
        f"{whom}, {what}. Brackets: 95 % over {told['draws']} draws of images.",
        "",
        f"{'which keypoints are wrong':<34}{'AUROC':<24}AUPRC",
    ]
    for name, found in told["keypoints_by_score"].items():
        lines.append(f"{name:<34}{_interval(found['auroc']):<24}{_interval(found['auprc'])}")
    lines += ["", f"{'whom to see first':<34}{'Spearman, 1 - OKS':<24}{'sparsification gain':<24}given size and count"]
    for name, found in told["persons_by_score"].items():
        rest = f"{_interval(found['sparsification_gain']):<24}{_number(found['spearman_given_size_and_count'])}"
        lines.append(f"{name:<34}{_interval(found['spearman']):<24}{rest}")
    return "\n".join(lines)


def _number(value: float) -> str:
    return f"{value:.3f}" if np.isfinite(value) else "-"


def _interval(found: tuple[float, float, float]) -> str:
    figure, low, high = map(_number, found)
    return f"{figure} [{low}, {high}]"


def _without_nan(told: Any) -> Any:
    """JSON knows no NaN: what could not be measured is null."""
    if isinstance(told, dict):
        return {key: _without_nan(value) for key, value in told.items()}
    if isinstance(told, list | tuple):
        return [_without_nan(value) for value in told]
    return None if isinstance(told, float) and not np.isfinite(told) else told
