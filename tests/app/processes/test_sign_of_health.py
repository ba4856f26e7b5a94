"""A process tells that it is of use, to whoever asked for it, once."""

import os

from app.processes.sign_of_health import VARIABLE, give_sign


def test_the_sign_arrives_once() -> None:
    ear, mouth = os.pipe()
    environ = {VARIABLE: str(mouth)}
    give_sign(environ)
    give_sign(environ)
    with os.fdopen(ear, "rb") as heard:
        assert len(heard.read()) == 1


def test_nobody_asked_or_nobody_listens_is_no_trouble() -> None:
    give_sign({})
    give_sign({VARIABLE: "here"})
    ear, mouth = os.pipe()
    os.close(ear)
    give_sign({VARIABLE: str(mouth)})
