"""How people agree who labelled the same persons, and the sigmas that this makes."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cli.accounts import whoever_runs_this
from app.cli.console import answer
from app.cli.options import Subparsers, add_json, command, group, share

if TYPE_CHECKING:
    from app.contract.agreement import AgreedPayload, AgreementPayload
    from app.home.settings import Settings


def add_agreement(several: "Subparsers[argparse.ArgumentParser]") -> None:
    """The commands `agreement ...`."""
    actions = group(several, "agreement", help="people labelled by two who do not know it, and how far they agree")
    shown = command(actions, "show", example="agreement show", help="how far people agree, and the sigmas that makes")
    shown.add_argument("--csv", action="store_true", help="the keypoints as CSV")
    add_json(shown, run=agreement_show, name="agreement show")
    change = command(actions, "set", example="agreement set .05", help="how many of all people are labelled twice")
    change.add_argument("share", type=share, help="from 0, nobody, to .5")
    add_json(change, run=agreement_set, name="agreement set")
    for name, help_ in (
        ("adopt", "the fitted sigmas become the project's, from the next round on"),
        ("take-back", "the sigmas of before are the project's again"),
    ):
        one = command(actions, name, example=f"agreement {name}", help=help_)
        add_json(one, run=agreement_sigmas, name=f"agreement {name}")


def agreement_show(settings: "Settings", options: argparse.Namespace) -> int:
    """What people labelled twice tell."""
    from app.cli.store import known_store
    from app.team.agreement import agreement_as_csv, agreement_told

    with known_store(settings) as store, store.reading() as tx:
        told = agreement_told(tx)
    if options.csv:
        lines = (line.rstrip("\r\n") for line in agreement_as_csv(told.keypoints))
        answer(None, as_json=False, plain=lambda: lines)
        return 0
    return _tell(told, options)


def agreement_set(settings: "Settings", options: argparse.Namespace) -> int:
    """Another share."""
    from app.cli.store import known_store
    from app.team.agreement import agreement_told, set_share

    with known_store(settings) as store:
        set_share(store, whoever_runs_this(), options.share)
        with store.reading() as tx:
            told = agreement_told(tx)
    answer(told.model_dump(include={"twice", "words"}), as_json=options.json, plain=lambda: iter([told.words]))
    return 0


def agreement_sigmas(settings: "Settings", options: argparse.Namespace) -> int:
    """Sigmas adopted or taken back."""
    from app.cli.store import known_store
    from app.team.agreement import adopt, agreement_told, take_back

    with known_store(settings) as store:
        (adopt if options.action == "adopt" else take_back)(store, whoever_runs_this())
        with store.reading() as tx:
            told = agreement_told(tx)
    return _tell(told, options)


def _tell(told: "AgreementPayload", options: argparse.Namespace) -> int:
    answer(told.model_dump(), as_json=options.json, plain=lambda: _lines(told))
    return 0


def _lines(told: "AgreementPayload") -> Iterator[str]:
    yield told.words
    for one in (told.everybody, *told.by_pair, *told.by_week) if told.persons else ():
        yield _figures(one)
    for k in told.keypoints if told.persons else ():
        fitted = "" if k.sigma is None else f", fitted {k.sigma:.3f} ({_number(k.low)} to {_number(k.high)})"
        differ = ", ".join(f"{number} {kind}" for kind, number in k.kinds.items() if number)
        yield f"{k.name:<16} {k.pairs:>4} placed twice, sigma {k.sigma_now:.3f}{fitted}; {differ}"
    if told.adopted:
        yield f"Fitted sigmas are in use, adopted by {told.adopted.by} on {told.adopted.at[:10]}."


def _figures(one: "AgreedPayload") -> str:
    interval = "" if one.low is None else f" ({_number(one.low)} to {_number(one.high)})"
    kappa = _number(one.visibility_kappa)
    return f"{one.name:<24} {one.persons:>4} people, OKS {_number(one.oks)}{interval}, kappa {kappa}"


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"
