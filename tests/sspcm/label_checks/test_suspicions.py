"""Which of several suspicions is told."""

from sspcm.label_checks.suspicions import Suspicion, settle


def test_about_one_keypoint_the_most_probable_is_told():
    swap, jitter = Suspicion(1, "swap", (9,), 0.8, 2), Suspicion(1, "misplaced", (9,), 0.6)
    elsewhere, other = Suspicion(1, "misplaced", (0,), 0.5), Suspicion(2, "misplaced", (9,), 0.4)
    assert settle([jitter, other, swap, elsewhere]) == [swap, elsewhere, other]


def test_where_all_is_exchanged_nothing_else_is_said_of_places():
    whole, pair = Suspicion(1, "whole", (), 0.9), Suspicion(1, "pair", (13, 14), 0.8)
    absent, twin = Suspicion(1, "miss", (0,), 0.3), Suspicion(1, "twin", (), 0.2, 4)
    assert settle([pair, whole, absent, twin]) == [whole, absent, twin]
    surer = Suspicion(1, "pair", (13, 14), 0.95)
    assert settle([surer, whole]) == [surer], "one pair that is surely exchanged is not all"
