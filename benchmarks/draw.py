"""How many scenes a second are drawn, once the bodies are open. One JSON line.

python benchmarks/draw.py [--count 64] [--workers 2] [--size 640] [--device cpu]
"""

import argparse
import json
import tempfile
import time
from pathlib import Path

from sspcm.synthetic.drawing import Plan, draw_folder


def main() -> None:
    """Draw into a folder that is thrown away, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=64, help="scenes, besides one for each worker to warm up on")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--size", type=int, default=640)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    began: list[float] = []

    def note(done: int, _count: int) -> None:
        if done >= options.workers and not began:
            began.append(time.perf_counter())

    with tempfile.TemporaryDirectory() as folder:
        report = draw_folder(
            Path(folder),
            count=options.count + options.workers,
            plan=Plan(seed=1, size=options.size),
            workers=options.workers,
            device=options.device,
            progress=note,
        )
        seconds = time.perf_counter() - began[0]
    told = {
        "benchmark": "draw",
        "scenes": options.count,
        "people": report.people,
        "size": options.size,
        "seconds": round(seconds, 2),
        "scenes_a_second": round(options.count / seconds, 2),
        "workers": options.workers,
        "device": options.device,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
