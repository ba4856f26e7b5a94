import shlex
from pathlib import Path

import pytest

from app.__main__ import build_parser
from app.home.home_command import home_command


@pytest.mark.parametrize("home", ["/srv/poses", "/srv/my poses", "/srv/it's; rm -rf ~", "/srv/$HOME`x`", "/srv/äöü"])
def test_a_suggested_command_means_its_home_to_a_shell_and_to_us(home):
    words = shlex.split(home_command(Path(home), "import", "IMAGES_DIR"))
    assert words[:4] == ["python", "-P", "-m", "app"]
    options = build_parser().parse_args(words[4:])
    assert (options.home, options.images_dir) == (Path(home), Path("IMAGES_DIR"))


def test_a_plain_home_is_shown_without_quotes():
    assert home_command(Path("/srv/poses"), "worker") == "python -P -m app --home /srv/poses worker"
