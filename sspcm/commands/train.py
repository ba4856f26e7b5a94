"""`sspcm train`: one training of a method on COCO-keypoints files, by a protocol or your own; or starting weights."""

import argparse
import json
import sys
import tomllib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Literal

import torch
from tqdm import tqdm

from sspcm.commands.dry_run import Training, tell
from sspcm.commands.processes import joined, require_shares, wait_for_all
from sspcm.config import METHODS, PRESETS, ConfigError, RoundConfig, merge
from sspcm.crops.sampling import ALONE, Share
from sspcm.manifest import RoundError
from sspcm.models.checkpoint import MODEL_FILE, read_card
from sspcm.plain import merged
from sspcm.protocols.people import manifest_of, people_of_file, people_of_protocol
from sspcm.protocols.protocol import read_protocol, settings_for
from sspcm.round_folder import MANIFEST_FILE, REPORT_FILE, STATUS_FILE
from sspcm.training.folder import check_folder, in_use, open_folder
from sspcm.training.round import run_round
from sspcm.training.starting_weights import train_starting_weights

COMPLAINTS_SHOWN = 5


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Train as the options say; 0 if it ended well."""
    if options.protocol is None and options.method is None:
        return _train_starting_weights(options, device)
    training = _read_by_protocol(options) if options.protocol is not None else _read_own(options)
    _complain(training.people.complaints)
    weights = options.weights.resolve() if options.weights is not None else None
    if options.dry_run:
        check_folder(options.out, manifest_of(training.people, training.config, weights=weights))
        return tell(training, device, weights=weights, as_json=options.json)
    with joined(device) as (share, own_device):
        require_shares(training.config.train, share)
        if share.first:
            open_folder(options.out, manifest_of(training.people, training.config, weights=weights))
        wait_for_all(share)
        return _train(options, own_device, share)


def read_settings(told: Sequence[str]) -> dict[str, Any]:
    """Nested settings out of "train.steps=100" and the like; a value is TOML's, else a word. Raises ConfigError."""
    settings: dict[str, Any] = {}
    for text in told:
        key, equals, value = text.partition("=")
        *tables, last = key.strip().split(".")
        if not equals or not all((*tables, last)):
            raise ConfigError(f"--set found {text!r}; wanted a setting and its value. Write --set train.steps=100.")
        nested: dict[str, Any] = {last: _value(value.strip())}
        for table in reversed(tables):
            nested = {table: nested}
        settings = merged(settings, nested)
    return settings


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _overrides(options: argparse.Namespace, *, method: str | None) -> dict[str, Any]:
    """The settings that the command line gives; --set goes last."""
    told: dict[str, Any] = {} if method is None else {"method": asdict(METHODS[method])}
    if options.steps is not None:
        told["train"] = {"steps": options.steps}
    if options.seed is not None:
        told["seed"] = options.seed
    return merged(told, read_settings(options.set))


def _read_by_protocol(options: argparse.Namespace) -> Training:
    protocol = read_protocol(options.protocol)
    overrides = _overrides(options, method=options.method)
    learns = bool(merge(protocol.round, overrides).method.paths)
    people = people_of_protocol(protocol, options.root.resolve(), learns_unlabelled=learns)
    config = settings_for(protocol, overrides, labelled=len(people.labelled), unlabelled=len(people.unlabelled))
    return Training(protocol.name, people, config)


def _read_own(options: argparse.Namespace) -> Training:
    config = merge(_read_config(options, preset="standard"), _overrides(options, method=options.method))
    people = people_of_file(
        options.annotations,
        options.images.resolve(),
        unlabelled=_pair(options, "unlabelled"),
        validation=_pair(options, "validation"),
        skip=options.skip,
        holdout=options.holdout,
        learns_unlabelled=bool(config.method.paths),
    )
    return Training(options.annotations.name, people, config)


def _pair(options: argparse.Namespace, use: str) -> tuple[Path, Path] | None:
    annotations, images = getattr(options, f"{use}_annotations"), getattr(options, f"{use}_images")
    return None if annotations is None else (annotations, images.resolve())


def _train(options: argparse.Namespace, device: torch.device, share: Share) -> int:
    if share.first and _is_done(options.out):
        print("sspcm: this training had ended already; nothing was done.", file=sys.stderr)
    error = run_shown(options.out, device, share)
    if error is not None:
        print(f"sspcm: {error}", file=sys.stderr)
        return 1
    if not share.first:
        return 0
    report = json.loads((options.out / REPORT_FILE).read_text())
    if options.json:
        print(json.dumps(report, indent=1))
        return 0
    for name, figures in report["ap"].items():
        if figures["AP"] is not None:
            print(f"{name}: AP {figures['AP']:.3f} on {report['persons']['validation']} persons")
    for warning in report["warnings"]:
        print(f"sspcm: {warning}", file=sys.stderr)
    print(f"{report['seconds']['train']:.0f} s of training, networks in {options.out}")
    return 0


