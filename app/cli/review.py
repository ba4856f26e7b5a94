"""What reviewers said of labels, and how much is reviewed."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, positive

RULE_SET = "review rule set"
"""How the audit log calls it."""

if TYPE_CHECKING:
    from app.contract.review import ReviewedPayload, ReviewResultsPayload
    from app.home.settings import Settings


def add_review(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `review ...`."""
    review = group(several, "review", help="what reviewers said of labels, and how much is reviewed")
    listed = command(review, "list", example="review list --csv > reviews.csv", help="every review, the newest first")
    listed.add_argument("--most", type=positive, default=50, help="how many (default: 50)")
    listed.add_argument("--csv", action="store_true", help="all of them as CSV")
    add_json(listed, run=review_list, name="review list")

    results = command(review, "results", example="review results", help="what reviews say of each annotator's labels")
    add_json(results, run=review_results, name="review results")

    rule = command(
        review, "rule", example="review rule --share 0.2 --first 50", help="how much is reviewed: told, or set"
    )
    rule.add_argument("--share", type=_part, help="this part of all accepted persons, from 0 to 1")
    rule.add_argument("--first", type=_none_or_more, metavar="N", help="everybody's, until N of theirs were reviewed")
    add_json(rule, run=review_rule, name="review rule")


def review_list(settings: "Settings", options: argparse.Namespace) -> int:
    """Every review."""
    from app.cli.store import known_store
    from app.contract.review import ReviewedPayload
    from app.review.told import reviews_as_csv
    from db.labelling.reviews import list_reviews

    with known_store(settings) as store:
        if options.csv:
            answer(None, as_json=False, plain=lambda: (line.rstrip("\r\n") for line in reviews_as_csv(store)))
            return 0
        with store.reading() as tx:
            found = [ReviewedPayload.of(said) for said in list_reviews(tx, limit=options.most)]
    shown = [one.model_dump(mode="json") for one in found]
    answer(shown, as_json=options.json, plain=lambda: _lines(found))
    return 0


def review_results(settings: "Settings", options: argparse.Namespace) -> int:
    """By annotator."""
    from app.cli.store import known_store
    from app.review.told import results_told

    with known_store(settings) as store, store.reading() as tx:
        found = results_told(tx)
    answer([one.model_dump() for one in found], as_json=options.json, plain=lambda: _results(found))
    return 0


def review_rule(settings: "Settings", options: argparse.Namespace) -> int:
    """The rule as it is, or as it is from now on."""
    from dataclasses import asdict, replace

    from app.cli.accounts import whoever_runs_this
    from app.cli.store import known_store
    from app.contract.review import ReviewRulePayload
    from db.people import audit
    from db.pool import project

    given = {name: value for name in ("share", "first") if (value := getattr(options, name)) is not None}
    with known_store(settings) as store, store.transaction() as tx:
        rule = replace(project.get_project(tx).review, **given)
        if given:
            project.set_review(tx, rule)
            audit.note(tx, whoever_runs_this(), RULE_SET, details=asdict(rule))
    words = f"{rule.share:.0%} of all accepted persons are reviewed, and each annotator's first {rule.first}."
    answer(ReviewRulePayload.of(rule).model_dump(), as_json=options.json, plain=lambda: iter([words]))
    return 0


def _part(text: str) -> float:
    """A part of everything, from 0 to 1. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no share; give a number from 0 to 1, as in .1")
    return number


def _none_or_more(text: str) -> int:
    """A count, from 0 on. Raises ArgumentTypeError."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 20 else -1
    if not 0 <= number <= 10_000:
        raise argparse.ArgumentTypeError(f"'{text[:40]}' is no number from 0 to 10,000")
    return number


def _lines(found: "list[ReviewedPayload]") -> Iterator[str]:
    if not found:
        yield "Nothing was reviewed yet."
    yield from map(_line, found)


def _line(one: "ReviewedPayload") -> str:
    how = "corrected" if one.corrected is not None else "waiting" if one.is_waiting else ""
    label = f"{one.file_name} person {one.person_id} by {one.annotator or 'an import'}"
    return f"{one.at:%Y-%m-%d %H:%M} UTC  {one.reviewer}  {one.result:<4}  {label}  {how}  {one.comment}".rstrip()


def _results(found: "list[ReviewResultsPayload]") -> Iterator[str]:
    if not found:
        yield "Nothing was reviewed yet. Reviewers do that on the page Review."
    for one in found:
        said = (
            f"{one.annotator or 'imported':<20} {one.good:>5} good {one.back:>5} sent back ({one.corrected} corrected)"
        )
        if one.share_good is None or one.low is None or one.high is None:
            yield f"{said}  none of them chosen at random"
        else:
            share = f"{one.share_good:.0%} good, {one.low:.0%} to {one.high:.0%}"
            yield f"{said}  of {one.sampled} chosen at random {share}"
