"""Members are named by their files, and corrected is what the start file says, else the middle answers."""

from pathlib import Path

import numpy as np

from sspcm.commands.members import read_members
from tests.sspcm.commands.member_files import write_members


def test_the_start_is_no_member(tmp_path: Path) -> None:
    first, second = map(Path, write_members(tmp_path, labelled=2, waiting=1))
    start = tmp_path / "C.json"
    start.write_bytes(second.read_bytes())
    compared, poses = read_members(tmp_path / "labels.json", [first, second], start, skeleton=None)
    assert list(compared.members) == ["A", "B"]
    assert np.array_equal(poses, compared.members["B"])
    _, middle = read_members(tmp_path / "labels.json", [first, second], None, skeleton=None)
    assert np.array_equal(middle, compared.members["A"]), "of two, the first"
