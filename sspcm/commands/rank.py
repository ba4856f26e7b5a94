"""`sspcm rank`: the people of a COCO file in the order in which labels would change most."""

import argparse
import json
from typing import Any

from sspcm.commands.members import read_members
from sspcm.config import RankingConfig
from sspcm.evaluation.prediction_files import Compared
from sspcm.evaluation.rank_scores import evidence_of
from sspcm.ranking.corrections import Corrections, Fit, fit_corrections, wrong_keypoints
from sspcm.ranking.evidence import Evidence
from sspcm.ranking.ranking import expected_gains, judge_persons


def run(options: argparse.Namespace) -> int:
    """Rank and print. Labelled people teach what is wrong, and the others are ranked; everybody, where all are."""
    compared, start = read_members(options.annotations, options.members, options.start, skeleton=options.skeleton)
    fit = fit_labelled(compared, start, evidence_of(compared, start))
    rows = ~compared.is_labelled if (~compared.is_labelled).any() else compared.is_labelled
    waiting = compared.of(rows)
    ranked = rank_persons(waiting, evidence_of(waiting, start[rows]), fit)
    told = {"members": list(compared.members), "fit": fit.measured.to_json(), "persons": ranked}
    if options.json:
        print(json.dumps(told, indent=1))
        return 0
    for place, one in enumerate(ranked[: options.limit], start=1):
        names = ", ".join(flag["keypoint"].replace("_", " ") for flag in one["flags"][:3])
        print(f"{place:>4}  {one['score']:.3f}  {one['file_name']}  annotation {one['annotation_id']}  {names}")
    return 0


def fit_labelled(compared: Compared, start: Any, evidence: Evidence) -> Fit:
    """What the labelled people teach of the poses that annotators start from."""
    rows = compared.is_labelled
    known, poses = compared.of(rows), start[rows]
    sigmas = compared.skeleton.sigma_array
    wrong = wrong_keypoints(poses[..., :2], known.truth, area=known.area, sigmas=sigmas)
    corrections = Corrections(evidence.of(rows), wrong, known.truth[..., 2] > 0, known.images)
    return fit_corrections(corrections, compared.skeleton)


def rank_persons(compared: Compared, evidence: Evidence, fit: Fit) -> list[dict[str, Any]]:
    """As plain data, the person first whose keypoints are most expected to be wrong; ties by annotation."""
    usual = RankingConfig()
    expected = expected_gains(evidence, compared.skeleton, fit)
    found = judge_persons(
        evidence, expected, lambda p, k: "", top_keypoints=usual.top_keypoints, flag_above=usual.flag_above
    )
    names = compared.skeleton.keypoints
    persons = [
        {
            "annotation_id": int(compared.annotations[p]),
            "image_id": int(compared.images[p]),
            "file_name": compared.file_names[p],
            "score": round(one.score, 4),
            "flags": [{"keypoint": names[flag.keypoint], "gain": round(flag.score, 4)} for flag in one.flags],
        }
        for p, one in enumerate(found)
    ]
    return sorted(persons, key=lambda one: (-one["score"], one["annotation_id"]))
