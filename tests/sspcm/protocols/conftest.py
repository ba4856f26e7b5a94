"""The tiny data sets, written where a test may change them."""

from pathlib import Path

import pytest

from tests.sspcm.protocols.data_sets import write_coco, write_wepdtof


@pytest.fixture
def coco(tmp_path: Path) -> Path:
    return write_coco(tmp_path / "data")


@pytest.fixture
def wepdtof(tmp_path: Path) -> Path:
    return write_wepdtof(tmp_path / "data")
