"""What is known of the networks that annotators may begin from, in words and figures: for pages, programs, commands."""

import math

from sqlalchemy.orm import Session

from app.contract.rounds import SourcePayload, StartsPayload
from app.rounds.evidence import (
    Evidence,
    Figures,
    Source,
    gather,
    imported_source,
    kept_round,
    people_in_words,
    sources,
    student_source,
)
from app.rounds.spared_told import spared_told
from app.rounds.starts import count_deciding, in_use, is_to_decide, say_oks, say_why
from app.rounds.visibility import GROWN
from db.pool.counts import count
from db.pool.project import get_project
from db.records import StartsChoice
from sspcm.evaluation.choosing import FEWEST_IMAGES, FEWEST_PERSONS, Mean

NOBODY = "Nobody predicted anybody yet: labelling begins with every keypoint to place."


def starts_told(tx: Session) -> StartsPayload:
    """The networks there are, how well each places people that it did not learn from, and which one is in use."""
    known, current, starts = sources(tx), in_use(tx), get_project(tx).starts
    evidence, number = gather(tx, known), kept_round(tx)
    kept = None if number is None else student_source(number)
    figures = evidence.figures()
    persons = figures.validation + figures.labelled_here
    return StartsPayload(
        words=NOBODY if current is None else _words(current, starts),
        why=_why(tx, evidence, starts) if len(known) > 1 else "",
        again=_again(tx, starts),
        people=people_in_words(figures.validation, figures.labelled_here),
        persons=persons,
        enough=persons >= FEWEST_PERSONS,
        lead=starts.lead,
        sources=[
            SourcePayload(
                source=one.kind,
                round=one.round_number,
                name=one.name,
                in_use=one == current,
                kept=one == kept,
                began=figures.began[one],
                use=_use_words(evidence, figures, one, current, is_kept=one == kept),
                **_numbers(figures.means[one]),
            )
            for one in known
        ],
        spared=spared_told(tx, current),
    )


def _words(current: Source, starts: StartsChoice) -> str:
    """Which one it is, and who says so."""
    by = f", as {starts.lead} chose" if starts.overridden else ""
    return f"Annotators begin from {_poses(current)}{by}."


def _pair(tx: Session) -> tuple[Source, Source] | None:
    """The two networks that labels decide between: the published round's student, and the imported model."""
    model, number = imported_source(tx), get_project(tx).published_round
    return None if model is None or number is None else (student_source(number), model)


def _why(tx: Session, evidence: Evidence, starts: StartsChoice) -> str:
    """What was found when it was decided last; where too few could tell then, how many there are now."""
    pair = _pair(tx)
    if pair is None or not starts.why:
        return starts.why
    over = evidence.over(*pair)
    return starts.why if over.difference.is_measured else say_why(starts.measured, over, pair[1], pair[0])


def _again(tx: Session, starts: StartsChoice) -> str:
    """When labels decide next, and what may happen then."""
    pair = _pair(tx)
    if pair is None or starts.overridden:
        return ""
    student, model = pair
    other = model if starts.source == "student" else student
    gains = f"{other.name} comes into use by itself where they prove it better"
    if is_to_decide(tx, student):
        return f"A worker that runs decides again within seconds: {gains}."
    of_validation, of_pool = count_deciding(tx, student)
    last = starts.of_validation + starts.of_pool
    if of_validation + of_pool < FEWEST_PERSONS:
        few = f"Nothing changes by itself before there are {FEWEST_PERSONS} such people in {FEWEST_IMAGES} images"
        return f"{few}; validation people tell best. From then on {gains}."
    alone = of_validation >= FEWEST_PERSONS
    due = math.ceil(GROWN * (starts.of_validation if alone else last))
    if alone and due > (reached := of_validation + count(tx).persons_validation_open):
        kept = f"there are {reached} once all that are kept are labelled: keep more people for validation"
        return f"It is decided again at {due} validation people, and {kept}."
    return f"It is decided again at {due} {'validation people' if alone else 'people'}: {gains}."


def _poses(source: Source) -> str:
    return f"the poses of {source.name}"


def _use_words(
    evidence: Evidence, figures: Figures, other: Source, current: Source | None, *, is_kept: bool
) -> str | None:
    """A button's words: what changes with it; None for the one in use."""
    if current is None or other == current:
        return None
    difference, means = evidence.told_over(other, current), figures.means
    use = f"Publish round {other.round_number} and use its student" if is_kept else f"Use {other.name}"
    if not difference.persons:
        return f"{use}: not measured"
    # of the figures as they are told, so that readers find the same
    higher = round(means[other].mean, 3) - round(means[current].mean, 3)
    low, high = difference.low, difference.high
    if higher < 0:
        low, high = -high, -low
    within = "" if math.isnan(low) else f" [{say_oks(low)}, {say_oks(high)}]"
    size = say_oks(abs(higher))
    if size == ".000":
        return f"{use}: the same{within}"
    return f"{use}: {size} {'lower' if higher < 0 else 'higher'}{within}"


def _numbers(mean: Mean) -> dict[str, float | None]:
    """JSON knows no NaN: what could not be measured is null."""
    named = {"mean_oks": mean.mean, "low": mean.low, "high": mean.high}
    return {name: None if math.isnan(value) else value for name, value in named.items()}
