"""This process as a worker."""

import os
import socket
from dataclasses import replace
from pathlib import Path

import pytest

from app.home.settings import Settings, SettingsError, worker_named
from app.processes import this_worker as module
from app.processes.this_worker import device_in_words, serves_alone, this_worker, train_lock, worker_name
from db.clock import utc_now


@pytest.fixture
def several(tmp_path: Path) -> Settings:
    return Settings(tmp_path, "postgresql+psycopg://db/home", worker_gone_s=30.0)


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    return Settings(tmp_path, f"sqlite:///{tmp_path / 'store.db'}")


def test_the_one_worker_of_a_file_has_one_name_on_every_machine(alone: Settings) -> None:
    assert serves_alone(alone)
    assert worker_name(alone) == "local"
    one = this_worker("local", version="1", now=utc_now(), settings=alone)
    assert one.place == "local", "its files stay in their folder after the machine was started anew"
    assert train_lock(alone).name == "train.lock"


def test_of_several_each_has_a_name_of_its_own(several: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not serves_alone(several)
    assert worker_name(replace(several, worker="gpu-2")) == "gpu-2"
    assert train_lock(replace(several, worker="gpu-2")).name == "train-gpu-2.lock"
    monkeypatch.setattr(socket, "gethostname", lambda: "Anna's Mac.local")
    assert worker_name(several) == "Anna-s-Mac.local"
    assert worker_named(worker_name(several))
    monkeypatch.setattr(socket, "gethostname", lambda: "...")
    assert worker_name(several) == "worker"


def test_two_starts_on_one_machine_have_one_place_and_two_tokens(several: Settings) -> None:
    first, second = (this_worker("one", version="1", now=utc_now(), settings=several) for _ in range(2))
    assert first.place == second.place != "one"
    assert first.token != second.token
    assert (first.process, first.lease_s) == (os.getpid(), 30.0)


@pytest.mark.parametrize("name", ["a b", "x" * 65, "-x", "ü", "a/b"])
def test_a_name_that_cannot_be_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="wanted at most 64 letters"):
        worker_named(name)


def test_what_it_trains_on_is_told(several: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert device_in_words(replace(several, device="cpu")) == "cpu"
    monkeypatch.setattr(module, "DEVICES", tmp_path)
    assert device_in_words(several) == "auto, no GPU"
    for name in ("nvidia0", "nvidia1", "nvidiactl"):
        (tmp_path / name).touch()
    assert device_in_words(several) == "auto, 2 GPUs"
