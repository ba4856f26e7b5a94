from datetime import timedelta

import pytest

from app.home.home_command import home_command
from app.home.settings import Settings
from app.pool.first_steps import empty_queue, first_step
from db.clock import utc_now
from db.labelling import queue, work
from db.pool import images, project
from db.records import NewImage, NewPerson
from sspcm.pose import Box
from sspcm.skeletons.skeleton import get_skeleton


@pytest.fixture
def settings(tmp_path, sqlite_url):
    return Settings(tmp_path / "my home", sqlite_url)


@pytest.fixture
def people(sqlite_store, add_account):
    return {name: add_account(sqlite_store, name, role) for name, role in (("ann", "annotator"), ("lea", "lead"))}


def add(store, name, *labels, split="train"):
    """An image with a person for each of `labels`, who is open where that is None."""
    with store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
        persons = [NewPerson(Box(60, 60, 40, 80), label) for label in labels]
        image, _ = images.add_image(tx, NewImage(name * 8, f"{name}.jpg", 640, 480, "hall", 0, split), persons)
    return image.id


def hold(store, user, image_id, *, now=None):
    with store.transaction() as tx:
        queue.claim_image(tx, user, image_id, now=now or utc_now(), lease_s=120)


def codes(store, settings, people):
    return [getattr(first_step(store, settings, user), "code", None) for user in people.values()]


def test_an_empty_home_says_import_to_a_lead_and_ask_to_an_annotator(sqlite_store, settings, people):
    lead, annotator = (first_step(sqlite_store, settings, people[name]) for name in ("lea", "ann"))
    assert (lead.code, annotator.code) == ("no_images", "no_images")
    assert lead.command == home_command(settings.home, "import", "IMAGES_DIR")
    assert annotator.command is None
    assert "ask one" in annotator.text
    assert empty_queue(sqlite_store, settings, people["lea"]) == lead
    assert empty_queue(sqlite_store, settings, people["ann"]) == annotator


def test_a_home_with_a_project_and_no_image_is_empty_too(sqlite_store, settings, people):
    with sqlite_store.transaction() as tx:
        project.ensure_project(tx, name="test", skeleton=get_skeleton("coco-17"))
    assert codes(sqlite_store, settings, people) == ["no_images"] * 2


def test_each_stage_of_a_home_has_its_first_step(sqlite_store, settings, people, make_label):
    add(sqlite_store, "v", make_label(), split="validation")
    assert codes(sqlite_store, settings, people) == ["validation_only"] * 2
    assert empty_queue(sqlite_store, settings, people["ann"]).code == "validation_only"
    add(sqlite_store, "a")
    assert codes(sqlite_store, settings, people) == ["no_people"] * 2
    add(sqlite_store, "b", None, None)
    assert codes(sqlite_store, settings, people) == ["no_labels"] * 2
    assert first_step(sqlite_store, settings, people["lea"]).text.startswith("2 people wait to label")
    add(sqlite_store, "c", make_label())
    assert codes(sqlite_store, settings, people) == [None] * 2


def test_people_of_validation_images_are_nobody_to_label(sqlite_store, settings, people, make_label):
    add(sqlite_store, "v", make_label(), split="validation")
    add(sqlite_store, "a")
    assert codes(sqlite_store, settings, people) == ["no_people"] * 2


def test_when_all_is_labelled_a_lead_hears_what_next(sqlite_store, settings, people, make_label):
    add(sqlite_store, "c", make_label())
    lead, annotator = (empty_queue(sqlite_store, settings, people[name]) for name in ("lea", "ann"))
    assert (lead.code, annotator.code) == ("all_done", "all_done")
    assert lead.link is not None and lead.command is not None
    assert annotator.command is None


def test_images_that_others_hold_are_told_with_their_names(sqlite_store, settings, people, add_account):
    bob = add_account(sqlite_store, "bob", "annotator")
    first, second = add(sqlite_store, "a", None), add(sqlite_store, "b", None)
    hold(sqlite_store, bob, first)
    hold(sqlite_store, people["ann"], second)
    assert empty_queue(sqlite_store, settings, people["lea"]).text.startswith(
        "The last 2 open images are taken: ann and bob work there now."
    )
    assert "bob works there" in empty_queue(sqlite_store, settings, people["ann"]).text


def test_a_hold_that_ran_out_holds_nothing(sqlite_store, settings, people):
    image_id = add(sqlite_store, "a", None)
    hold(sqlite_store, people["ann"], image_id, now=utc_now() - timedelta(hours=1))
    assert empty_queue(sqlite_store, settings, people["lea"]).code != "held_by_others"


def test_the_step_is_plain_data(sqlite_store, settings, people):
    shown = first_step(sqlite_store, settings, people["lea"]).to_json()
    assert set(shown) == {"code", "title", "text", "command", "link"}


def give(store, user, *cameras):
    with store.transaction() as tx:
        work.give(tx, cameras, "", [user.id], now=utc_now())


def test_whose_work_is_used_up_is_told_who_gives_more(sqlite_store, settings, people, make_label):
    add(sqlite_store, "a", make_label())
    add(sqlite_store, "b", None)
    give(sqlite_store, people["ann"], 1)
    with sqlite_store.transaction() as tx:
        work.give(tx, (), "b", [people["lea"].id], now=utc_now())
    done = empty_queue(sqlite_store, settings, people["ann"])
    assert (done.code, done.title, done.link) == ("work_done", "Your work is done", None)
    assert done.text == "All that was given to you is labelled. A lead (lea) can give you more on the page Team."
    with sqlite_store.transaction() as tx:
        work.give(tx, (), "c", [people["lea"].id], now=utc_now())
        work.take(tx, 2)
    own = empty_queue(sqlite_store, settings, people["lea"])
    assert (own.code, own.link.href) == ("work_done", "/team/")
    assert own.text.endswith("Give yourself more on the page Team.")


def test_who_was_given_none_is_told_where_all_is_given_to_others(sqlite_store, settings, people):
    add(sqlite_store, "a", None)
    give(sqlite_store, people["lea"], 1)
    left = empty_queue(sqlite_store, settings, people["ann"])
    assert (left.code, left.text) == (
        "given_to_others", "The one open image is given to others. A lead (lea) can give you more on the page Team.",
    )  # fmt: skip


def test_what_others_hold_counts_where_it_is_of_ones_own_work(sqlite_store, settings, people, add_account):
    bea = add_account(sqlite_store, "bea")
    mine, others = add(sqlite_store, "a", None), add(sqlite_store, "b", None)
    with sqlite_store.transaction() as tx:
        work.give(tx, (), "a", [people["ann"].id, bea.id], now=utc_now())
    hold(sqlite_store, people["lea"], others)
    hold(sqlite_store, bea, mine)
    taken = empty_queue(sqlite_store, settings, people["ann"])
    assert (taken.code, taken.text[:52]) == ("held_by_others", "The last open image is taken: bea works there now. W")
