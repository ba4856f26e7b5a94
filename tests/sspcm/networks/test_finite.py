"""Weights that a network cannot compute with are named by their tensor."""

import math

import pytest
import torch

from sspcm.networks.finite import unusable

FINE = torch.tensor([0.5, 2.0])


def test_weights_that_are_numbers_are_fine() -> None:
    assert list(unusable({"w": FINE}, {"w": FINE, "bn.running_var": torch.zeros(2)})) == []


@pytest.mark.parametrize(
    ("name", "tensor", "words"),
    [
        ("w", torch.tensor([math.nan, 1.0, math.inf]), "3 numbers holds 2 that are NaN or infinite"),
        ("w", torch.tensor([1e300], dtype=torch.float64), "some, as 32-bit numbers,"),
        ("bn.running_var", torch.tensor([-1.0]), "variances below 0"),
        ("w", torch.tensor([1j]), "complex numbers"),
    ],
)
def test_what_is_wrong_is_said_with_the_tensors_name(name: str, tensor: torch.Tensor, words: str) -> None:
    (said,) = unusable({name: FINE}, {name: tensor})
    assert said.startswith(f"tensor '{name}'")
    assert words in said
