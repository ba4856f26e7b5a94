"""Somebody to decide about."""

import pytest

from tests.db.labelling.deciding import persons


@pytest.fixture
def person(store, add_people):
    """One open person, alone in an image."""
    add_people(store)
    return persons(store)[0]
