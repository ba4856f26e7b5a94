"""Dressing a body."""

from dataclasses import replace

import numpy as np
import pytest

from sspcm.synthetic.body import SKIN
from sspcm.synthetic.people import draw_outfit, dress


@pytest.fixture
def outfit():
    plain = draw_outfit(np.random.default_rng(0), 0.1)
    return replace(plain, hair_style="short", sleeves="long", legs="trousers", carries="", loose=0.01)


def worn(surfaces, material):
    return [surface for surface in surfaces if surface.material is material]


def test_every_surface_belongs_to_the_person_and_hugs_the_body(model, stand_up, outfit):
    body = stand_up()
    surfaces = dress(model, body, outfit, "stand", 4)
    assert {surface.person for surface in surfaces} == {4}
    skin = body.vertices[:SKIN]
    for surface in surfaces:
        sample = surface.vertices[::37]
        away = np.linalg.norm(sample[:, None] - skin[None], axis=2).min(1)
        assert away.max() < 0.09, surface.material
        assert surface.vertices[:, 2].min() > -0.02, "nothing reaches through the floor"


def test_shorts_show_the_shins_and_no_sleeves_the_arms(model, stand_up, outfit):
    body = stand_up()

    def bare(**changes):
        chosen = replace(outfit, **changes)
        return sum(len(s.faces) for s in worn(dress(model, body, chosen, "stand", 0), chosen.skin))

    assert bare() < bare(legs="shorts") < bare(legs="shorts", sleeves="short") <= bare(legs="shorts", sleeves="none")


def test_who_sits_wears_the_skirt_as_trousers(model, stand_up, outfit):
    skirt = replace(outfit, legs="skirt")
    standing, sitting = (dress(model, stand_up(), skirt, kind, 0) for kind in ("stand", "sit"))
    assert len(worn(standing, skirt.bottom)) == 2 and len(worn(sitting, skirt.bottom)) == 1


@pytest.mark.parametrize("carries", ["backpack", "shoulder bag", "handbag", "phone", "parcel"])
def test_what_is_carried_is_the_person_s_own_and_near(model, stand_up, outfit, carries):
    body = stand_up()
    bag = dress(model, body, replace(outfit, carries=carries), "stand", 2)[-1]
    assert bag.person == 2 and bag.material is outfit.bag
    assert np.linalg.norm(bag.vertices.mean(0) - body.vertices[:SKIN], axis=1).min() < 0.35


def test_women_wear_skirts_and_long_hair_more_often():
    rng = np.random.default_rng(0)
    men, women = ([draw_outfit(rng, gender) for _ in range(200)] for gender in (0.1, 0.9))
    assert not [outfit for outfit in men if outfit.legs == "skirt"]
    assert sum(outfit.legs == "skirt" for outfit in women) > 20
    assert sum(o.hair_style == "long" for o in women) > sum(o.hair_style == "long" for o in men)
