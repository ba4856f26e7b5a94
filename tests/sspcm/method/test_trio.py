"""Three networks that learn, two that remember."""

from dataclasses import replace

import torch

from sspcm.method.trio import Trio, build_trio


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    """Bit for bit, parameters and running statistics; not the count of batches seen."""
    pairs = zip(one.state_dict().items(), other.state_dict().values(), strict=True)
    return all(torch.equal(a, b) for (name, a), b in pairs if not name.endswith("num_batches_tracked"))


def tiny_trio(config) -> Trio:
    return build_trio(config.model, keypoints=5, seed=config.seed)


def test_three_seeds_make_three_networks_and_the_snapshots_start_as_the_teachers(tiny):
    trio = tiny_trio(tiny)
    assert not same(trio.a, trio.b) and not same(trio.a, trio.c) and not same(trio.b, trio.c)
    assert same(trio.a, trio.a_prev) and same(trio.b, trio.b_prev)


def test_a_refresh_copies_the_teachers_bit_for_bit(tiny):
    trio = tiny_trio(tiny)
    with torch.no_grad():
        for parameter in trio.parameters():
            parameter.add_(0.1)
    assert not same(trio.a, trio.a_prev)
    trio.refresh()
    assert same(trio.a, trio.a_prev) and same(trio.b, trio.b_prev)


def test_a_snapshot_stays_what_it_was_however_often_it_is_asked(tiny):
    trio = tiny_trio(tiny)
    trio.train()
    for seed in range(3):
        trio.a_prev(torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(seed)))
    assert same(trio.a, trio.a_prev)
    trio.a(torch.randn(4, 3, 64, 64))
    assert not same(trio.a, trio.a_prev)  # running statistics of a teacher do move


def test_snapshots_hold_nothing_that_learns(tiny):
    trio = tiny_trio(tiny)
    learning = {id(parameter) for parameter in trio.parameters()}
    assert not any(id(p) in learning or p.requires_grad for p in trio.a_prev.parameters())
    assert len(learning) == 3 * len(list(trio.a.parameters()))


def test_without_a_student_c_is_a_or_the_mean_of_both_as_they_were(tiny):
    """The mean neither learns nor follows what A and B learn later."""
    three = tiny_trio(tiny)
    trio = Trio(three.a, three.b)
    assert trio.shipped()["C"] is trio.members()["C"] is trio.a
    trio.take_mean()
    c = trio.shipped()["C"]
    assert trio.members()["C"] is c and list(trio.networks()) == ["A", "B"] and not trio.has_student
    for one, other, mean in zip(trio.a.parameters(), trio.b.parameters(), c.parameters(), strict=True):
        assert torch.allclose(mean, (one + other) / 2, atol=1e-6)
    kept = [parameter.clone() for parameter in c.parameters()]
    with torch.no_grad():
        for parameter in trio.parameters():
            parameter.add_(1)
    assert all(torch.equal(one, other) for one, other in zip(kept, c.parameters(), strict=True))


def test_the_start_is_what_c_was_when_the_training_began(tiny):
    method = replace(tiny.method, start_votes=True)
    trio = build_trio(tiny.model, keypoints=5, seed=0, method=method)
    begin = build_trio(tiny.model, keypoints=5, seed=1, method=method).c
    trio.c.load_state_dict(begin.state_dict())
    trio.begin()
    with torch.no_grad():
        for parameter in trio.parameters():
            parameter.add_(0.1)
    trio.refresh()
    assert same(trio.start, begin) and not same(trio.start, trio.c)
    assert list(trio.remembered()) == ["A_prev", "B_prev", "start"] and trio.start in list(trio.all())
    assert tiny_trio(tiny).start is None
