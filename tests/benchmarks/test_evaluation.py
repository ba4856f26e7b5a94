"""The benchmark of `sspcm evaluate` runs, small: the same figures as both libraries', and a ratio to each."""

import json
import subprocess
import sys


def test_three_ways_tell_the_same_figures() -> None:
    command = [sys.executable, "-P", "-m", "benchmarks.evaluation", "--persons", "150", "--turns", "1"]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert told["apart"] < 1e-9
    assert set(told["ours_over"]) == {"faster-coco-eval", "pycocotools"}
    assert all(seconds > 0 for seconds in told["cpu_s"].values())
