"""One file against one list of results, in every evaluator of COCO keypoints that is installed."""

import contextlib
import io
from collections.abc import Callable, Sequence
from typing import Any

from seen import write


def evaluate(truth: dict[str, Any], results: Sequence[dict[str, Any]]) -> dict[str, float]:
    """AP over OKS .5 to .95 by evaluator, rounded to 6 digits."""
    return {name: round(float(stats[0]), 6) for name, stats in all_stats(truth, results).items()}


def all_stats(truth: dict[str, Any], results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The list of ten figures by evaluator; what they print is swallowed."""
    write("truth.json", truth)
    write("results.json", list(results))
    with contextlib.redirect_stdout(io.StringIO()):
        return {name: stats() for name, stats in EVALUATORS.items()}


def pycocotools_run(iou_type: str = "keypoints") -> Any:
    """The finished COCOeval of pycocotools."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth = COCO("truth.json")
    return _finish(COCOeval(truth, truth.loadRes("results.json"), iou_type))


def xtcocotools_run(iou_type: str = "keypoints", *, finish: bool = True, **options: Any) -> Any:
    """The finished COCOeval of xtcocotools, or one that has only evaluated (finishing clears what it compared)."""
    import numpy as np
    from xtcocotools.coco import COCO
    from xtcocotools.cocoeval import COCOeval

    sigmas = np.array(SIGMAS)
    truth = COCO("truth.json")
    run = COCOeval(truth, truth.loadRes("results.json"), iou_type, sigmas, **{"use_area": True, **options})
    if finish:
        return _finish(run)
    run.evaluate()
    return run


def faster_run() -> Any:
    """The finished COCOeval of faster-coco-eval."""
    from faster_coco_eval import COCO, COCOeval_faster

    truth = COCO("truth.json")
    return _finish(COCOeval_faster(truth, truth.loadRes("results.json"), "keypoints"))


def hotcoco_run() -> Any:
    """The finished COCOeval of hotcoco."""
    from hotcoco import COCO, COCOeval

    truth = COCO("truth.json")
    return _finish(COCOeval(truth, truth.load_res("results.json"), "keypoints"))


def _finish(run: Any) -> Any:
    run.evaluate()
    run.accumulate()
    run.summarize()
    return run


_PAIRS = (0.025, 0.035, 0.079, 0.072, 0.062, 0.107, 0.087, 0.089)
SIGMAS = [0.026, *(sigma for sigma in _PAIRS for _side in ("left", "right"))]
"""COCO's, in its order."""
EVALUATORS: dict[str, Callable[[], Any]] = {
    "pycocotools": lambda: pycocotools_run().stats,
    "xtcocotools": lambda: xtcocotools_run().stats,
    "faster-coco-eval": lambda: faster_run().stats,
    "hotcoco": lambda: hotcoco_run().stats,
}
