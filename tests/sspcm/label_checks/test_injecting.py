"""Errors put into labels: one a person, as many as asked for, and told exactly."""

import numpy as np
import pytest

from sspcm.label_checks.finding import KINDS
from sspcm.label_checks.injecting import JITTER, inject


@pytest.mark.parametrize("kind", KINDS)
def test_a_share_of_people_has_one_error_of_the_kind_each(standing, kind):
    people = standing(60)
    changed, done = inject(people, 0.2, np.random.default_rng(0), kinds=[kind])
    assert len(done) == 12 and {one.kind for one in done} == {kind}
    assert len({one.person for one in done}) == 12
    assert len(changed) == (72 if kind == "twin" else 60)
    is_changed = (changed.xyv[:60] != people.xyv).any((1, 2))
    assert set(np.flatnonzero(is_changed).tolist()) == (set() if kind == "twin" else {one.person for one in done})
    for one in done:
        if kind not in ("twin", "inversion"):
            apart = (changed.xyv[one.person] != people.xyv[one.person]).any(1)
            assert set(np.flatnonzero(apart).tolist()) <= set(one.keypoints)


def test_an_exchange_is_of_one_pair_or_of_all(standing):
    people = standing(100)
    changed, done = inject(people, 1.0, np.random.default_rng(0), kinds=["inversion"])
    mirror = people.skeleton.mirror_array
    assert {len(one.keypoints) for one in done} == {2, 16}
    for one in done:
        ks = list(one.keypoints)
        assert (changed.xyv[one.person, ks] == people.xyv[one.person, mirror[ks]]).all()


def test_a_jitter_is_as_far_as_it_is_told(standing):
    people = standing(60)
    changed, done = inject(people, 1.0, np.random.default_rng(0), kinds=["jitter"])
    for one in done:
        (k,) = one.keypoints
        apart = np.hypot(*(changed.xyv[one.person, k] - people.xyv[one.person, k])[:2]) / people.unit[one.person, k]
        assert apart == pytest.approx(one.size) and JITTER[0] <= one.size <= JITTER[1]


def test_alone_in_an_image_nobody_has_a_swap_but_another_error(standing):
    people = standing(40, in_an_image=1)
    _, done = inject(people, 1.0, np.random.default_rng(0), kinds=["swap", "miss"])
    assert len(done) == 40 and {one.kind for one in done} == {"miss"}


def test_the_same_chance_makes_the_same_errors(standing):
    one, other = (inject(standing(40), 0.5, np.random.default_rng(3)) for _ in range(2))
    assert one[1] == other[1] and (one[0].xyv == other[0].xyv).all()
