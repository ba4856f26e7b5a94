"""Annotators."""

import pytest


@pytest.fixture
def ann(store, add_account):
    return add_account(store, "ann")


@pytest.fixture
def bea(store, add_account):
    return add_account(store, "bea")
