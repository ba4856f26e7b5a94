"""Protocol files, and how long they train."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sspcm.plain import ConfigError
from sspcm.protocols.protocol import FOLDER, protocol_names, read_protocol, settings_for, steps_of_epoch


@pytest.mark.parametrize("name", protocol_names())
def test_every_protocol_that_comes_along_is_named_for_its_file_and_says_what_it_reproduces(name):
    protocol = read_protocol(name)
    assert protocol.name == name and len(protocol.notes) > 100
    assert protocol.round.model.backbone == "resnet18" and protocol.round.seed == 1
    assert (protocol.round.model.input_height, protocol.round.model.input_width) == (256, 192)
    assert protocol.round.model.orientation == ("radial" if name == "wepdtof" else "image")


@pytest.mark.parametrize(("name", "first"), [("coco-1k", 1000), ("coco-5k", 5000), ("coco-10k", 10000)])
def test_the_small_coco_protocols_train_a_hundred_epochs_of_1171_steps(name, first):
    protocol = read_protocol(name)
    assert protocol.labelled.first_persons == first
    train = settings_for(protocol, {}, labelled=first, unlabelled=149_813).train
    assert (train.steps, train.snapshot_every) == (117_100, 1171)
    assert [round(fraction * train.steps) for fraction in train.decay_at] == [70 * 1171, 90 * 1171]


def test_coco_full_trains_400_epochs_and_falls_at_300_and_350():
    protocol = read_protocol("coco-full")
    train = settings_for(protocol, {}, labelled=320, unlabelled=640).train
    assert (train.steps, train.labelled_batch) == (400 * 20, 32)
    assert [fraction * 400 for fraction in train.decay_at] == [300, 350]


def test_the_command_line_has_the_last_word_on_steps_and_method():
    overrides = {"train": {"steps": 7}, "method": {"student": False}, "seed": 5}
    config = settings_for(read_protocol("coco-1k"), overrides, labelled=1000, unlabelled=2560)
    assert (config.train.steps, config.train.snapshot_every, config.seed) == (7, 20, 5)
    assert not config.method.student and config.method.mask


@given(labelled=st.integers(1, 500), unlabelled=st.integers(0, 500), batch=st.integers(1, 64))
def test_an_epoch_shows_every_person_of_the_larger_set_and_no_whole_batch_more(labelled, unlabelled, batch):
    overrides = {"train": {"labelled_batch": batch, "unlabelled_batch": batch}}
    config = settings_for(read_protocol("coco-1k"), overrides, labelled=labelled, unlabelled=unlabelled)
    steps, larger = steps_of_epoch(config, labelled=labelled, unlabelled=unlabelled), max(labelled, unlabelled)
    assert (steps - 1) * batch < larger <= steps * batch


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (("epochs = 100", "epoks = 100"), "unknown setting 'epoks'. Did you mean 'epochs'?"),
        (("learning_rate = 1e-3", "stepz = 4"), "unknown setting 'train.stepz'. Did you mean 'train.steps'?"),
        (("learning_rate = 1e-3", "steps = 4"), "found epochs and round.train.steps"),
        (("first_persons = 1000", 'boxes = "found.json"'), "boxes must be 'annotated'"),
        (('form = "coco"', 'form = "cocoo"'), "Did you mean 'coco'?"),
        (("[labelled]", "[labelled"), "Wanted a protocol"),
    ],
)
def test_a_protocol_file_that_cannot_be_used_says_which_part(tmp_path, changed, said):
    text = (FOLDER / "coco-1k.toml").read_text()
    assert changed[0] in text
    (tmp_path / "mine.toml").write_text(text.replace(*changed, 1))
    with pytest.raises(ConfigError, match=r"mine\.toml cannot be used") as error:
        read_protocol(str(tmp_path / "mine.toml"))
    assert said in str(error.value)


def test_an_unknown_protocol_gets_the_nearest_name():
    with pytest.raises(ConfigError, match="Did you mean 'coco-10k'"):
        read_protocol("coco10k")
    with pytest.raises(ConfigError, match="No such file"):
        read_protocol("nowhere.toml")
