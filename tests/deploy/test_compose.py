"""compose.yaml, the Dockerfile and .env.example: linters read them, and what they say runs here, without Docker."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.rounds.cost import NO_TORCH
from tests.deploy.composed import COMPOSE, ROOT, Refused, check_of, compose, example, images, service, variables
from tests.deploy.container import Container, container, installed_by, programs, store_of
from tests.waiting import until

BIN = Path(sys.executable).parent
SECRET = "0123456789abcdef-of-a-test"
VALUES = {**example(), "POSTGRES_PASSWORD": SECRET}


def lint(*command: str | Path) -> tuple[int, str]:
    told = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, cwd=ROOT)
    return told.returncode, told.stdout + told.stderr


def schema(path: Path) -> tuple[int, str]:
    return lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", path)


# --- linters ----------------------------------------------------------------------------------------------------------


def test_compose_yaml_is_what_the_compose_specification_says() -> None:
    assert schema(COMPOSE) == (0, "ok -- validation done\n")


@pytest.mark.parametrize(
    "line, wrong",
    [("    restart: unless-stopped", "    restarts: always"), ("      interval: 10s", "      interval: [10]")],
)
def test_the_specification_notices_what_it_does_not_know(line: str, wrong: str, tmp_path: Path) -> None:
    text = COMPOSE.read_text()
    assert line in text
    broken = tmp_path / "compose.yaml"
    broken.write_text(text.replace(line, wrong, 1))
    assert schema(broken)[0] == 1


def test_nothing_in_compose_yaml_opens_the_machine(tmp_path: Path) -> None:
    assert lint("compose-lint", "check", COMPOSE)[0] == 0
    open_wide = tmp_path / "compose.yaml"
    open_wide.write_text(COMPOSE.read_text().replace("  init: true", "  privileged: true", 1))
    assert lint("compose-lint", "check", open_wide)[0] == 1


def test_the_dockerfile_has_no_fault_that_its_linter_knows(tmp_path: Path) -> None:
    assert lint("hadolint", ROOT / "Dockerfile") == (0, "")
    unpinned = tmp_path / "Dockerfile"
    unpinned.write_text("FROM python\nWORKDIR srv\n")
    assert lint("hadolint", unpinned)[0] == 1


# --- what they say ----------------------------------------------------------------------------------------------------


def test_nothing_starts_without_a_password() -> None:
    with pytest.raises(Refused, match="POSTGRES_PASSWORD is empty"):
        compose(example())


def test_the_example_names_every_value_and_no_secret() -> None:
    assert set(example()) - {"COMPOSE_PROFILES"} == variables()
    assert {name: value for name, value in example().items() if "PASSWORD" in name or "TOKEN" in name} == {
        "POSTGRES_PASSWORD": "",
        "SSPCM_METRICS_TOKEN": "",
    }


def test_the_examples_values_are_those_that_hold_without_any() -> None:
    assert compose(VALUES) == compose({"POSTGRES_PASSWORD": SECRET})


def test_what_the_machine_keeps_to_itself_is_in_no_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".git", ".venv", "data"} <= set(ignored)
    assert ".env" in (ROOT / ".gitignore").read_text().splitlines()


def test_only_this_machine_reaches_what_is_published() -> None:
    published = [port for said in compose(VALUES)["services"].values() for port in said.get("ports", [])]
    assert len(published) == 2 and all(port.startswith("127.0.0.1:") for port in published)


def test_every_service_comes_back_is_watched_and_has_time_to_stop() -> None:
    for name, said in compose(VALUES)["services"].items():
        assert said["restart"] == "unless-stopped", name
        assert {"healthcheck", "stop_grace_period", "profiles", "pids_limit", "logging"} <= set(said), name


def test_a_worker_on_another_machine_needs_no_store_on_its_own() -> None:
    elsewhere = {**VALUES, "STORE_HOST": "10.0.0.5", "HOME_FOLDER": "/mnt/home"}
    said = compose(elsewhere)["services"]["worker-gpu"]
    assert said["depends_on"]["store"]["required"] is False
    assert said["environment"]["DATABASE_URL"] == "postgresql://sspcm@10.0.0.5:5432/sspcm"
    assert said["volumes"] == ["/mnt/home:/data"]


def test_the_web_image_has_no_torch_and_the_worker_image_has() -> None:
    web, worker = (installed_by(images()[name].installed) for name in ("web", "worker"))
    assert {"gradio", "dbos", "psycopg", "onnxruntime", "opencv-python-headless"} <= web
    assert not {name for name in web if name.startswith(("torch", "nvidia", "cuda", "triton", "onnx2torch"))}
    assert {"torch", "torchvision", "onnx2torch"} | web <= worker


def test_no_image_runs_as_root_and_one_without_a_target_is_both() -> None:
    assert {images()[name].user for name in ("web", "worker", "both")} == {"10001"}
    assert list(images())[-1] == "both"
    assert images()["both"].entrypoint + images()["both"].cmd == ["python", "-P", "-m", "app", "up"]
    for name in ("web", "worker"):
        assert images()[name].check == service({"web": "web", "worker": "worker-gpu"}[name], VALUES).check


def test_the_tests_have_the_postgresql_that_compose_runs() -> None:
    told = subprocess.run([programs() / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    major = told.split()[-1].partition(".")[0]
    assert compose(VALUES)["services"]["store"]["image"].startswith(f"postgres:{major}-")


# --- it runs ----------------------------------------------------------------------------------------------------------


class Place:
    """The services beside each other, with one home."""

    def __init__(self, values: dict[str, str], folder: Path, stack: ExitStack) -> None:
        self.values, self.folder, self._stack = values, folder, stack
        self.home = folder / "home"
        self.home.mkdir()

    def start(self, name: str, python: Path = BIN) -> Container:
        started = container(service(name, self.values), home=self.home, srv=self.folder / name, python=python)
        running = self._stack.enter_context(started)
        running.until_healthy()
        return running


@pytest.fixture
def place(postgres_server: str, tmp_path: Path) -> Iterator[Place]:
    """The service `store` runs already, and is healthy."""
    said = compose(VALUES)["services"]["store"]
    with store_of(said["environment"], *said["command"][1:]) as (port, own), ExitStack() as stack:
        until(lambda: subprocess.run(check_of(said), env=own, stdout=subprocess.DEVNULL).returncode == 0)
        yield Place({**VALUES, "STORE_HOST": "127.0.0.1", "STORE_PORT": str(port)}, tmp_path, stack)


def fill(web: Container) -> dict[str, str]:
    """Labelled people and two accounts, by commands in the web server's container; the passwords by name."""
    application = web.service.argv[:-1]
    images = [str(ROOT / "static" / "demo" / "images"), "--annotations", str(ROOT / "static" / "demo" / "seed.json")]
    web.run(*application, "import", *images, "--json")
    made = [web.run(*application, "user", "add", *who, "--json") for who in (ANN, LEA)]
    return {told["name"]: told["password"] for told in map(json.loads, made)}


