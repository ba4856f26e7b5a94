"""What every command can be told. Nothing here loads torch, so that help and a misspelt option answer at once."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import get_args

from sspcm.config import METHODS, PRESETS, Decoder, NetworkName, RoundConfig
from sspcm.plain import limits_of
from sspcm.protocols.protocol import protocol_names
from sspcm.simulation.rows import Acquisition

MOST_STEPS = int(limits_of(type(RoundConfig().train))["steps"][1])
MOST_SEEDS = int(limits_of(RoundConfig)["seed"][1])
DRAWN_FROM = 2**63 - 1
"""Drawn folders had any seed before rounds had limits; no more than this was ever written in one."""
OWN_FILES = ("images", "annotations", "unlabelled_images", "unlabelled_annotations", "validation_images",
             "validation_annotations", "skip", "holdout", "preset", "config")  # fmt: skip
STARTING_ONLY = ("network", "half")
TRAINING_ONLY = ("root", "set", "dry_run", "unlabelled_images", "unlabelled_annotations", "validation_images",
                 "validation_annotations")  # fmt: skip
ENVIRONMENT = """environment:
  CUDA_VISIBLE_DEVICES   which GPUs there are
  RANK, WORLD_SIZE, LOCAL_RANK   set by torchrun, for `train` in several processes
  TORCH_HOME, HF_HOME    where published weights that were fetched are kept"""

_Subparsers = argparse._SubParsersAction  # argparse has no public name for what add_subparsers returns


def build_parser() -> argparse.ArgumentParser:
    """Every command with its options; `command` names it, `check` is asked about options that exclude each other."""
    parser = _described(argparse.ArgumentParser, prog="sspcm", description=DESCRIPTION, example=DESCRIBED)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    _add_round(commands)
    _add_score(commands)
    _add_train(commands)
    _add_predict(commands)
    _add_rank(commands)
    _add_evaluate(commands)
    _add_check(commands)
    _add_simulate(commands)
    _add_export(commands)
    _add_draw(commands)
    return parser


DESCRIPTION = "The method: train pose networks on labelled and unlabelled people, run them, measure them, draw people."
DESCRIBED = "sspcm train --method sspcm --images frames --annotations labels.json --out run1"


def _described(make: Callable[..., argparse.ArgumentParser], *name: str, example: str, **options: object) -> (
    argparse.ArgumentParser
):  # fmt: skip
    """A parser whose help ends with an example and the environment."""
    return make(
        *name,
        epilog=f"example:\n  {example}\n\n{ENVIRONMENT}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        **options,
    )


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Reads a whole number of an option within limits."""

    def read(text: str) -> int:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else -1
        if not lowest <= number <= highest:
            raise argparse.ArgumentTypeError(
                f"found {text[:40]}; wanted a whole number, {lowest:,} or more, and at most {highest:,}"
            )
        return number

    return read


def _add_device(parser: argparse.ArgumentParser, help: str = "where to compute (auto)") -> None:
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto", help=help)


def _add_round(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser, "round", help="run, or go on with, the round in a folder", example="sspcm round run1",
        description="Run, or go on with, the round in a folder.",
    )  # fmt: skip
    parser.add_argument("folder", type=Path, metavar="DIR", help="holds manifest.json; results are written here")
    parser.add_argument("--dry-run", action="store_true", help="say as JSON what it costs on this machine, and end")
    parser.add_argument(
        "--processes",
        type=_processes,
        default=1,
        metavar="N|auto",
        help="processes that share each batch (1); auto: one a GPU, as many as the batches can be divided by",
    )
    _add_device(parser)


def _add_score(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser, "score", help="share the scoring of a round that another process runs",
        example="sspcm score run1",
        description="Predict shards of a round's pool while `sspcm round` predicts it, here or on another machine that "
        "sees the folder. Ends once there are none left.",
    )  # fmt: skip
    parser.add_argument("folder", type=Path, metavar="DIR", help="the folder of the round")
    _add_device(parser)


def _processes(text: str) -> int | None:
    """None is as many as there are GPUs for."""
    if text == "auto":
        return None
    count = int(text)
    if count < 1:
        raise ValueError
    return count


