"""The pool's images in queue order: by what labels would change where networks spoke, else by how unlike they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from app.home.image_files import ImageFiles
from app.pool.blind_places import blind_entries
from app.pool.judging import BEFORE_ROUNDS
from app.pool.looks import Looks, look_at, unlabelable
from db.pool import images, project
from db.pool.persons import list_persons
from db.records import ImageRecord, PersonRecord, PersonScore, RankingEntry
from db.rounds import predictions, rankings
from db.store.session import Store
from sspcm.config import RankingConfig
from sspcm.ranking.diversity import arrange, fair_sample
from sspcm.ranking.ranking import Ranking, cold_ranking, rank_images

REASONS_AN_IMAGE = 3
TEACHERS_AGREE = "no keypoint is much in doubt"
COPIES_AGREE = "the model sees every keypoint in the same place in all copies of the image"


@dataclass(frozen=True, eq=False)
class Pool:
    """The images that annotators still have work in, their open persons, and what they look like.

    labelled: images in which somebody is labelled, open or not. Looks are those of both.
    """

    images: Mapping[int, ImageRecord]
    waiting: Sequence[PersonRecord]
    labelled: Sequence[int]
    looks: Looks


def see_pool(files: ImageFiles, train: Sequence[ImageRecord], persons: Sequence[PersonRecord]) -> Pool:
    """The pool of the train images and all their persons."""
    pool = {image.id: image for image in train if image.is_open}
    waiting = [person for person in persons if person.image_id in pool and person.state == "open"]
    labelled = sorted({person.image_id for person in persons if person.label is not None})
    shown = pool.keys() | set(labelled)
    return Pool(pool, waiting, labelled, look_at(files, [image for image in train if image.id in shown], waiting))


def unlabelable_of(pool: Pool, settings: RankingConfig) -> dict[int, str]:
    """Whom of the open persons nobody can label, and why."""
    return unlabelable(pool.waiting, pool.looks, smallest_px=settings.smallest_px)


def rank_pool(
    pool: Pool,
    scores: Mapping[int, PersonScore],
    *,
    settings: RankingConfig,
    seed: int,
    unflagged: str = TEACHERS_AGREE,
    and_unscored: bool = False,
    fairly: bool = False,
) -> list[RankingEntry]:
    """The pool's images in queue order: an image is as much to correct as its worst person.

    Images of high score that are unlike each other and what is labelled come first, camera by camera. fairly: scores
    order nothing, and images come as a fair sample (docs/adr/0041). An image's reasons are its worst flags; `unflagged`
    where it has none. Persons whom nobody can label count for nothing, and images with nobody else come last of all,
    with why. and_unscored: images without a score are mixed in evenly, by how unlike they are; else they are left out.
    """
    behind = unlabelable_of(pool, settings)
    last = _images_behind(pool.waiting, behind)
    by_image: dict[int, list[PersonScore]] = {}
    for person in pool.waiting:
        if person.id in scores and person.id not in behind:
            by_image.setdefault(person.image_id, []).append(scores[person.id])
    labelled = [pool.looks.features[i] for i in pool.labelled]
    cameras = {i: image.camera.id for i, image in pool.images.items()}
    ranking = rank_images(
        {image_id: max(score.score for score in found) for image_id, found in by_image.items()},
        {image_id: _reasons(found) or (unflagged,) for image_id, found in by_image.items()},
        blind_share=settings.blind_share,
        seed=seed,
        arrange=lambda gain: (
            fair_sample(gain, cameras, seed=seed) if fairly else arrange(gain, pool.looks.features, cameras, labelled)
        ),
    )
    entries = _entries(ranking)
    if and_unscored:
        features = {i: pool.looks.features[i] for i in pool.images.keys() - by_image.keys() - last.keys()}
        entries = mix(entries, _entries(cold_ranking(features, blind_share=settings.blind_share, seed=seed)))
    return entries + [RankingEntry(i, len(entries) + place, 0.0, last[i]) for place, i in enumerate(sorted(last))]


def rank_before_rounds(store: Store, files: ImageFiles) -> None:
    """Order the open pool until a round is published; after that, leave it.

    Images where an imported model predicted somebody come as a fair sample: few labels teach more by people like
    everybody than by those in most doubt, and cost less (docs/adr/0041). The others come by how unlike they are, mixed
    evenly: nothing says which of the two deserves an annotator more, and neither waits for the other's end.
    """
    with store.reading() as tx:
        if project.get_project(tx).published_round is not None:
            return
        train, persons = images.list_images(tx, split="train"), list_persons(tx, split="train")
        scores = predictions.imported_scores(tx, [person.id for person in persons if person.state == "open"])
    pool = see_pool(files, train, persons)
    entries = rank_pool(
        pool, scores, settings=BEFORE_ROUNDS, seed=0, unflagged=COPIES_AGREE, and_unscored=True, fairly=True
    )
    with store.transaction() as tx:
        rankings.replace_cold_ranking(tx, entries + blind_entries(tx, entries))


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


def _images_behind(waiting: Sequence[PersonRecord], behind: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """Images all of whose open persons are among those whom nobody can label, and why."""
    persons: dict[int, list[PersonRecord]] = {}
    for person in waiting:
        persons.setdefault(person.image_id, []).append(person)
    return {
        image_id: tuple(dict.fromkeys(behind[one.id] for one in found))[:REASONS_AN_IMAGE]
        for image_id, found in persons.items()
        if all(one.id in behind for one in found)
    }


def _reasons(scores: Sequence[PersonScore]) -> tuple[str, ...]:
    flags = sorted((flag for score in scores for flag in score.flags), key=lambda flag: -flag.score)
    return tuple(flag.reason for flag in flags[:REASONS_AN_IMAGE])
