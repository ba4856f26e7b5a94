"""`sspcm draw`: scenes of people, which need an extra."""

import argparse
import json
import os
import sys
import time
from dataclasses import asdict

import torch
from tqdm import tqdm

from sspcm.config import ConfigError


def run(options: argparse.Namespace, device: torch.device) -> int:
    """Draw and tell; a folder drawn before goes on. Raises ConfigError."""
    try:
        from sspcm.synthetic.camera_file import CameraFile, CameraFileError, read_camera_file
        from sspcm.synthetic.drawing import DrawError, Plan, draw_folder
    except ImportError as error:
        raise ConfigError(
            f"drawing needs {error.name}, which is not installed. Run: pip install 'sspcm[synth]'"
        ) from error
    workers = options.workers or (1 if device.type == "cuda" else os.cpu_count() or 1)
    began = time.perf_counter()
    try:
        camera = read_camera_file(options.camera) if options.camera else CameraFile()
        plan = Plan(options.seed, options.size, options.scenes_a_room, camera)
        with tqdm(disable=not sys.stderr.isatty(), total=options.count, unit="scene") as bar:

            def show(done: int, _count: int) -> None:
                bar.update(done - bar.n)

            report = draw_folder(
                options.out, count=options.count, plan=plan, workers=workers, device=device.type, progress=show
            )
    except (DrawError, CameraFileError) as error:
        raise ConfigError(str(error)) from error
    seconds = time.perf_counter() - began
    if options.json:
        print(json.dumps({**asdict(report), "seconds": round(seconds, 1)}))
    else:
        print(f"{report.scenes} scenes ({report.new} new), {report.people} people, {seconds:.0f} s, in {options.out}")
    return 0
