"""A lead, and a pool for rounds."""

import pytest


@pytest.fixture
def lead(store, add_account):
    return add_account(store, "lea", "lead")


@pytest.fixture
def pool(store, add_people):
    """Three open images of a person each."""
    return add_people(store, count=3)
