"""The pool in queue order, before any round and after one."""

from hypothesis import given
from hypothesis import strategies as st

from app.pool.ordering import COPIES_AGREE, TEACHERS_AGREE, mix, rank_pool
from db.records import (
    KeypointFlag,
    PersonRecord,
    PersonScore,
    RankingEntry,
)
from sspcm.pose import Box
from sspcm.ranking.ranking import DRAWN_AT_RANDOM


def person(person_id: int, image_id: int) -> PersonRecord:
    return PersonRecord(person_id, image_id, Box(0, 0, 9, 9), "open", 0, None, None, None, None, None, {})


def entries(*image_ids: int) -> list[RankingEntry]:
    return [RankingEntry(image_id, place, 0.5, ()) for place, image_id in enumerate(image_ids)]


def test_an_image_without_a_flag_says_so_in_the_words_asked_for() -> None:
    flag = KeypointFlag(3, 0.9, "a mirrored copy of the image moves left ear by 9 px")
    scores = {1: PersonScore(1, 0.1, (0.1,), ()), 2: PersonScore(2, 0.9, (0.9,), (flag,))}
    ranked = rank_pool([person(1, 10), person(2, 20)], scores, blind_share=0.0, seed=0, unflagged=COPIES_AGREE)
    assert [(entry.image_id, entry.reasons) for entry in ranked] == [(20, (flag.reason,)), (10, (COPIES_AGREE,))]


def test_two_orders_are_mixed_evenly() -> None:
    mixed = mix(entries(1, 2, 3, 4), entries(10, 20))
    assert [entry.image_id for entry in mixed] == [1, 10, 2, 3, 20, 4]
    assert [entry.position for entry in mixed] == list(range(6))


@given(st.integers(0, 30), st.integers(0, 30))
def test_a_mix_keeps_both_orders(first: int, second: int) -> None:
    mixed = [entry.image_id for entry in mix(entries(*range(first)), entries(*range(100, 100 + second)))]
    assert [i for i in mixed if i < 100] == list(range(first))
    assert [i for i in mixed if i >= 100] == list(range(100, 100 + second))


def scored(person_id: int, score: float, *flags: tuple[float, str]) -> PersonScore:
    return PersonScore(person_id, score, (score,), tuple(KeypointFlag(0, s, reason) for s, reason in flags))


def test_an_image_is_as_inconsistent_as_its_worst_person_and_says_why() -> None:
    persons = [person(1, 10), person(2, 20), person(3, 20), person(4, 30), person(5, 40)]
    scores = {
        1: scored(1, 0.5, (0.6, "knee")),
        2: scored(2, 0.1),
        3: scored(3, 0.9, (0.9, "ankle"), (0.8, "wrist"), (0.5, "nose"), (0.4, "ear")),
        4: scored(4, 0.2),
    }

    ranked = rank_pool(persons, scores, blind_share=0.0, seed=0)

    assert [(entry.position, entry.image_id, entry.score) for entry in ranked] == [
        (0, 20, 0.9),
        (1, 10, 0.5),
        (2, 30, 0.2),
    ]
    assert [entry.reasons for entry in ranked] == [("ankle", "wrist", "nose"), ("knee",), (TEACHERS_AGREE,)]


def test_the_blind_share_is_drawn_by_the_seed_and_says_so() -> None:
    persons = [person(i, i) for i in range(20)]
    scores = {i: scored(i, i / 20, (0.5, "knee")) for i in range(20)}

    one, again, other = (rank_pool(persons, scores, blind_share=0.25, seed=seed) for seed in (1, 1, 2))

    assert one == again != other
    blind = [entry for entry in one if entry.blind]
    assert len(blind) == 5
    assert {entry.reasons for entry in blind} == {(DRAWN_AT_RANDOM,)}
    shown = [entry.score for entry in one if not entry.blind]
    assert shown == sorted(shown, reverse=True)
