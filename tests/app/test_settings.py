"""Settings: options first, then the environment, then defaults."""

from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings
from sspcm.image_limits import Limits


def test_without_options_the_home_is_data_and_the_store_lies_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings(environ={})
    assert settings.home == tmp_path / "data"
    assert settings.database_url == f"sqlite:///{tmp_path / 'data' / 'store.db'}"


def test_an_option_wins_over_the_environment(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"SSPCM_HOME": "/elsewhere", "SSPCM_PORT": "9000"}, port=9100)
    assert (settings.home, settings.port) == (tmp_path.resolve(), 9100)


@pytest.mark.parametrize(
    "given", ["postgres://me@host/db", "postgresql://me@host/db", "postgresql+psycopg://me@host/db"]
)
def test_every_spelling_of_postgresql_reaches_psycopg(given: str, tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"DATABASE_URL": given}).database_url == "postgresql+psycopg://me@host/db"


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"DATABASE_URL": "mysql://host/db"}, "mysql"),
        ({"SSPCM_PORT": "many"}, "many"),
        ({"SSPCM_PORT": "70000"}, "70000"),
        ({"SSPCM_DEVICE": "tpu"}, "tpu"),
        ({"SSPCM_ALLOWED_HOSTS": " ,"}, "host names"),
    ],
)
def test_a_setting_that_cannot_be_is_named(environ: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(tmp_path, environ)


def test_hosts_are_compared_in_small_letters_and_without_spaces(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"SSPCM_ALLOWED_HOSTS": "Pose.Example, [::1],"})
    assert settings.allowed_hosts == ("pose.example", "[::1]")


def test_the_largest_image_is_a_setting(tmp_path: Path) -> None:
    environ = {"SSPCM_LARGEST_MEGAPIXELS": "400", "SSPCM_LARGEST_IMAGE_MB": "1000"}
    assert read_settings(tmp_path, environ).image_limits == Limits(400_000_000, 1_000_000_000)
    assert read_settings(tmp_path, {}).image_limits == Limits(100_000_000, 200_000_000)


@pytest.mark.parametrize("text", ["0", "-1", "", "many", "1e3", "2.5", "1074", "\u00b2", "9" * 5000])
def test_a_largest_image_that_cannot_be_is_named(text: str, tmp_path: Path) -> None:
    for name in ("SSPCM_LARGEST_MEGAPIXELS", "SSPCM_LARGEST_IMAGE_MB"):
        with pytest.raises(SettingsError, match=rf"{name} is .*wanted a whole number from 1 to 1073"):
            read_settings(tmp_path, {name: text})
