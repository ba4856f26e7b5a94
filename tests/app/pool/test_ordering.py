"""The pool in queue order, before any round and after one."""

from hypothesis import given
from hypothesis import strategies as st

from app.pool.ordering import COPIES_AGREE, mix, rank_pool
from db.records import KeypointFlag, PersonRecord, PersonScore, RankingEntry
from sspcm.pose import Box


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
