"""docs/deploy.md is true: its blocks marked `run` run here, in their order; those for Docker name what there is."""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from app.__main__ import build_parser, main
from tests.app.web.serving import free_port
from tests.deploy.composed import EXAMPLE, ROOT, compose, example, values_in
from tests.deploy.container import programs, store_of
from tests.test_docs import what_is_wrong

PAGE = ROOT / "docs" / "deploy.md"
BLOCK = re.compile(r"^```sh( run)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ENDED = "now all are told to end"
SECRET, TOKEN = "correct-horse-battery", "a-token-of-this-test"


def blocks(*, run: bool) -> list[str]:
    return [text for mark, text in BLOCK.findall(PAGE.read_text()) if bool(mark) is run]


def docker_commands() -> Iterator[list[str]]:
    """What follows `docker compose` in each line."""
    for line in "\n".join(blocks(run=False)).splitlines():
        if line.startswith("docker "):
            words = shlex.split(line.partition(" > ")[0])
            assert words[1] == "compose"
            yield words[2:]


def test_every_docker_command_names_a_service_and_a_command_of_ours() -> None:
    services = compose({**example(), "POSTGRES_PASSWORD": SECRET})["services"]
    wrong, seen = [], set[str]()
    for verb, *words in docker_commands():
        seen.add(verb)
        assert verb in {"build", "up", "run", "exec", "stop", "ps", "logs"}
        if verb in ("run", "exec"):
            at = next(number for number, word in enumerate(words) if word in services)
            inner = words[at + 1 :]
            ours = ["python", "-P", "-m", "app", *inner] if verb == "run" else inner
            if ours[0] == "python":
                wrong += [said for said in [what_is_wrong(shlex.join(ours))] if said]
            else:
                assert (programs() / ours[0]).exists()
    assert wrong == []
    assert {"build", "up", "run", "exec", "stop"} <= seen


def test_the_settings_that_the_page_makes_are_enough_to_start(tmp_path: Path) -> None:
    """The lines before the first one for Docker."""
    block = next(text for text in blocks(run=False) if text.startswith("cp .env.example"))
    (tmp_path / ".env.example").write_text(EXAMPLE.read_text())
    lines = block.partition("docker ")[0]
    subprocess.run(["bash", "-eu", "-c", lines], cwd=tmp_path, check=True)
    made = tmp_path / ".env"
    values = values_in(made.read_text())
    assert re.fullmatch(r"[0-9a-f]{64}", values["POSTGRES_PASSWORD"])
    assert made.stat().st_mode & 0o777 == 0o600
    assert compose(values)["services"]["web"]["environment"]["PGPASSWORD"] == values["POSTGRES_PASSWORD"]


def test_the_page_takes_a_laptops_home_to_postgresql_web_server_and_worker_and_back_from_a_dump(
    postgres_server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    srv = tmp_path / "srv"
    (srv / "backup").mkdir(parents=True)
    demo = ROOT / "static" / "demo"
    for command in (
        ["import", str(demo / "images"), "--annotations", str(demo / "seed.json")],
        ["user", "add", "lea", "--role", "lead"],
        ["export", str(srv / "before.json")],
    ):
        assert main(["--home", str(srv / "labelling"), *command]) == 0
    capsys.readouterr()
    values = {"POSTGRES_USER": "sspcm", "POSTGRES_DB": "sspcm", "POSTGRES_PASSWORD": SECRET}
    with store_of(values) as (port, _):
        done = script(srv, store_port=port)
        told = run(done, srv)
    assert "ready; no worker has run here" in told
    assert {"gpu-1", "gpu-2", "gpu-3"} <= set(re.findall(r"gpu-\d", told.partition(ENDED)[0]))
    assert re.search(r"^sspcm_worker_seen_seconds \d", told, re.MULTILINE)
    exported = ("before.json", "backup/labels.json", "backup/restored.json")
    documents = [json.loads((srv / name).read_text()) for name in exported]
    assert documents[0] == documents[1] == documents[2]
    assert len(documents[0]["annotations"]) == 53
    kept = {path.name for path in (srv / "backup").iterdir()}
    assert {"laptop.tar.gz", "home.tar.gz", "store.dump", "store.db"} <= kept
    assert list((srv / "labelling").glob("store.db*")) == [], "its log is empty, and went with it"
    assert oct((srv / "labelling.env").stat().st_mode)[-3:] == "600"


def script(srv: Path, *, store_port: int) -> str:
    """The blocks as one script, with this machine's folders, ports and secrets; it ends what it started."""
    text = "\n".join(blocks(run=True))
    stands_for = {
        "/srv": str(srv),
        "store.example:5432": f"127.0.0.1:{store_port}",
        "--host store.example --port 5432": f"--host 127.0.0.1 --port {store_port}",
        "7860": "$SSPCM_PORT",
        "THE-PASSWORD": SECRET,
        "THE-TOKEN": TOKEN,
    }
    for ours, here in stands_for.items():
        assert ours in text
        text = text.replace(ours, here)
    all_there = 'test "$(python -P -m app workers --json | grep -o gpu-. | sort -u | wc -l)" = 3'
    text += f"\nuntil {all_there}; do sleep 1; done; python -P -m app workers; echo {ENDED}"
    ending = 'for job in $(jobs -p); do kill "$job"; wait "$job"; done\n'
    return f"set -eu -o pipefail\n{text}\n{ending}"


def run(text: str, srv: Path) -> str:
    """What it wrote. It must end well, web server and worker too."""
    path = f"{Path(sys.executable).parent}:{programs()}:{os.environ['PATH']}"
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SSPCM_", "DATABASE_", "PG"))}
    ours = {"PYTHONPATH": str(ROOT), "SSPCM_PORT": str(free_port()), "SSPCM_METRICS_TOKEN": TOKEN}
    environ = {**kept, **ours, "PATH": path}
    script = subprocess.Popen(
        ["bash", "-c", text],
        env=environ,
        cwd=srv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = script.communicate(timeout=400)
    finally:
        with suppress(ProcessLookupError):  # all have ended, as they should
            os.killpg(script.pid, signal.SIGKILL)
    assert script.returncode == 0, f"{out}\n{err}"
    return out


def test_a_misspelt_docker_command_would_be_noticed() -> None:
    assert what_is_wrong("python -P -m app user ad lea") == "app user has no ad"
    assert build_parser().parse_args(["health", "worker"]).service == "worker"
