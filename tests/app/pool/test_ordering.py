"""The pool in queue order, before any round and after one."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.pool.looks import UNSEEN, Looks
from app.pool.ordering import COPIES_AGREE, TEACHERS_AGREE, Pool, mix, rank_pool
from db.records import (
    CameraRecord,
    ImageRecord,
    KeypointFlag,
    PersonRecord,
    PersonScore,
    RankingEntry,
)
from sspcm.config import RankingConfig
from sspcm.pose import Box
from sspcm.ranking.ranking import DRAWN_AT_RANDOM

HALL = CameraRecord(1, "hall")


def person(person_id: int, image_id: int, px: float = 90.0) -> PersonRecord:
    return PersonRecord(person_id, image_id, Box(0, 0, px, px), "open", 0, None, None, None, None, None, {})


def pool(persons: Sequence[PersonRecord], *, empty: Collection[int] = ()) -> Pool:
    """Images that look alike, all of one camera, something labelled: nothing but scores orders them."""
    ids = sorted({one.image_id for one in persons} | set(empty))
    images = {i: ImageRecord(i, f"{i:064d}", f"{i}.png", 99, 99, HALL, i, "train", True, None, {}) for i in ids}
    looks = Looks(dict.fromkeys([*ids, 0], UNSEEN), dict.fromkeys([one.id for one in persons]))
    return Pool(images, persons, [0], looks)


def settings(blind_share: float = 0.0) -> RankingConfig:
    return RankingConfig(blind_share=blind_share)


def entries(*image_ids: int) -> list[RankingEntry]:
    return [RankingEntry(image_id, place, 0.5, ()) for place, image_id in enumerate(image_ids)]


def test_an_image_without_a_flag_says_so_in_the_words_asked_for() -> None:
    flag = KeypointFlag(3, 0.9, "a mirrored copy of the image moves left ear by 9 px")
    scores = {1: PersonScore(1, 0.1, (0.1,), ()), 2: PersonScore(2, 0.9, (0.9,), (flag,))}
    ranked = rank_pool(
        pool([person(1, 10), person(2, 20)]), scores, settings=settings(), seed=0, unflagged=COPIES_AGREE
    )
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

    ranked = rank_pool(pool(persons), scores, settings=settings(), seed=0)

    assert [(entry.position, entry.image_id, entry.score) for entry in ranked] == [
        (0, 20, 0.9),
        (1, 10, 0.5),
        (2, 30, 0.2),
    ]
    assert [entry.reasons for entry in ranked] == [("ankle", "wrist", "nose"), ("knee",), (TEACHERS_AGREE,)]


def test_whom_nobody_can_label_moves_no_image_and_alone_puts_it_last_with_the_reason() -> None:
    persons = [person(1, 10, px=40), person(2, 20), person(3, 30, px=50), person(4, 30), person(5, 40)]
    scores = {1: scored(1, 0.9), 2: scored(2, 0.2), 3: scored(3, 0.8), 4: scored(4, 0.1)}

    ranked = rank_pool(pool(persons, empty=[50]), scores, settings=settings(), seed=0, and_unscored=True)

    assert [entry.image_id for entry in ranked if entry.image_id in (10, 20, 30)] == [20, 30, 10]
    assert {entry.image_id for entry in ranked} == {10, 20, 30, 40, 50}
    assert ranked[-1] == RankingEntry(10, 4, 0.0, ("too small to label: 40 x 40 px",))


def test_the_cameras_take_turns() -> None:
    persons = [person(i, i) for i in range(40)]
    seen = pool(persons)
    street = CameraRecord(2, "street")
    images = {i: replace(one, camera=street if i >= 30 else HALL) for i, one in seen.images.items()}
    scores = {i: scored(i, 0.9 - 0.01 * i) for i in range(40)}

    ranked = rank_pool(replace(seen, images=images), scores, settings=settings(), seed=0)

    assert sum(entry.image_id >= 30 for entry in ranked[:20]) == 10, "the street's images have the lower scores"


def test_the_blind_share_is_drawn_by_the_seed_and_says_so() -> None:
    persons = [person(i, i) for i in range(20)]
    scores = {i: scored(i, i / 20, (0.5, "knee")) for i in range(20)}

    one, again, other = (rank_pool(pool(persons), scores, settings=settings(0.25), seed=seed) for seed in (1, 1, 2))

    assert one == again != other
    blind = [entry for entry in one if entry.blind]
    assert len(blind) == 5
    assert {entry.reasons[0] for entry in blind} == {DRAWN_AT_RANDOM}
    shown = [entry.score for entry in one if not entry.blind]
    assert shown == sorted(shown, reverse=True)


def test_a_fair_sample_goes_by_no_score_and_keeps_its_order_when_others_leave() -> None:
    persons = [person(i, i) for i in range(1, 31)]
    scores = {i: scored(i, i / 31, (0.5, "knee")) for i in range(1, 31)}
    turned = {i: scored(i, 1 - i / 31) for i in range(1, 31)}

    one, other = (
        rank_pool(pool(persons), found, settings=settings(), seed=0, fairly=True) for found in (scores, turned)
    )
    fewer = rank_pool(pool(persons[10:]), scores, settings=settings(), seed=0, fairly=True)

    order = [entry.image_id for entry in one]
    assert order == [entry.image_id for entry in other] != sorted(order)
    assert [entry.image_id for entry in fewer] == [i for i in order if i > 10]
    assert {entry.reasons for entry in one} == {("knee",)} and one[0].score == order[0] / 31, "they are still told"
