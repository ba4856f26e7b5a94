"""Which persons a step sees follows from the seed and the step's number."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from sspcm.crops.sampling import (
    Share,
    labelled_indices,
    pseudo_indices,
    share_of,
    shuffled_indices,
    spread,
    step_generator,
    unlabelled_indices,
)


def test_unlabelled_persons_come_in_whole_shuffled_passes():
    drawn = [i for step in range(10) for i in unlabelled_indices(7, 4, seed=1, step=step)]
    for number in range(5):
        assert sorted(drawn[7 * number : 7 * number + 7]) == list(range(7))
    assert drawn[:7] != drawn[7:14]


def test_fewer_unlabelled_persons_than_a_batch_come_several_times():
    drawn = [i for step in range(4) for i in unlabelled_indices(2, 5, seed=0, step=step)]
    assert len(drawn) == 20
    assert all(sorted(drawn[first : first + 2]) == [0, 1] for first in range(0, 20, 2))


def test_labelled_persons_are_drawn_with_replacement():
    drawn = labelled_indices(3, 64, seed=0, step=0)
    assert len(drawn) == 64 and set(drawn) == {0, 1, 2}
    assert drawn != labelled_indices(3, 64, seed=0, step=1)


@given(world=st.integers(1, 4), size=st.integers(1, 5))
def test_the_shares_of_all_processes_are_the_batch_in_order(world, size):
    batch = list(range(100, 100 + world * size))
    assert [i for rank in range(world) for i in share_of(batch, Share(rank, world))] == batch


def test_every_part_of_a_step_has_its_own_chance():
    draws = {
        (step, part): torch.rand(1, generator=step_generator(0, step, part)).item()
        for step in range(3)
        for part in range(3)
    }
    assert len(set(draws.values())) == 9
    assert draws[1, 2] == torch.rand(1, generator=step_generator(0, 1, 2)).item()


@given(st.integers(1, 30), st.integers(1, 12), st.integers(0, 3))
def test_a_network_of_its_own_sees_everybody_once_a_pass(count, batch, network):
    drawn = [i for step in range(count) for i in shuffled_indices(count, batch, seed=3, step=step, network=network)]
    assert all(sorted(drawn[at : at + count]) == list(range(count)) for at in range(0, len(drawn), count))


def test_two_networks_see_the_labelled_in_another_order():
    first, second = (shuffled_indices(50, 50, seed=0, step=0, network=network) for network in (0, 1))
    assert first != second and sorted(first) == sorted(second)


@given(st.integers(1, 12), st.integers(0, 9), st.integers(0, 2))
def test_pseudo_labelled_persons_come_in_whole_passes_of_each_network(count, batch, network):
    drawn = [i for step in range(count) for i in pseudo_indices(count, batch, seed=3, step=step, network=network)]
    assert len(drawn) == count * batch
    assert all(sorted(drawn[at : at + count]) == list(range(count)) for at in range(0, len(drawn), count))


@given(st.integers(1, 40), st.integers(0, 40), st.integers(1, 6))
def test_every_stretch_of_a_batch_has_its_share_of_pseudo_labelled_persons(own, others, parts):
    mixed = spread(list(range(own)), list(range(100, 100 + others)))
    assert [i for i in mixed if i < 100] == list(range(own))
    assert [i for i in mixed if i >= 100] == list(range(100, 100 + others))
    size = len(mixed) // parts
    for part in range(parts):
        found = sum(i >= 100 for i in mixed[part * size : (part + 1) * size])
        assert abs(found - size * others / len(mixed)) < 1
