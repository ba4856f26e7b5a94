"""Keypoints of one person by an exported student.onnx alone: MODEL.onnx IMAGE X,Y,W,H [LENS_X,LENS_Y,RADIUS]."""

import json
import sys

import cv2
import numpy as np
import onnxruntime

if len(sys.argv) < 4:
    sys.exit(__doc__)
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
told = json.loads(session.get_modelmeta().custom_metadata_map["sspcm"])
shown, output = told["input"], told["output"]
pixels = cv2.imread(sys.argv[2])
if pixels is None:
    sys.exit(f"cannot read the image {sys.argv[2]}; wanted a JPEG or PNG. Correct the path.")
image = cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB)
x, y, w, h = (float(v) for v in sys.argv[3].split(","))
centre = np.array([x + w / 2, y + h / 2])

# The crop: the person's way up turned up, the box's extent along the crop's axes fitted with some surroundings.
up = 0.0
if told["orientation"] == "radial" and len(sys.argv) > 4:
    outwards = centre - [float(v) for v in sys.argv[4].split(",")[:2]]
    up = np.arctan2(outwards[0], -outwards[1])
cos, sin = np.cos(up), np.sin(up)
extent = [2 * np.hypot(w / 2 * cos, h / 2 * sin), 2 * np.hypot(w / 2 * sin, h / 2 * cos)]
gain = min(shown["width"] / extent[0], shown["height"] / extent[1]) / told["box_scale"]
turn = gain * np.array([[cos, sin], [-sin, cos]])
shift = (np.array([shown["width"], shown["height"]]) - 1) / 2 - turn @ centre
seen, halved = image, 1
while gain * halved < 0.5 and min(seen.shape[:2]) > 2:  # a large person shrinks in smooth halves
    seen, halved = cv2.pyrDown(seen), 2 * halved
matrix = np.column_stack([turn * halved, shift])
crop = cv2.warpAffine(seen, matrix, (shown["width"], shown["height"]), borderValue=shown["outside"])

if shown["layout"] == "rows":
    fed = crop[None].astype(shown["type"])
else:
    fed = ((crop.astype(np.float32) - np.float32(shown["mean"])) / np.float32(shown["std"])).transpose(2, 0, 1)[None]
said = session.run(None, {shown["name"]: fed})


def highest(heatmap: np.ndarray) -> tuple[np.ndarray, float]:
    """The highest pixel, moved along each axis to the peak of the parabola through the logarithms beside it."""
    place = np.array(np.unravel_index(heatmap.argmax(), heatmap.shape))
    logs, moved = np.log(np.maximum(heatmap, 1e-6)), place.astype(float)
    for axis, step in enumerate(((1, 0), (0, 1))):
        if 0 < place[axis] < heatmap.shape[axis] - 1:
            before, middle, after = (logs[tuple(place + i * np.array(step))] for i in (-1, 0, 1))
            bend = 2 * middle - before - after
            moved[axis] += np.clip((after - before) / (2 * bend), -0.5, 0.5) if bend > 1e-6 else 0.0
    return output["stride"] * moved[::-1], heatmap.max()


if output["kind"] == "coordinates":  # y, x as parts of the crop's sides, confidence
    size = [shown["width"], shown["height"]]
    found = [(row[1::-1] * size, row[2]) for row in said[0][0, 0]]
elif output["kind"] == "axes":  # the highest bin across and down, each of 1 / ratio pixels
    found = [
        (np.array([x.argmax(), y.argmax()]) / output["ratio"], min(x.max(), y.max()))
        for x, y in zip(said[0][0], said[1][0], strict=True)
    ]
else:
    found = [highest(heatmap) for heatmap in said[0][0]]
for name, (place, confidence) in zip(told["skeleton"]["keypoints"], found, strict=True):
    x, y = np.linalg.solve(turn, place - shift)
    print(f"{name} {x:.2f} {y:.2f} {min(max(confidence, 0), 1):.3f}")
