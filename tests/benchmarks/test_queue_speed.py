"""The queue's speed is measured on a small home: every part gives its figures, and nothing goes wrong."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.queue_speed import STAGES


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_each_part_gives_its_figures(store: str, tmp_path: Path) -> None:
    options = ["--persons", "900", "3000", "--images", "10", "--predictions", "2000", "--seconds", "3"]
    options += ["--postgresql"] if store == "postgresql" else ["--homes", str(tmp_path)]
    ended = subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-m", "benchmarks.queue_speed", *options], capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["store"] == store
    assert {told["server"][size]["accept"]["count"] for size in ("900", "3000")} == {30}
    assert set(told["server"]["p95_large_over_small"]) == {"next", "accept", "pair", "fsync"}
    assert set(told["publish"]) <= set(STAGES) and sum(one["next"]["count"] for one in told["publish"].values()) > 0
    for part in ("clients", "loop"):
        assert told[part]["errors"] == {} and told[part]["accept"]["count"] > 0, told[part]
