"""The pool's images in queue order: by inconsistency where networks spoke, by how unlike they are where none did."""

from collections.abc import Mapping, Sequence
from operator import itemgetter

from app.home.image_files import ImageFiles
from app.pool.describing import describe
from app.pool.judging import BEFORE_ROUNDS
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import PersonRecord, PersonScore, RankingEntry
from db.rounds import predictions, rankings
from db.store.session import Store
from sspcm.ranking.ranking import Ranking, cold_ranking, rank_images

REASONS_AN_IMAGE = 3
TEACHERS_AGREE = "the teachers agree on every keypoint"
COPIES_AGREE = "the model sees every keypoint in the same place in all copies of the image"


def rank_pool(
    waiting: Sequence[PersonRecord],
    scores: Mapping[int, PersonScore],
    *,
    blind_share: float,
    seed: int,
    unflagged: str = TEACHERS_AGREE,
) -> list[RankingEntry]:
    """The images of the waiting persons in queue order: an image is as inconsistent as its worst person.

    Its reasons are its worst flags; `unflagged` where it has none. A person without a score counts for nothing.
    """
    by_image: dict[int, list[PersonScore]] = {}
    for person in waiting:
        if person.id in scores:
            by_image.setdefault(person.image_id, []).append(scores[person.id])
    ranking = rank_images(
        {image_id: max(score.score for score in found) for image_id, found in by_image.items()},
        {image_id: _reasons(found) or (unflagged,) for image_id, found in by_image.items()},
        blind_share=blind_share,
        seed=seed,
    )
    return _entries(ranking)


def rank_before_rounds(store: Store, files: ImageFiles) -> None:
    """Order the open pool until a round is published; after that, leave it.

    Images where an imported model predicted somebody come by its inconsistency, the others by how unlike they are,
    mixed evenly: nothing says which of the two deserves an annotator more, and neither waits for the other's end.
    """
    with store.reading() as tx:
        if project.get_project(tx).published_round is not None:
            return
        pool = {image.id: image for image in images.list_images(tx, split="train") if image.is_open}
        persons = list_persons(tx, split="train")
        waiting = [person for person in persons if person.image_id in pool and person.state == "open"]
        scores = predictions.imported_scores(tx, [person.id for person in waiting])
    share = BEFORE_ROUNDS.blind_share
    predicted = rank_pool(waiting, scores, blind_share=share, seed=0, unflagged=COPIES_AGREE)
    rest = pool.keys() - {entry.image_id for entry in predicted}
    features = {i: describe(files.path(pool[i].sha256).read_bytes()) for i in sorted(rest)}
    cold = _entries(cold_ranking(features, blind_share=share, seed=0))
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, mix(predicted, cold))


def mix(first: Sequence[RankingEntry], second: Sequence[RankingEntry]) -> list[RankingEntry]:
    """Both orders as one, each kept and spread evenly over the whole."""
    placed: list[tuple[float, int, RankingEntry]] = []
    for turn, entries in enumerate((first, second)):
        placed += [((place + 0.5) / len(entries), turn, entry) for place, entry in enumerate(entries)]
    return [
        RankingEntry(entry.image_id, place, entry.score, entry.reasons, entry.blind)
        for place, (_, _, entry) in enumerate(sorted(placed, key=itemgetter(0, 1)))
    ]


def _entries(ranking: Ranking) -> list[RankingEntry]:
    return [
        RankingEntry(ranked.image_id, place, ranked.score, ranked.reasons, ranked.blind)
        for place, ranked in enumerate(ranking.entries)
    ]


def _reasons(scores: Sequence[PersonScore]) -> tuple[str, ...]:
    flags = sorted((flag for score in scores for flag in score.flags), key=lambda flag: -flag.score)
    return tuple(flag.reason for flag in flags[:REASONS_AN_IMAGE])