ANN, LEA = ("ann", "--role", "annotator"), ("lea", "--role", "lead")


@contextmanager
def signed_in(web: Container, name: str, passwords: dict[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{web.port}", timeout=60) as client:
        assert client.post("/login", data={"name": name, "password": passwords[name]}).status_code == 303
        client.headers["X-CSRF-Token"] = client.get("/api/session").json()["csrf"]
        yield client


@pytest.fixture(params=["as if in its image", pytest.param("as its image installs", marks=pytest.mark.slow)])
def python(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where the web service's Python is: the tests' own, which hides the rest, or one with what its image has."""
    if request.param == "as if in its image":
        return BIN
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    pip = [tmp_path / "venv" / "bin" / "pip", "--quiet", "--disable-pip-version-check"]
    wanted = f"{ROOT}[{','.join(images()['web'].installed)}]"
    subprocess.run([*pip, "install", "-c", ROOT / "constraints.txt", wanted], check=True)
    subprocess.run([*pip, "uninstall", "--yes", "sspcm"], check=True)
    return tmp_path / "venv" / "bin"


def test_the_web_service_answers_takes_a_label_and_exports_without_torch(place: Place, python: Path) -> None:
    web = place.start("web", python)
    known = fill(web)
    with signed_in(web, "ann", known) as ann, signed_in(web, "lea", known) as lea:
        assert lea.get("/readyz").text == "ready; no worker has run here"
        for page in ("/annotate/", "/sheet/"):
            assert ann.get(page).status_code == 200
        assert NO_TORCH in lea.get("/lead/config").text.replace("&#x27;", "'")
        image = lea.get("/api/sheet?show=labelled").json()["persons"][0]["image_id"]
        assert accept_somebody(lea, image)["person"]["state"] == "accepted"
        document = lea.get("/api/export").json()
        assert len(document["annotations"]) == 53
        refused = lea.post("/api/rounds/cost", json={"config": {}})
        assert (refused.status_code, NO_TORCH in refused.json()["error"]["message"]) == (409, True)
        launched = lea.post("/api/rounds", json={"preset": "demo"})
        assert (launched.status_code, launched.json()["state"]) == (201, "queued")
    assert web.stop() == 0


def accept_somebody(client: httpx.Client, image: int) -> dict[str, Any]:
    """A person of that image is opened again and accepted where they were."""
    person = client.get(f"/api/images/{image}/task").json()["persons"][0]
    opened = {"key": "compose-0001-reopen", "person_id": person["id"], "revision": person["revision"]}
    revision = client.post("/api/reopen", json=opened).json()["person"]["revision"]
    xyv = person["start"]["xyv"]
    message = {"key": "compose-0002-accept", "person_id": person["id"], "revision": revision, "xyv": xyv}
    answered = client.post("/api/accept", json={**message, "touched": [True] * len(xyv), "started_from": None})
    assert answered.status_code == 200, answered.text
    saved: dict[str, Any] = answered.json()
    return saved


def test_the_worker_service_gives_its_sign_and_ends_well(place: Place) -> None:
    worker = place.start("worker-cpu")
    assert worker.stop() == 0
    assert worker.check() == 1


@pytest.mark.slow
def test_a_worker_that_is_stopped_keeps_the_step_and_goes_on_when_it_is_started(place: Place) -> None:
    web, worker = place.start("web"), place.start("worker-cpu")
    with signed_in(web, "lea", fill(web)) as lea:
        small = {"train": {"steps": 2000, "labelled_batch": 2, "unlabelled_batch": 2}}
        assert lea.post("/api/rounds", json={"preset": "demo", "config": small}).status_code == 201

        def step() -> int:
            return int(lea.get("/api/rounds/1").json()["progress"].get("step", 0))

        until(lambda: step() >= 3, timeout_s=180)
        assert worker.stop() == 0
        (status,) = (place.home / "rounds" / "0001").glob("attempt-*/status.json")
        assert json.loads(status.read_text())["state"] == "stopped"
        kept = step()
        (place.folder / "worker-cpu").rename(place.folder / "before")
        place.start("worker-cpu")
        until(lambda: step() > kept, timeout_s=180)
        assert lea.get("/api/rounds/1").json()["state"] == "running"
