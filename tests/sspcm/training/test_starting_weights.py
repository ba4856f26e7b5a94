"""Starting weights, trained on labels alone."""

import json

from sspcm.__main__ import main


def test_train_writes_two_starting_networks_from_coco_keypoints(make_round, tmp_path, skeleton, tiny, capsys):
    persons = json.loads((make_round(labelled=4, unlabelled=0) / "manifest.json").read_text())["persons"]
    names = [f"person{number}.png" for number in range(len(persons))]
    coco = {
        "images": [{"id": n, "file_name": name, "width": 120, "height": 120} for n, name in enumerate(names)],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 1, "bbox": p["box"][:4], "area": p["area"], "iscrowd": 0,
             "keypoints": [value for row in p["xyv"] for value in row], "num_keypoints": 5}
            for n, p in enumerate(persons)
        ],
        "categories": [{"id": 1, "name": "person", "keypoints": list(skeleton.keypoints),
                        "skeleton": [[a + 1, b + 1] for a, b in skeleton.edges]}],
    }  # fmt: skip
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    (tmp_path / "tiny.toml").write_text(tiny.to_toml())
    arguments = ["train", "--images", str(tmp_path), "--annotations", str(tmp_path / "coco.json"), "--device", "cpu",
                 "--out", str(tmp_path / "weights"), "--config", str(tmp_path / "tiny.toml"), "--json"]  # fmt: skip
    assert main([*arguments, "--steps", "3", "--holdout", "2", "--half"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["persons"] == 4 and report["held_out"] == 2 and set(report["ap"]) == {"A", "B"}
    assert {p.name for p in (tmp_path / "weights").iterdir()} == {"A.safetensors", "B.safetensors", "model.json"}
    assert main([*arguments, "--skip", "6"]) == 1
    assert "no person with keypoints" in capsys.readouterr().err

    coco["annotations"][0]["bbox"] = [0, 0, 0, 0]
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    assert main([*arguments, "--steps", "1"]) == 0
    said = capsys.readouterr()
    assert "sspcm: annotation 0 in 'person0.png': a box needs a positive width" in said.err
    assert len(json.loads(said.out)["complaints"]) == 2  # and that the skeleton is no built-in one
