import math
from threading import Barrier, Thread

import pytest

from db.errors import NotFound, RoundActive, RoundOver
from db.labelling import labels
from db.pool import images, persons, project
from db.records import Decision, NewImage, NewPerson, RankingEntry, RoundPoint
from db.rounds import events, rankings, rounds
from sspcm.pose import Box


@pytest.fixture
def pool(store, add_people):
    """Two open images of a person each."""
    return add_people(store, count=2)


def create(store, lead, config="seed = 1"):
    with store.transaction() as tx:
        return rounds.create(tx, config_toml=config, user=lead)


def started(store, lead):
    launched = create(store, lead)
    with store.transaction() as tx:
        rounds.start(tx, launched.id)
    return launched


def publish(store, launched, pool, now, **changes):
    with store.transaction() as tx:
        rankings.add_round_ranking(
            tx, launched.id, [RankingEntry(image.id, i, 0.5, ()) for i, image in enumerate(pool)]
        )
    options = {"metrics": {"ap": {"A": 0.5}}, "directory": "rounds/0001/a1", "now": now, **changes}
    with store.transaction() as tx:
        rounds.publish(tx, launched.id, **options)


def get(store, number=1):
    with store.reading() as tx:
        return rounds.get(tx, number)


def test_a_round_is_queued_with_the_next_number(store, pool, lead, now):
    first = started(store, lead)
    assert (first.number, first.state, first.stage, first.launched_by) == (1, "queued", "freeze", "lea")
    assert (first.config_toml, first.progress, first.error) == ("seed = 1", {}, None)
    publish(store, first, pool, now)
    second = create(store, lead)
    assert second.number == 2
    with store.reading() as tx:
        assert [r.number for r in rounds.latest(tx)] == [2, 1]
        assert [r.number for r in rounds.latest(tx, limit=1)] == [2]


def test_a_project_has_one_active_round(store, pool, lead):
    launched = started(store, lead)
    with pytest.raises(RoundActive, match=r"round 1, launched by lea, is running .*Wait until it ends"):
        create(store, lead)
    with store.transaction() as tx:
        rounds.fail(tx, launched.id, "out of memory")
    assert create(store, lead).number == 2