def _is_done(folder: Path) -> bool:
    status = folder / STATUS_FILE
    return status.exists() and bool(json.loads(status.read_text())["state"] == "done")


def run_shown(folder: Path, device: torch.device, share: Share = ALONE) -> str | None:
    """Run, or go on with, the round in `folder` with a progress bar on a terminal; its error, if it failed."""
    terminal = sys.stderr.isatty()
    lock = in_use(folder) if share.first and folder.is_dir() else nullcontext()
    with lock, tqdm(disable=not (share.first and terminal), unit="step") as bar:

        def show(line: dict[str, Any]) -> None:
            bar.total, bar.n = line["steps"], line["step"]
            bar.set_description(line["stage"], refresh=True)
            if not terminal and "ap" in line:
                print(_told(line), file=sys.stderr, flush=True)

        if run_round(folder, device=device, show=show, share=share):
            return None
    return str(json.loads((folder / STATUS_FILE).read_text())["error"])


def _told(line: dict[str, Any]) -> str:
    """A refresh in words, for logs: "step 2000 of 4000, loss 0.0012, AP A .31 B .30 C .33"."""
    loss = f", loss {line['loss']:.5f}" if "loss" in line else ""
    ap = " ".join(f"{name} {value:.3f}" for name, value in line["ap"].items() if value is not None)
    return f"sspcm: step {line['step']} of {line['steps']}{loss}" + (f", AP {ap}" if ap else "")


def _train_starting_weights(options: argparse.Namespace, device: torch.device) -> int:
    config = _read_config(options, preset="demo")
    names: tuple[Literal["A", "B"], ...] = ("A", "B") if options.network == "both" else (options.network,)
    _require_room(options.out, config)
    if options.steps is not None:
        config = replace(config, train=replace(config.train, steps=options.steps))
    if options.seed is not None:
        config = replace(config, seed=options.seed)
    with tqdm(
        disable=not sys.stderr.isatty(), total=config.train.steps * (2 if options.network == "both" else 1), unit="step"
    ) as bar:
        report = train_starting_weights(
            options.images,
            options.annotations,
            options.out,
            config=config,
            skip=options.skip,
            holdout=options.holdout,
            names=names,
            weights=options.weights,
            dtype=torch.float16 if options.half else torch.float32,
            device=device,
            show=lambda: bool(bar.update()),
        )
    for complaint in report["complaints"]:
        print(f"sspcm: {complaint}", file=sys.stderr)
    if options.json:
        print(json.dumps(report, indent=1))
        return 0
    for name, ap in report["ap"].items():
        print(f"{name}: AP {ap['AP']:.3f} on {report['held_out']} persons of the last {options.holdout} images")
    print(f"{report['persons']} persons, {report['seconds']:.0f} s, weights in {options.out}")
    return 0


def _require_room(folder: Path, config: RoundConfig) -> None:
    """Before hours of work: the folder takes these weights; only the same networks' are replaced. Raises RoundError."""
    if (folder / MANIFEST_FILE).exists():
        raise RoundError(
            f"{folder} holds a training of --method; wanted a new folder for starting weights. "
            "Did you leave out --method? Else give another --out."
        )
    if (folder / MODEL_FILE).exists() and replace(
        read_card(folder).model, weights=config.model.weights
    ) != config.model:
        raise RoundError(
            f"{folder / MODEL_FILE} is of networks with other settings; wanted these ones'. Give another --out."
        )
    folder.mkdir(parents=True, exist_ok=True)


def _read_config(options: argparse.Namespace, *, preset: str) -> RoundConfig:
    if options.config is None:
        return PRESETS[options.preset or preset]
    try:
        return RoundConfig.from_toml(options.config.read_text(encoding="utf-8"))
    except (ConfigError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{options.config} cannot be used: {error} Wanted a round's settings as TOML in UTF-8; mend the file."
        ) from error


def _complain(complaints: Sequence[str]) -> None:
    for complaint in complaints[:COMPLAINTS_SHOWN]:
        print(f"sspcm: {complaint}", file=sys.stderr)
    if len(complaints) > COMPLAINTS_SHOWN:
        print(f"sspcm: and {len(complaints) - COMPLAINTS_SHOWN} more of that kind.", file=sys.stderr)
