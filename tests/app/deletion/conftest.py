"""A home whose rounds a test runs stage by stage."""

from tests.app.rounds.conftest import engine, home

__all__ = ["engine", "home"]