def test_two_leads_launching_at_once_launch_one_round(store, pool, lead):
    outcomes, start = [], Barrier(4)

    def launch():
        start.wait()
        try:
            outcomes.append(create(store, lead).number)
        except RoundActive:
            outcomes.append("refused")

    threads = [Thread(target=launch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", "refused", "refused", "refused"]


def test_a_round_needs_a_project(store, lead):
    with pytest.raises(NotFound, match="no project"):
        create(store, lead)


def test_a_round_that_is_not_there_is_named(store):
    with pytest.raises(NotFound, match="no round 7"):
        get(store, 7)
    with store.transaction() as tx, pytest.raises(NotFound, match="no round with id 7"):
        rounds.start(tx, 7)


def test_the_frozen_set_holds_accepted_persons_also_of_unfinished_images(
    store, add_people, add_account, lead, make_label, now
):
    add_people(store, labelled=True)
    add_people(store, persons=2)
    add_people(store, labelled=True, split="validation")
    ann = add_account(store)
    with store.transaction() as tx:
        seed, half, _, validation = persons.list_persons(tx)
        labels.decide(tx, Decision("1", "accept", half.id, 0, ann, label=make_label()), now=now)
    launched = started(store, lead)
    with store.transaction() as tx:
        frozen = rounds.freeze(tx, launched.id)
    assert [(f.person_id, f.author, f.revision, f.role) for f in frozen] == [
        (seed.id, "import", 1, "labelled"),
        (half.id, "ann", 1, "labelled"),
        (validation.id, "import", 1, "validation"),
    ]
    assert [f.image_id for f in frozen] == [seed.image_id, half.image_id, validation.image_id]
    with store.reading() as tx:
        assert rounds.count_labelled(tx, [launched.id, 99]) == {launched.id: 2}
        assert rounds.count_labelled(tx, []) == {}


def test_later_decisions_do_not_touch_a_frozen_set(store, add_people, add_account, lead, make_label, now):
    add_people(store, count=2, labelled=True)
    ann = add_account(store)
    launched = started(store, lead)
    with store.transaction() as tx:
        first = rounds.freeze(tx, launched.id)
    with store.transaction() as tx:
        one, two = persons.list_persons(tx)
        labels.decide(tx, Decision("1", "accept", one.id, 1, ann, label=make_label(x=1)), now=now)
        labels.decide(tx, Decision("2", "not_a_person", two.id, 1, ann), now=now)
    with store.transaction() as tx:
        assert rounds.freeze(tx, launched.id) == first
        assert rounds.frozen(tx, launched.id) == first
        frozen_label = labels.get_labels(tx, [first[0].label_id])[first[0].label_id]
    assert frozen_label.xyv[0, 0] == 40.0  # where add_people puts it


def test_an_empty_frozen_set_is_frozen_too(store, pool, add_account, lead, make_label, now):
    launched = started(store, lead)
    ann = add_account(store)
    with store.transaction() as tx:
        assert rounds.freeze(tx, launched.id) == []
        person, _ = persons.list_persons(tx)
        labels.decide(tx, Decision("1", "accept", person.id, 0, ann, label=make_label()), now=now)
        assert rounds.freeze(tx, launched.id) == []


def test_a_twin_freezes_the_set_of_its_round_whatever_was_labelled_since(
    store, add_people, add_account, lead, make_label, now
):
    add_people(store, labelled=True)
    add_people(store, labelled=True, split="validation")
    add_people(store)
    launched, ann = started(store, lead), add_account(store)
    with store.transaction() as tx:
        frozen = rounds.freeze(tx, launched.id)
        rounds.fail(tx, launched.id, "over")
        *_, late = persons.list_persons(tx)
        decision = Decision("1", "accept", late.id, 0, ann, label=make_label())
    with store.transaction() as tx:
        labels.decide(tx, decision, now=now)
        twin = rounds.create(tx, config_toml="", user=lead, twin_of=1)
        assert (twin.twin_of, rounds.twin(tx, 1).number, rounds.twin(tx, 2)) == (1, 2, None)
        assert rounds.freeze(tx, twin.id) == rounds.freeze(tx, twin.id) == frozen and len(frozen) == 2
        assert rounds.count_labelled(tx, [twin.id]) == {twin.id: 1}
        rounds.fail(tx, twin.id, "over")
        assert rounds.twin(tx, 1) is None, "one that failed is compared with nothing"


def test_crowd_regions_with_a_label_are_not_learnt_from(store, add_people, lead, make_label):
    add_people(store)
    with store.transaction() as tx:
        crowd = NewPerson(Box(1.0, 1.0, 5.0, 5.0), make_label(), extra={"iscrowd": 1})
        new = NewImage("f" * 64, "crowd.jpg", 640, 480, "hall", 9)
        images.add_image(tx, new, [crowd])
    launched = started(store, lead)
    with store.transaction() as tx:
        assert rounds.freeze(tx, launched.id) == []


def test_progress_shows_where_the_round_stands(store, pool, lead, now):
    launched = create(store, lead)
    with store.transaction() as tx:
        rounds.start(tx, launched.id, now=now)
        rounds.start(tx, launched.id)
        rounds.report_progress(tx, launched.id, stage="train", progress={"step": 3, "loss": math.nan})
    shown = get(store)
    assert (shown.state, shown.stage, shown.started_at) == ("running", "train", now)
    assert shown.progress == {"step": 3, "loss": None}


def test_points_told_twice_are_joined(store, pool, lead):
    launched = started(store, lead)
    with store.transaction() as tx:
        rounds.add_points(tx, launched.id, [RoundPoint(2, {"loss": 0.5}), RoundPoint(1, {"loss": 0.7})])
        rounds.add_points(tx, launched.id, [RoundPoint(2, {"ap": 0.1}), RoundPoint(2, {"a": 1.0, "b": math.inf})])
        rounds.add_points(tx, launched.id, [])
        assert rounds.points(tx, launched.id) == [
            RoundPoint(1, {"loss": 0.7}),
            RoundPoint(2, {"loss": 0.5, "ap": 0.1, "a": 1.0}),
        ]


def test_the_end_of_a_curve_is_told_again_and_other_rounds_keep_theirs(store, pool, lead, now):
    first = started(store, lead)
    with store.transaction() as tx:
        rounds.add_points(tx, first.id, [RoundPoint(9, {"loss": 0.7})])
        rounds.fail(tx, first.id, "it broke", now=now)
    second = started(store, lead)
    with store.transaction() as tx:
        rounds.add_points(tx, second.id, [RoundPoint(6, {"loss": 0.5}), RoundPoint(7, {"loss": 0.1})])
        rounds.forget_points(tx, second.id, after=6)
        assert rounds.points(tx, second.id) == [RoundPoint(6, {"loss": 0.5})]
        assert rounds.points(tx, first.id) == [RoundPoint(9, {"loss": 0.7})]


def test_a_failed_round_shows_its_first_error(store, pool, lead, now):
    launched = started(store, lead)
    with store.transaction() as tx:
        rounds.fail(tx, launched.id, "the first", now=now)
        rounds.fail(tx, launched.id, "the second")
    shown = get(store)
    assert (shown.state, shown.error, shown.finished_at) == ("failed", "the first", now)
    for change in (
        lambda tx: rounds.start(tx, launched.id),
        lambda tx: rounds.freeze(tx, launched.id),
        lambda tx: rounds.report_progress(tx, launched.id, stage="score", progress={}),
        lambda tx: rounds.add_points(tx, launched.id, [RoundPoint(1, {})]),
        lambda tx: rounds.publish(tx, launched.id, metrics={}, directory="", now=now),
    ):
        with (
            pytest.raises(RoundOver, match=r"round 1 is failed; wanted .*Launch a new round"),
            store.transaction() as tx,
        ):
            change(tx)


def test_publishing_flips_the_projects_pointer_once(store, pool, lead, now):
    launched = started(store, lead)
    with store.reading() as tx:
        assert project.get_project(tx).published_round is None
    publish(store, launched, pool, now, metrics={"ap": {"A": 0.5, "B": math.nan}})
    with store.transaction() as tx:
        rounds.publish(tx, launched.id, metrics={"other": 1}, directory="rounds/0001/zombie", now=now)
        assert project.get_project(tx).published_round == 1
    shown = get(store)
    assert (shown.state, shown.stage, shown.directory, shown.finished_at) == (
        "published",
        "done",
        "rounds/0001/a1",
        now,
    )
    assert shown.metrics == {"ap": {"A": 0.5, "B": None}}
    with store.transaction() as tx, pytest.raises(RoundOver):
        rounds.fail(tx, launched.id, "too late")


def test_a_publish_that_fails_shows_nothing(store, pool, lead, now):
    launched = started(store, lead)
    with pytest.raises(NotFound, match="round 1 has no ranking"), store.transaction() as tx:
        rounds.publish(tx, launched.id, metrics={}, directory="x", now=now)
    with pytest.raises(RuntimeError), store.transaction() as tx:
        rankings.add_round_ranking(tx, launched.id, [])
        rounds.publish(tx, launched.id, metrics={}, directory="x", now=now)
        raise RuntimeError("the plug was pulled")
    assert get(store).state == "running"
    with store.reading() as tx:
        assert project.get_project(tx).published_round is None


def keep(store, launched, now):
    with store.transaction() as tx:
        rounds.keep(tx, launched.id, because="its student is worse", metrics={"labelled": 3}, directory="r", now=now)


def test_a_round_that_is_kept_is_over_and_shown_to_nobody(store, pool, lead, now):
    launched = started(store, lead)
    keep(store, launched, now)
    keep(store, launched, now)
    kept = get(store)
    assert (kept.state, kept.stage, kept.kept_because) == ("kept", "done", "its student is worse")
    assert (kept.metrics, kept.finished_at) == ({"labelled": 3}, now)
    with store.transaction() as tx:
        assert project.get_project(tx).published_round is None
        with pytest.raises(RoundOver, match="round 1 is kept"):
            rounds.report_progress(tx, launched.id, stage="score", progress={})
    assert create(store, lead).number == 2


def test_a_kept_round_may_be_published_after_all(store, pool, lead, now):
    launched = started(store, lead)
    with store.transaction() as tx:
        rankings.add_round_ranking(tx, launched.id, [])
    keep(store, launched, now)
    with store.transaction() as tx:
        rounds.show_again(tx, 1, user=lead, now=now)
        assert project.get_project(tx).published_round == 1
    assert (get(store).state, get(store).kept_because, get(store).metrics) == ("published", None, {"labelled": 3})


def test_an_earlier_round_is_shown_again_with_the_images_as_they_are_now(store, pool, lead, add_account, now):
    for _ in range(2):
        publish(store, started(store, lead), pool, now)
    ann = add_account(store, "ann", "annotator")
    with store.transaction() as tx:
        person = persons.list_persons(tx, image_id=pool[0].id)[0]
        labels.decide(tx, Decision("k1", "skip", person.id, 0, ann, reason="blurred"), now=now)
        rounds.show_again(tx, 1, user=lead, now=now)
    with store.reading() as tx:
        assert project.get_project(tx).published_round == 1
        left = rankings.open_entries(tx, rankings.shown_or_coming(tx)[0], "train")
        assert [entry.image_id for entry in left] == [pool[1].id]
        assert rounds.get(tx, 2).state == "published"
        assert [one.what for one in events.story(tx, rounds.get(tx, 1).id)][-1] == "shown to annotators by lea"


def test_only_a_round_that_ended_well_is_shown_again(store, pool, lead):
    launched = started(store, lead)
    refused = pytest.raises(RoundOver, match="round 1 is running; wanted one that was published or kept")
    with refused, store.transaction() as tx:
        rounds.show_again(tx, 1, user=lead, now=launched.created_at)