def _add_train(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "train",
        help="train a method on COCO keypoints, or with neither --method nor --protocol starting weights A and B",
        description="A method trained on COCO keypoints, by a protocol or on your own files; or starting weights.",
        example=DESCRIBED,
    )
    which = parser.add_argument_group("what is trained")
    which.add_argument("--protocol", metavar="NAME|FILE", help=f"a published experiment: {', '.join(protocol_names())}")
    which.add_argument("--root", type=Path, metavar="DIR", help="the data that a protocol's paths are relative to")
    which.add_argument("--method", choices=tuple(METHODS), help="who learns from whom (with --protocol: sspcm)")

    files = parser.add_argument_group("your own files")
    files.add_argument("--images", type=Path, metavar="DIR", help="where the images of --annotations are")
    files.add_argument("--annotations", type=Path, metavar="FILE", help="COCO keypoints of the labelled persons")
    files.add_argument("--unlabelled-images", type=Path, metavar="DIR", help="the same for unlabelled persons")
    files.add_argument("--unlabelled-annotations", type=Path, metavar="FILE", help="all its persons are unlabelled")
    files.add_argument("--validation-images", type=Path, metavar="DIR", help="the same for persons to measure on")
    files.add_argument("--validation-annotations", type=Path, metavar="FILE", help="only measured on")
    number = whole(0, 1_000_000_000)
    files.add_argument("--skip", type=number, default=0, metavar="N", help="leave out the first N images by file name")
    files.add_argument(
        "--holdout", type=number, default=0, metavar="N", help="measure on the last N images by file name"
    )

    how = parser.add_argument_group("how")
    how.add_argument(
        "--preset", choices=tuple(PRESETS), help="settings to start from (standard; demo without --method)"
    )
    how.add_argument("--config", type=Path, metavar="FILE", help="a round's settings (TOML) instead of a preset")
    how.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one setting: train.steps=100")
    how.add_argument("--weights", type=Path, metavar="FOLDER", help="go on from these starting weights")
    how.add_argument("--steps", type=whole(1, MOST_STEPS), metavar="N", help="steps of training")
    how.add_argument(
        "--seed",
        type=whole(0, MOST_SEEDS),
        metavar="N",
        help="the training's chance; as starting weights B trains from the next",
    )
    how.add_argument("--network", choices=("A", "B", "both"), default="both", help="starting weights: one at a time")
    how.add_argument("--half", action="store_true", help="starting weights: store float16")

    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new one, or the same training's")
    parser.add_argument(
        "--dry-run", action="store_true", help="check the files, count, measure the cost; write nothing"
    )
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    _add_device(parser)
    parser.set_defaults(check=_check_train, refuse=parser.error)


def _check_train(options: argparse.Namespace) -> None:
    """Refuse options that do not go together."""
    if options.protocol is None:
        _want(options, "images", "annotations")
    for use in ("unlabelled", "validation"):
        pair = f"{use}_annotations", f"{use}_images"
        if options.protocol is None and any(getattr(options, name) is not None for name in pair):
            _want(options, *pair)
    if options.config is not None and options.preset is not None:
        options.refuse("--preset does not go with --config: the file holds the settings")
    if options.protocol is None and options.method is None:
        _refuse(options, TRAINING_ONLY, because="without --method or --protocol it trains starting weights")
        return
    _refuse(options, STARTING_ONLY, because="A, B and C train together")
    if options.protocol is None:
        _refuse(options, ("root",), because="it belongs to --protocol")
    else:
        _refuse(options, OWN_FILES, because="the protocol names the files and the settings")
        _want(options, "root")


def _want(options: argparse.Namespace, *names: str) -> None:
    missing = [_option(name) for name in names if getattr(options, name) is None]
    if missing:
        options.refuse(f"the following arguments are required: {', '.join(missing)}")


