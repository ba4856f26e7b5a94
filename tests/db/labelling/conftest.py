"""Annotators, and somebody to decide about."""

import pytest

from tests.db.labelling.deciding import persons


@pytest.fixture
def ann(store, add_account):
    return add_account(store, "ann")


@pytest.fixture
def bea(store, add_account):
    return add_account(store, "bea")


@pytest.fixture
def person(store, add_people):
    """One open person, alone in an image."""
    add_people(store)
    return persons(store)[0]
