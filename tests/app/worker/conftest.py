"""Homes that a worker serves."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.worker.place import Place, place_at


@pytest.fixture
def place(sqlite_url: str, tmp_path: Path, make_label) -> Iterator[Place]:
    yield from place_at(sqlite_url, tmp_path, make_label)


@pytest.fixture
def either_place(store_url: str, tmp_path: Path, make_label) -> Iterator[Place]:
    """On either database."""
    yield from place_at(store_url, tmp_path, make_label)


@pytest.fixture
def shared_place(postgres_url: str, tmp_path: Path, make_label) -> Iterator[Place]:
    """For several workers."""
    yield from place_at(postgres_url, tmp_path, make_label)
