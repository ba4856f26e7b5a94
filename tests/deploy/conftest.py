"""A round's folder, as the trainer's own tests have it."""

from tests.sspcm.conftest import make_round as make_round
