"""What a library says of a backbone fits into a sentence of ours."""

import pytest

from sspcm.networks.trunk import first_line


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ValueError("no such model.\nTraceback: ..."), "no such model"),
        (KeyError(), "KeyError"),
        (RuntimeError("bad ... "), "bad"),
    ],
)
def test_an_error_of_a_library_is_its_first_line_or_its_kind(error, said):
    assert first_line(error) == said
