"""A training's folder."""

from dataclasses import replace

import pytest

from sspcm.manifest import Manifest, RoundError, read_manifest
from sspcm.training.folder import open_folder


def test_a_new_folder_gets_the_manifest_and_the_same_training_finds_it_again(tiny, skeleton, tmp_path):
    manifest = Manifest(skeleton, tiny, None, ())
    open_folder(tmp_path / "runs" / "one", manifest)
    path = tmp_path / "runs" / "one" / "manifest.json"
    assert read_manifest(path).config == tiny
    written = path.stat().st_mtime_ns
    open_folder(tmp_path / "runs" / "one", manifest)
    assert path.stat().st_mtime_ns == written


def test_another_training_is_named_by_the_first_setting_that_differs_and_nothing_is_written(tiny, skeleton, tmp_path):
    open_folder(tmp_path / "one", Manifest(skeleton, tiny, None, ()))
    content = (tmp_path / "one" / "manifest.json").read_bytes()
    with pytest.raises(RoundError, match=r"\(config\.seed is 3 there, 8 here\)"):
        open_folder(tmp_path / "one", Manifest(skeleton, replace(tiny, seed=8), None, ()))
    assert (tmp_path / "one" / "manifest.json").read_bytes() == content


def test_a_folder_of_other_files_and_a_broken_manifest_are_refused(tiny, skeleton, tmp_path):
    manifest = Manifest(skeleton, tiny, None, ())
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RoundError, match=r"holds files but no manifest\.json"):
        open_folder(tmp_path, manifest)
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RoundError, match="cannot be read"):
        open_folder(tmp_path, manifest)


def test_what_a_killed_command_left_of_a_manifest_is_no_other_file(tiny, skeleton, tmp_path):
    (tmp_path / ".manifest.json.k3j2").write_text("{")
    open_folder(tmp_path, Manifest(skeleton, tiny, None, ()))
    assert (tmp_path / "manifest.json").exists()