def _refuse(options: argparse.Namespace, names: Sequence[str], *, because: str) -> None:
    given = [_option(name) for name in names if getattr(options, name) not in (None, 0, [], False, "both")]
    if given:
        options.refuse(f"{given[0]} does not go with the other options: {because}")


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _add_predict(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "predict",
        help="predict every person box of a COCO file",
        description="Every person of a COCO file seen by a trained network, as COCO results.",
        example="sspcm predict run1 --images frames --annotations boxes.json --out results.json",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a training's, round's or export's folder")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="where the file's images are")
    parser.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO JSON with the boxes")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="COCO results, as JSON")
    _add_seeing(parser)
    parser.add_argument("--force", action="store_true", help="write over --out")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    _add_device(parser)


def _add_seeing(command: argparse.ArgumentParser) -> None:
    """The options that say which network looks, and how."""
    _add_network(command)
    command.add_argument("--decode", choices=get_args(Decoder), default="parabola", help="heatmap to place (parabola)")
    command.add_argument("--flip", action="store_true", help="average with what the network sees in a mirror")
    command.add_argument("--closer", action="store_true", help="show people larger, as a round's student looks closer")


def _add_network(command: argparse.ArgumentParser) -> None:
    command.add_argument("--network", choices=get_args(NetworkName), help="which of the folder's (the student, else A)")


def _add_rank(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "rank",
        help="whom to label next, by how several networks disagree",
        description="The people of a COCO file in the order in which labels would change most.",
        example="sspcm rank A.json B.json C_closer.json --annotations boxes.json --start C.json",
    )
    parser.add_argument("members", type=Path, nargs="+", metavar="FILE", help="COCO results of two networks or more")
    parser.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO JSON; labels teach")
    parser.add_argument("--start", type=Path, metavar="FILE", help="whose poses are corrected (the middle answers)")
    parser.add_argument("--skeleton", metavar="NAME", help="whose sigmas (those of the keypoints' names)")
    parser.add_argument("--limit", type=whole(1, 10**9), default=20, metavar="N", help="how many to print (20)")
    parser.add_argument("--json", action="store_true", help="print everybody as JSON")


def _add_evaluate(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "evaluate",
        help="AP and its kin of predictions, or of a network",
        description="Predictions, or a network's own, held against annotations.",
        example="sspcm evaluate --annotations labels.json --predictions results.json",
    )
    parser.add_argument("model", type=Path, nargs="?", metavar="MODEL", help="a folder to predict with first")
    parser.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO JSON with labels")
    parser.add_argument("--predictions", type=Path, metavar="FILE", help="COCO results, instead of MODEL")
    parser.add_argument(
        "--ranking",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="judge the order that these members' COCO results make, NAME.json each",
    )
    parser.add_argument("--start", type=Path, metavar="FILE", help="with --ranking: whose poses are corrected")
    draws = whole(10, 100_000)
    parser.add_argument("--draws", type=draws, default=400, metavar="N", help="with --ranking: for intervals (400)")
    parser.add_argument("--seed", type=whole(0, MOST_SEEDS), default=0, metavar="N", help="with --ranking: of chance")
    parser.add_argument("--images", type=Path, metavar="DIR", help="for MODEL")
    parser.add_argument("--skeleton", metavar="NAME", help="whose sigmas (those of the keypoints' names)")
    _add_seeing(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    _add_device(parser)


def _add_check(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "check",
        help="labels that look wrong: exchanged, swapped, misplaced, missing, doubled",
        description="The labels of a COCO file that look wrong, the most probable first.",
        example="sspcm check labels.json --predictions run1.json --csv suspicious.csv",
    )
    parser.add_argument("annotations", type=Path, metavar="LABELS", help="COCO keypoints")
    parser.add_argument(
        "--predictions",
        type=Path,
        nargs="+",
        metavar="FILE",
        help="COCO results of networks that learned from other people",
    )
    parser.add_argument("--plain", action="store_true", help="images are upright as they are: no lens circle")
    parser.add_argument("--skeleton", metavar="NAME", help="whose sigmas (those of the keypoints' names)")
    parser.add_argument("--limit", type=whole(1, 10**9), default=20, metavar="N", help="how many to print (20)")
    parser.add_argument("--csv", type=Path, metavar="FILE", help="also write all of them as a table")
    parser.add_argument("--force", action="store_true", help="write over --csv")
    parser.add_argument("--json", action="store_true", help="print all of them as JSON")


def _add_simulate(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "simulate",
        help="what rounds would save, with a labelled set as the annotator (needs the extra: sspcm[imported])",
        description="Rounds of labelling and training, with a labelled set as the annotator; its actions are counted.",
        example="sspcm simulate labels.json --images frames --model movenet.onnx --acquisition random fitted --out sim",
    )
    parser.add_argument("annotations", type=Path, metavar="DATASET", help="COCO keypoints: the truth")
    parser.add_argument("--images", type=Path, required=True, metavar="DIR", help="where the file's images are")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="the pose model (ONNX)")
    parser.add_argument(
        "--acquisition",
        nargs="+",
        choices=get_args(Acquisition),
        default=["random", "queue"],
        metavar="NAME",
        help=f"whom to label next: {', '.join(get_args(Acquisition))} (random queue)",
    )
    parser.add_argument("--rounds", type=whole(1, 100), default=3, metavar="R", help="trainings in a run (3)")
    parser.add_argument(
        "--per-round", type=whole(1, 100_000), default=50, metavar="N", help="labels before each training (50)"
    )
    seed = whole(0, MOST_SEEDS)
    parser.add_argument("--seeds", type=seed, nargs="+", default=[0], metavar="S", help="runs of each (0)")
    parser.add_argument("--holdout", type=share, default=0.2, metavar="SHARE", help="people to measure on (0.2)")
    parser.add_argument(
        "--validation", type=whole(0, 100_000), default=40, metavar="N", help="people who choose the starts (40)"
    )
    parser.add_argument("--people", type=whole(0, 10**9), default=0, metavar="N", help="use so many people (0: all)")
    parser.add_argument("--plain", action="store_true", help="images are upright as they are: no lens circle")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="imported", help="what is trained (imported)")
    parser.add_argument("--anew", action="store_true", help="each round begins at the model, not at the round before")
    parser.add_argument("--method", choices=tuple(METHODS), help="who learns from whom (the preset's)")
    parser.add_argument("--steps", type=whole(1, MOST_STEPS), metavar="N", help="steps of each training")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="one setting: train.held_out=0")
    parser.add_argument("--part", type=part, default=(0, 1), metavar="I/N", help="this process takes every N-th run")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new one, or the same simulation's")
    parser.add_argument("--dry-run", action="store_true", help="say what it costs; write nothing")
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    _add_device(parser)


