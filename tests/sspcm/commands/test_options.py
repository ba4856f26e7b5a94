"""Options have limits, words and examples."""

import pytest

from sspcm.__main__ import main
from sspcm.commands.options import build_parser


@pytest.mark.parametrize("option", ["--skip", "--holdout"])
def test_train_refuses_to_leave_out_fewer_than_no_images(option, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--images", ".", "--annotations", "coco.json", "--out", "weights", option, "-3"])
    assert f"{option}: found -3; wanted a whole number, 0 or more, and at most 1,000,000,000" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "text", "limits"),
    [
        ("--count", "0", "1 or more, and at most 1,000,000"),
        ("--count", "9" * 5000, "1 or more, and at most 1,000,000"),
        ("--size", "20", "64 or more, and at most 4,096"),
        ("--size", "4097", "64 or more, and at most 4,096"),
        ("--scenes-a-room", "0", "1 or more, and at most 10,000"),
        ("--workers", "1000000", "0 or more, and at most 256"),
        ("--seed", "9223372036854775808", "0 or more, and at most 9,223,372,036,854,775,807"),
        ("--seed", "\u00b2", "0 or more"),
        ("--seed", "1e3", "0 or more"),
    ],
)
def test_draw_refuses_numbers_that_draw_nothing_or_never_end(tmp_path, capsys, option, text, limits):
    with pytest.raises(SystemExit) as ended:
        main(["draw", str(tmp_path / "drawn"), "--count", "2", option, text])
    said = capsys.readouterr().err
    assert ended.value.code == 2 and f"argument {option}: found {text[:40]}; wanted a whole number, {limits}" in said
    assert not (tmp_path / "drawn").exists()


@pytest.mark.parametrize("option", ["--steps", "--seed", "--skip", "--holdout"])
@pytest.mark.parametrize("text", ["-1", "1.5", "", "4294967296000", "9" * 10_000])
def test_trains_numbers_have_limits(option, text, capsys):
    with pytest.raises(SystemExit):
        main(["train", "--images", ".", "--annotations", "coco.json", "--out", "weights", option, text])
    assert f"argument {option}: found {text[:40]}; wanted a whole number" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["round", "train", "predict", "evaluate", "export", "draw"])
def test_every_commands_help_has_an_example_and_every_option_a_word(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    said = capsys.readouterr().out
    assert f"example:\n  sspcm {command}" in said and "CUDA_VISIBLE_DEVICES" in said
    parser = build_parser()._subparsers._group_actions[0].choices[command]
    assert all(action.help for action in parser._actions)
