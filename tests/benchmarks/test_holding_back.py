"""Ways to hold a strong start back: what each does to the weights of a training, seen on one layer."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from benchmarks.holding_back import AS_IT_IS, BLOCKS, WAYS, rows, table
from sspcm.config import TrainConfig

STEPS = 10
TRAIN = replace(TrainConfig(), steps=STEPS, learning_rate=0.1, snapshot_every=5)


def trained(way: str, *, fallen: float = 1.0) -> list[list[float]]:
    """Each layer's weight after each step whose gradient is 1: eight layers, which all begin at 0. fallen: the part of
    the rate that is left in the second half."""
    network = nn.ParameterList([nn.Parameter(torch.zeros(1)) for _ in range(BLOCKS)])
    optimiser = WAYS[way]({"A": network}, TRAIN)
    path = []
    for step in range(STEPS):
        for group in optimiser.param_groups:
            group["lr"] = TRAIN.learning_rate * (fallen if step >= STEPS / 2 else 1)
        for weight in network:
            weight.grad = torch.ones_like(weight)
        optimiser.step()
        path.append([float(weight.detach()) for weight in network])
    return path


@pytest.fixture
def plain() -> list[list[float]]:
    return trained(AS_IT_IS)


def test_layers_behind_learn_as_ever_and_those_before_them_less(plain):
    last = trained("layer-wise")[-1]
    assert last[-1] == pytest.approx(plain[-1][-1])
    assert np.allclose(np.divide(last[:-1], last[1:]), 0.7)


def test_the_anchor_pulls_back(plain):
    assert plain[-1][0] < trained("anchor")[-1][0] < 0


def test_an_anchor_by_rate_does_not_take_back_what_was_learned_once_the_rate_has_fallen():
    constant, by_rate = trained("anchor", fallen=0.0), trained("anchor-by-rate", fallen=0.0)
    assert by_rate[4] == constant[4] and by_rate[-1] == by_rate[4]
    assert constant[-1][0] > constant[4][0]


def test_the_average_is_what_is_left_and_the_training_itself_is_as_ever(plain):
    path = trained("average")
    assert path[:-1] == plain[:-1]
    assert plain[-1][0] < path[-1][0] < 0


def test_a_warmed_up_rate_reaches_the_whole(plain):
    path = trained("warm-up")
    assert path[0][0] == pytest.approx(plain[0][0] / 2)
    assert path[-1][0] - path[-2][0] == pytest.approx(plain[-1][0] - plain[-2][0])


def test_rows_of_another_length_are_other_rows_and_those_of_before_keep_their_names():
    short, long = next(rows([0])), next(rows([0], steps=200, batch=8))
    assert (short.name, long.name) == ("drawn-preset-seed0", "drawn-preset-seed0-200x8")
    fewer = next(rows([0], labels=25))
    assert (fewer.name, fewer.given) == ("drawn-preset-seed0-25labels", 25)
    assert [row.name for row in rows([1], ["anchor"], ["coco"])] == ["coco-anchor-seed1"]


def test_the_table_pairs_persons_of_one_seed():
    assert len({row.name for row in rows([0, 1])}) == len(list(rows([0, 1])))
    oks = np.linspace(0.3, 0.9, 12)
    one = {"domain": "drawn", "seed": 0, "groups": [i // 2 for i in range(12)]}
    done = [one | {"way": AS_IT_IS, "oks": oks.tolist()}, one | {"way": "anchor", "oks": (oks - 0.05).tolist()}]
    assert "| drawn | anchor | 1 | 0.550" in (text := "\n".join(table(done))) and "-0.050 [-0.050, -0.050]" in text
