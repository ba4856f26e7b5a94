"""What is learned of errors, and how findings are counted beside them."""

import numpy as np
import pytest

from sspcm.label_checks.evidence import gather
from sspcm.label_checks.fitting import break_labels, count, f1, fit
from sspcm.label_checks.injecting import Injected
from sspcm.label_checks.suspicions import Suspicion


def test_a_finding_is_right_where_it_names_person_kind_and_a_keypoint(standing):
    evidence = gather(standing(4))
    done = [
        Injected(0, "swap", (9,)),
        Injected(1, "inversion", (13, 14)),
        Injected(2, "limb", (7, 9)),
        Injected(3, "miss", (0,)),
    ]
    found = [
        Suspicion(0, "swap", (9,), 0.9, 1),
        Suspicion(0, "swap", (9,), 0.9, 1),
        Suspicion(1, "pair", (13, 14), 0.8),
        Suspicion(2, "misplaced", (9,), 0.7),
        Suspicion(3, "miss", (4,), 0.6),
    ]
    told = {kind: row.tolist() for kind, row in count(evidence, done, found).items() if row.any()}
    assert told == {"swap": [1, 1, 0], "inversion": [1, 0, 0], "limb": [1, 0, 0], "miss": [0, 1, 1]}


def test_somebody_labelled_twice_is_found_by_either(standing):
    evidence = gather(standing(4))
    told = count(evidence, [Injected(3, "twin", (0,))], [Suspicion(0, "twin", (), 0.9, 3)])
    assert told["twin"].tolist() == [1, 0, 0]


def test_f1_is_the_harmonic_mean():
    assert f1(3, 1, 2) == pytest.approx(2 * 0.75 * 0.6 / (0.75 + 0.6)) and np.isnan(f1(0, 0, 0))


def test_a_question_that_no_error_answers_is_not_asked(standing):
    rng, alone = np.random.default_rng(0), standing(60, in_an_image=1)
    broken = break_labels(alone, rng, errors=30, share=0.5)
    assert "swap" not in fit(broken, broken)


def test_about_so_many_errors_are_put_in(standing):
    broken = break_labels(standing(60), np.random.default_rng(0), errors=30, share=0.1)
    assert len(broken) == 5 and sum(len(one.done) for one in broken) == 30
