"""A manifest comes back as it was written."""

import json

from sspcm.manifest import manifest_data, read_manifest


def test_written_then_read_is_the_same_manifest(make_round, tmp_path):
    path = make_round() / "manifest.json"
    manifest = read_manifest(path)
    again = tmp_path / "again.json"
    again.write_text(json.dumps(manifest_data(manifest)))
    assert manifest_data(read_manifest(again)) == manifest_data(manifest)
    assert json.loads(path.read_text())["persons"] == manifest_data(manifest)["persons"]
