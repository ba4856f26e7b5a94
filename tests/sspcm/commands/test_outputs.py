"""Nothing is written over unless --force says so, and it is said before any work is done."""

import pytest

from sspcm.commands.outputs import check_free


def test_a_new_file_in_a_folder_that_is_there_is_free(tmp_path):
    check_free(tmp_path / "new.json", force=False)


def test_a_file_that_is_there_is_written_over_by_force_alone(tmp_path):
    (tmp_path / "old.json").touch()
    with pytest.raises(FileExistsError, match="add --force"):
        check_free(tmp_path / "old.json", force=False)
    check_free(tmp_path / "old.json", force=True)


def test_a_folder_is_never_written_over_and_a_missing_one_is_named(tmp_path):
    with pytest.raises(FileExistsError, match="Choose a file's path"):
        check_free(tmp_path, force=True)
    with pytest.raises(FileNotFoundError, match=r"no folder .*gone to write new\.json to"):
        check_free(tmp_path / "gone" / "new.json", force=True)
