"""Processes are killed while people label and rounds train: a short night of it."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("store", ["sqlite", "postgresql"])
def test_kills_lose_no_accept_double_none_and_every_round_ends(store: str) -> None:
    options = ["--kills", "6", "--minutes", "4"] + (["--postgresql"] if store == "postgresql" else [])
    ended = subprocess.run([sys.executable, "-P", "-m", "benchmarks.soak", *options], capture_output=True, text=True)
    told = json.loads(ended.stdout)
    assert ended.returncode == 0, told
    assert told["store"] == store and sum(told["kills"].values()) >= 3
    assert told["accepts"]["answered"] > 50 and told["rounds"]["ended"]
