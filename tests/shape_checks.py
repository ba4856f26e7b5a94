"""Checks the axes named in sspcm's annotations while its tests run. An int may stand for a float, as in mypy."""

from beartype import BeartypeConf, beartype

check = beartype(conf=BeartypeConf(is_pep484_tower=True))
