"""Whether more labels are worth it: what the last simulated round gained, per 100 labels, with its interval."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import numpy as np

from sspcm.simulation.curve import by_run, interval
from sspcm.simulation.rows import Key, Row

WORTH = 0.005
"""Of mean OKS per 100 labels. Less hardly changes a start: so much may a student surely lose and be published all the
same (`evaluation.choosing`); and it saves a waiting person so little that 100 labels pay in pools of thousands alone
(docs/adr/0026)."""
PER_LABELS = 100
Figure = tuple[float, float, float]
"""With the ends of its interval."""
Verdict = Literal["go on", "stop", "undecided"]
"""stop: the upper end of the gain is below WORTH, of the starts and of the student. go on: either surely gained.
undecided: neither."""


def with_advice(summary: Mapping[str, Any], rows: Mapping[Key, Row]) -> dict[str, Any]:
    """The summary with each acquisition's last gain, where it has a round after the first."""
    told = {name: {**one, "last_gain": last_gain(rows, name)} for name, one in summary["acquisitions"].items()}
    return {**summary, "acquisitions": told}


def last_gain(rows: Mapping[Key, Row], acquisition: str) -> dict[str, Any] | None:
    """From the round before the last to the last that every seed has: how much better held-out people begin.

    oks: per 100 labels, with its 95 % interval; student: the same of the newest student's own poses, for one that was
    kept back leaves the starts as they were, whatever it learned. actions: how many fewer each of them takes, per 100
    labels. Person by person, and seed by seed. None before there are two rounds with labels.
    """
    runs = {seed: of_run for (name, seed), of_run in by_run(rows).items() if name == acquisition}
    last = min((max(of_run) for of_run in runs.values()), default=0)
    if last < 2:
        return None
    before, after = ([of_run[number] for of_run in runs.values()] for number in (last - 1, last))
    labels = after[0]["labels"] - before[0]["labels"]
    oks, student, fewer = (
        _per_hundred(interval([_gap(one, two, what, sign) for one, two in zip(before, after, strict=True)]), labels)
        for what, sign in (("oks", 1.0), ("student_oks", 1.0), ("actions", -1.0))
    )
    return {
        "from_labels": before[0]["labels"],
        "to_labels": after[0]["labels"],
        "seeds": sorted(runs),
        "oks": oks,
        "student": student,
        "actions": fewer,
        "verdict": verdict(oks, student),
    }


def verdict(starts: Figure, student: Figure) -> Verdict:
    """What gains per 100 labels, each with the ends of its interval, say.

    Where nobody's pose changed, trainings were held back by their own checks: that is no measurement.
    """
    if not any((*starts, *student)):
        return "undecided"
    if max(starts[2], student[2]) < WORTH:
        return "stop"
    return "go on" if max(starts[1], student[1]) > 0 else "undecided"


def say_advice(gain: Mapping[str, Any]) -> str:
    """In words, with the figure it rests on."""
    starts, student = (f"{mean:.3f} [{low:.3f}, {high:.3f}]" for mean, low, high in (gain["oks"], gain["student"]))
    found = (
        f"from {gain['from_labels']} to {gain['to_labels']} labels, 100 labels raised the OKS that people begin at by "
        f"{starts}, and the student's own by {student}"
    )
    if not any((*gain["oks"], *gain["student"])):
        return (
            f"Undecided, so go on labelling: from {gain['from_labels']} to {gain['to_labels']} labels every training "
            "was held back by its own checks, so nothing is known of their worth. Simulate again with more labels."
        )
    if gain["verdict"] == "stop":
        return f"Stop labelling for the networks' sake: {found}, surely less than {WORTH}. More labels hardly help."
    if gain["verdict"] == "go on":
        return f"Go on labelling: {found}, surely more than nothing."
    return f"Undecided, so go on labelling: {found}, which may be nothing. Simulate again with more labels."


def advice_lines(summary: Mapping[str, Any]) -> Iterable[str]:
    """A line for each acquisition that has a gain."""
    for name, told in summary["acquisitions"].items():
        if told.get("last_gain"):
            yield f"{name}: {say_advice(told['last_gain'])}"


def _gap(before: Row, after: Row, what: str, sign: float) -> tuple[Any, Any]:
    one, two = (np.array(row["held_out"][what], dtype=np.float64) for row in (before, after))
    return sign * (two - one), np.array(after["held_out"]["groups"], dtype=int)


def _per_hundred(figure: Figure, labels: int) -> Figure:
    mean, low, high = (round(PER_LABELS * value / max(labels, 1), 4) for value in figure)
    return mean, low, high
