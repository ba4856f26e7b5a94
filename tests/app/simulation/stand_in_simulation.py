"""A simulation that trains nothing but keeps the command's contract: options in; rows, summary and curve out.

    python stand_in_simulation.py SECONDS_A_ROW LABELS --out FOLDER ... [--dry-run]

It goes on from the rows that are there. A pace below 0 ends it with words and status 1.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from sspcm.simulation.advice import with_advice
from sspcm.simulation.curve import summarise
from sspcm.simulation.plot import plot
from sspcm.simulation.rows import add_row, read_rows
from sspcm.simulation.saving import with_savings

parser = argparse.ArgumentParser()
parser.add_argument("pace", type=float)
parser.add_argument("labels", type=Path)
parser.add_argument("--out", type=Path)
parser.add_argument("--acquisition", nargs="+")
parser.add_argument("--seeds", type=int, nargs="+")
parser.add_argument("--rounds", type=int)
parser.add_argument("--per-round", type=int)
parser.add_argument("--dry-run", action="store_true")
options, _ = parser.parse_known_args()

people = len(json.loads(options.labels.read_text())["annotations"])
if options.pace < 0:
    sys.exit("sspcm: nobody can be simulated; wanted somebody. Label on.")
if options.dry_run:
    print("a warning of some library", file=sys.stderr)
    print(json.dumps({"people": people, "trainings": 12, "seconds": 90.0}, indent=1))
    sys.exit(0)

options.out.mkdir(parents=True, exist_ok=True)
with (options.out / "pids").open("a") as pids:
    pids.write(f"{os.getpid()}\n")
done = read_rows(options.out)
for seed in options.seeds:
    for name in options.acquisition:
        for number in range(options.rounds + 1):
            if (name, seed, number) in done:
                continue
            time.sleep(options.pace)
            oks = 0.5 + 0.05 * number + (0.02 * number if name != "random" else 0.0)
            row = {
                "acquisition": name, "seed": seed, "round": number, "labels": number * options.per_round,
                "starts": "model", "cpu_s": 1.0, "is_published": True, "actions_each": [6, 8], "groups_chosen": [0, 1],
                "rest": {"people": 9, "oks": oks, "actions": 60 - number},
                "held_out": {
                    "oks": [oks - 0.1, oks + 0.1, oks], "student_oks": [oks] * 3, "actions": [8 - number] * 3,
                    "groups": [0, 1, 2],
                },
            }  # fmt: skip
            add_row(options.out, row)
rows = read_rows(options.out)
summary = with_savings(with_advice(summarise(rows), rows), rows)
(options.out / "summary.json").write_text(json.dumps(summary))
(options.out / "curve.svg").write_text(plot(summary))
