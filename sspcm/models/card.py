"""What goes with an exported network: where it comes from, how good it is, how to run it."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sspcm.errors import CheckpointError
from sspcm.round_folder import MANIFEST_FILE, REPORT_FILE


def read_training(folder: Path, network: str) -> dict[str, Any] | None:
    """What report.json and manifest.json beside the network tell of its training; None without either.

    data_version is the manifest's SHA-256: the same only for the same persons, labels and settings. figures: of this
    network on the validation persons, at the end. Raises CheckpointError.
    """
    manifest, report = _read(folder / MANIFEST_FILE), _read(folder / REPORT_FILE)
    if not manifest and not report:
        return None
    config = manifest.get("config", {})
    return {
        "round": folder.resolve().name,
        "data_version": _sha256(folder / MANIFEST_FILE) if manifest else None,
        "persons": report.get("persons"),
        "pseudo_labelled": report.get("pseudo_labelled", 0),
        "seed": config.get("seed"),
        "method": config.get("method"),
        "steps": config.get("train", {}).get("steps"),
        "figures": (report.get("ap") or {}).get(network),
        "warnings": report.get("warnings", []),
    }


def write_readme(card: Mapping[str, Any]) -> str:
    """The card for people, as Markdown."""
    run, skeleton, check = card["run"], card["skeleton"], card["check"]
    count, imported = len(skeleton["keypoints"]), card["imported"]
    origin = f"trained on from {imported['name']}" if imported else card["backbone"]
    shown, sees = run["input"], "upright by the lens" if run["orientation"] == "radial" else "as the image has them"
    flip = " The flip test is part of the file." if run["flip"] else ""
    return f"""# A 2D pose network for one person in a box

Network {card["network"]} ({origin}) of sspcm {card["made_by"]["sspcm"]}: {count} \
keypoints of skeleton `{skeleton["name"]}` from a crop of {shown["height"]} x {shown["width"]} pixels, persons {sees}.

## Training

{_training(card["training"])}

## Running it

`student.onnx` alone is enough; its metadata `sspcm` holds everything below as JSON.

{_input(shown)}
{_output(run, count)}{flip}
- Keypoints in order: {", ".join(skeleton["keypoints"])}.

{_crop(run)}

## Checked

On {check["crops"]} random crops onnxruntime's {run["output"]["name"]} lie at most \
{check["largest_difference"]:.2g} off torch's ({check["tolerance"]:g} allowed).{_unit(run)}

## Licence

Not stated here: whoever owns the images and labels that it learned from decides, and writes it in this place.\
{_licence(imported)}

## Files

{chr(10).join(f"- `{name}` sha256 `{digest}`" for name, digest in card["sha256"].items())}
"""


def _input(shown: Mapping[str, Any]) -> str:
    height, width = shown["height"], shown["width"]
    if shown["layout"] == "rows":
        return f"- Input `{shown['name']}`: {shown['type']} [N, {height}, {width}, 3], red, green, blue from 0 to 255."
    return (
        f"- Input `{shown['name']}`: {shown['type']} [N, 3, {height}, {width}], red, green, blue, (value - mean) / "
        f"deviation with values from 0 to 255, mean {_numbers(shown['mean'])}, deviation {_numbers(shown['std'])}."
    )


def _output(run: Mapping[str, Any], count: int) -> str:
    output, shown = run["output"], run["input"]
    if output["kind"] == "coordinates":
        return (
            f"- Output `{output['name']}`: float32 [N, 1, {count}, 3]; y and x as parts of the crop's height and width "
            f"(crop pixel x is x times {shown['width']}), and the confidence. The decoding is part of the file."
        )
    if output["kind"] == "axes":
        ratio = output["ratio"]
        return (
            f"- Outputs `{output['name']}` and `{output['down']}`: float32 [N, {count}, {shown['width'] * ratio}] and "
            f"[N, {count}, {shown['height'] * ratio}]; bin i of each stands for crop pixel i / {ratio}. The place is "
            "the highest bin of each, the confidence the lower of the two heights."
        )
    stride = output["stride"]
    return (
        f"- Output `{output['name']}`: float32 [N, {count}, {shown['height'] // stride}, {shown['width'] // stride}]; "
        f"heatmap pixel u stands for crop pixel {stride} u, pixel centres at whole numbers. The peak is the "
        "confidence; the place is refined by a parabola through the logarithms beside it, on each axis."
    )


def _unit(run: Mapping[str, Any]) -> str:
    if run["output"]["kind"] != "coordinates":
        return ""
    return " That is in crop pixels, of the 95 % of keypoints that lie closest: on noise two peaks may be equal."


def _licence(imported: Mapping[str, str] | None) -> str:
    return f" So does the licence of {imported['name']}, which it was trained on from." if imported else ""


def _crop(run: Mapping[str, Any]) -> str:
    """How a box becomes a crop, with the formula."""
    height, width = run["input"]["height"], run["input"]["width"]
    if run["orientation"] == "radial":
        up = """The crop is radial: away from the lens's centre is up, as people stand under an overhead fisheye \
camera. With the box's centre (bx, by) and the lens circle's centre (lx, ly), in image pixels,

    up = atan2(bx - lx, ly - by)        (0 where both are the same point, and for a camera that is no fisheye)"""
    else:
        up = """The crop keeps the image's up:

    up = 0"""
    return f"""{up}

    s  = box angle - up
    ex = 2 hypot(w/2 cos s, h/2 sin s)
    ey = 2 hypot(w/2 sin s, h/2 cos s)
    g  = min({width} / ex, {height} / ey) / {run["box_scale"]:g}
    crop = [{(width - 1) / 2:g}, {(height - 1) / 2:g}] + g R(-up) (image - [bx, by])

with w, h the box's sides and R(a) the turn by a, clockwise on the screen. What lies outside the image is \
{_numbers(run["input"]["outside"])}. An image that the crop shrinks by more than two is halved with smoothing first."""


def _training(told: Mapping[str, Any] | None) -> str:
    if told is None:
        return "No report lies beside the weights: where they come from is not known here."
    persons = ", ".join(f"{count} {use}" for use, count in (told["persons"] or {}).items()) or "not told"
    if told.get("pseudo_labelled"):
        persons = f"{persons}; {told['pseudo_labelled']} of the unlabelled with what another pose model says of them"
    figures = ", ".join(f"{name} {value}" for name, value in (told["figures"] or {}).items() if value is not None)
    lines = [
        f"- Round `{told['round']}`, data version `{told['data_version']}`, seed {told['seed']}, {told['steps']} steps",
        f"- Persons: {persons}",
        f"- On its validation persons: {figures or 'not measured'}",
    ]
    return "\n".join([*lines, *(f"- Note: {warning}" for warning in told["warnings"])])


def _numbers(values: list[float]) -> str:
    return "[" + ", ".join(f"{value:g}" for value in values) + "]"


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"{path} is not readable JSON ({error}); wanted it as the training wrote it. Restore the file."
        ) from error
    return data if isinstance(data, dict) else {}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
