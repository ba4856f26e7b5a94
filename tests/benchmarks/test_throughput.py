"""What throughput.py calls bare are the very passes of the step."""

from collections import Counter
from dataclasses import replace

import pytest
import torch

from benchmarks.throughput import bare, measure, random_set, settings, whole
from sspcm.config import METHODS, RoundConfig
from sspcm.method.trio import Trio, build_trio

CPU = torch.device("cpu")


def tiny(method: str) -> RoundConfig:
    config = settings(
        method, backbone="shufflenet_v2_x0_5", size=(64, 64), batch=2, precision="float32", compiled=False
    )
    return replace(config, model=replace(config.model, deconv_channels=8))


def passes(trio: Trio) -> Counter:
    """Counts each network's passes from now on, with and without gradient."""
    seen: Counter = Counter()
    for name, network in trio.members().items():
        if name == "C" and not trio.has_student:
            continue
        network.register_forward_hook(lambda *_, name=name: seen.update([(name, torch.is_grad_enabled())]))
    return seen


@pytest.mark.parametrize("method", METHODS)
def test_bare_networks_make_the_passes_of_the_whole_step(method):
    config = tiny(method)
    counted = []
    for way in (lambda trio: whole(trio, config, random_set(config, 4), CPU), lambda trio: bare(trio, config, CPU)):
        trio = build_trio(config.model, keypoints=17, seed=0, method=config.method)
        loop = way(trio)
        next(loop)  # bare's first pass makes its target
        seen = passes(trio)
        next(loop)
        counted.append(seen)
    assert counted[0] == counted[1] and sum(counted[0].values()) > 0


def test_the_ways_are_measured_side_by_side():
    told = measure(tiny("sspcm"), device=CPU, seconds=0.1, with_plain=True)
    assert told["whole_over_bare_seconds"] > 0.5 and told["times_faster_than_plain"] > 0.5
    assert told["whole_persons_per_s"] > 0 and "plain_peak_mib" in told