def share(text: str) -> float:
    """Reads a part of a whole, less than all of it."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 < number < 1:
        raise argparse.ArgumentTypeError(f"found {text[:40]}; wanted a share between 0 and 1, such as 0.2")
    return number


def part(text: str) -> tuple[int, int]:
    """Reads "I/N": which of how many processes this one is, from 0."""
    one, slash, of = text.partition("/")
    if not (slash and one.isdecimal() and of.isdecimal() and int(one) < int(of) <= 10_000):
        raise argparse.ArgumentTypeError(f"found {text[:40]}; wanted I/N, I from 0 to N - 1, such as 0/2 and 1/2")
    return int(one), int(of)


def _add_export(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "export",
        help="write a network as ONNX with a model card (needs the extra: sspcm[export])",
        description="A trained network as a folder for others: ONNX, weights and a model card.",
        example="sspcm export run1 --out student",
    )
    parser.add_argument("model", type=Path, metavar="MODEL", help="a training's, round's or export's folder")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="a new folder")
    _add_network(parser)
    parser.add_argument("--flip", choices=("no", "yes"), default="no", help="put the flip test into the file (no)")
    parser.add_argument("--opset", type=whole(1, 99), metavar="N", help="ONNX's version (what torch chooses)")
    parser.add_argument("--force", action="store_true", help="replace an earlier export")
    parser.add_argument("--json", action="store_true", help="print the model card as JSON")
    _add_device(parser)


def _add_draw(commands: "_Subparsers[argparse.ArgumentParser]") -> None:
    parser = _described(
        commands.add_parser,
        "draw",
        help="draw overhead-fisheye scenes of people with exact keypoints (needs the extra: sspcm[synth])",
        description="Overhead-fisheye scenes of people with exact keypoints (needs the extra: sspcm[synth]).",
        example="sspcm draw drawn --count 200 --seed 1",
    )
    parser.add_argument("out", type=Path, metavar="OUT", help="a new folder, or one drawn before: it goes on")
    count = whole(1, 1_000_000)
    parser.add_argument("--count", type=count, required=True, metavar="N", help="how many scenes there are to be")
    seed = whole(0, DRAWN_FROM)
    parser.add_argument("--seed", type=seed, required=True, metavar="S", help="another seed draws other scenes")
    parser.add_argument("--camera", type=Path, metavar="FILE", help="your own camera (TOML); else random ones")
    size = whole(64, 4096)
    parser.add_argument("--size", type=size, default=640, metavar="PX", help="the longer side, 64 to 4096 (640)")
    parser.add_argument(
        "--scenes-a-room", type=whole(1, 10_000), default=4, metavar="N", help="scenes before the next room (4)"
    )
    workers = whole(0, 256)
    parser.add_argument("--workers", type=workers, default=0, metavar="N", help="processes (0: as many as processors)")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    _add_device(parser, "where to trace rays (auto)")
