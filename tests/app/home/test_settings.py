"""Settings: options first, then the environment, then defaults."""

from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.home.settings import SettingsError, read_settings
from app.processes.supervisor import child_environ
from db.store.connections import sqlite_path
from sspcm.images.limits import Limits


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


NO_BUCKETS = [
    "pool",
    "s3://",
    "https://pool",
    "s3://key:secret@pool",
    "s3://pool/../other",
    "s3://pool//x",
    "s3://POOL",
]


def test_a_bucket_has_a_name_and_perhaps_a_prefix(tmp_path: Path) -> None:
    given = ("s3://pool", "s3://pool/", "s3://pool.of-us/a/team_1/")
    found = [read_settings(tmp_path, {"SSPCM_BUCKET": text}).bucket for text in given]
    assert found == ["s3://pool", "s3://pool", "s3://pool.of-us/a/team_1"]
    assert read_settings(tmp_path, {}).bucket is None


def test_credentials_in_a_buckets_address_are_not_shown(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(tmp_path, {"SSPCM_BUCKET": "s3://key:secret@pool"})
    assert "secret@" not in str(refused.value)


@pytest.mark.parametrize(
    ("environ", "named"),
    [
        ({"DATABASE_URL": "mysql://host/db"}, "mysql"),
        ({"SSPCM_PORT": "many"}, "many"),
        ({"SSPCM_PORT": "70000"}, "70000"),
        ({"SSPCM_MOST_HELD": "0"}, "from 1 to 1000"),
        ({"SSPCM_KEEP_ROUNDS": "-1"}, "or 'all'"),
        ({"SSPCM_METRICS_TOKEN": "short"}, "has 5 characters; wanted 16 or more"),
        ({"SSPCM_METRICS_TOKEN": "with a space in between"}, "letters and digits"),
        *(({"SSPCM_BUCKET": given}, "wanted s3://NAME or s3://NAME/PREFIX") for given in NO_BUCKETS),
        ({"SSPCM_LOG": "xml"}, "'plain' or 'json'"),
        ({"SSPCM_MOST_HELD": "\u0663"}, "SSPCM_MOST_HELD"),
        ({"SSPCM_DEVICE": "tpu"}, "tpu"),
        ({"SSPCM_ALLOWED_HOSTS": " ,"}, "host names"),
        ({"SSPCM_ALLOWED_HOSTS": "localhost,https://pose.example.org"}, "without scheme, port or path"),
        ({"SSPCM_ALLOWED_HOSTS": "pose.example.org:443"}, "without scheme, port or path"),
        ({"SSPCM_ALLOWED_HOSTS": "*.example.org"}, "host names alone"),
    ],
)
def test_a_setting_that_cannot_be_is_named(environ: dict[str, str], named: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=named):
        read_settings(tmp_path, environ)


ODD_NAMES = [
    "a?b",
    "a%3Fb",
    "a#b",
    "a;b",
    "a&b",
    "a b",
    "aü",
    "a\nb",
    "a@b:c",
    "'\"",
    "%",
    "a?x=1&y",
    ":memory:",
    "file:x",
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_home_of_any_name_keeps_its_store_inside_for_its_processes_too(name: str, tmp_path: Path) -> None:
    settings = read_settings(tmp_path / name, {})
    as_a_child_has_it = read_settings(None, child_environ(settings))
    assert as_a_child_has_it == settings
    assert sqlite_path(as_a_child_has_it.database_url) == tmp_path / name / "store.db"


@pytest.mark.parametrize("home", ["~nobody-of-that-name", "loop/home"])
def test_a_home_that_leads_nowhere_is_refused_in_words(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(SettingsError, match=r"leads nowhere.*Give another --home"):
        read_settings(Path(home), environ={})


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    with pytest.raises(SettingsError, match="is a file; wanted a folder"):
        read_settings(tmp_path / "home", {})


def test_an_empty_variable_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert read_settings(environ={"SSPCM_HOME": ""}).home == tmp_path / "data"


def test_a_home_whose_name_cannot_be_written_down_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="UTF-8"):
        read_settings(tmp_path / "\udcff", {})


def test_a_store_that_an_earlier_version_kept_outside_is_named(tmp_path: Path) -> None:
    (tmp_path / "a?b" / "images").mkdir(parents=True)
    (tmp_path / "a").write_bytes(b"SQLite format 3\0")
    with pytest.raises(SettingsError, match="Move it there if it is this home's"):
        read_settings(tmp_path / "a?b", {})
    assert read_settings(tmp_path / "a?c", {}).home == tmp_path / "a?c"  # new: nothing of it can lie elsewhere


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2@host:port/db",
        "postgres://me:hunter2@host:54x/db",
        "postgresql://me:hunter2@host",
        "postgresql://me:hunter2@[::1/db",
        "postgres://me:p@hunter2@127.0.0.1:1/db",
        "postgres://me:p@hunter2/s@host/db",
        "mysql://me:hunter2@host/db",
        "postgresql+asyncpg://me:hunter2@host/db",
        "hunter2",
        "me:hunter2@host/db",
        "sqlite:///a?hunter2",
        "sqlite:///",
        "POSTGRES://me:hunter2@host/db",
    ],
)
def test_a_url_that_cannot_be_is_refused_without_its_password(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="DATABASE_URL") as refused:
        read_settings(tmp_path, {"DATABASE_URL": url})
    assert "hunter2" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_password_of_odd_characters_arrives_whole_and_is_never_shown(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"DATABASE_URL": "postgres://me:p%40s%2Fs%3A%3F%23%25@host/db?sslmode=require"})
    assert make_url(settings.database_url).password == "p@s/s:?#%"
    assert "p%40s" not in repr(settings)


def test_how_many_images_one_holds_is_a_setting(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {}).most_held == 4
    assert read_settings(tmp_path, {"SSPCM_MOST_HELD": "9"}).most_held == 9
    kept = [read_settings(tmp_path, {"SSPCM_KEEP_ROUNDS": text}).keep_rounds for text in ("all", "0", "3")]
    assert kept == [None, 0, 3]


def test_hosts_are_compared_in_small_letters_and_without_spaces(tmp_path: Path) -> None:
    settings = read_settings(tmp_path, {"SSPCM_ALLOWED_HOSTS": "Pose.Example, [::1],"})
    assert settings.allowed_hosts == ("pose.example", "[::1]")


def test_the_largest_image_is_a_setting(tmp_path: Path) -> None:
    environ = {"SSPCM_LARGEST_MEGAPIXELS": "400", "SSPCM_LARGEST_IMAGE_MB": "1000"}
    assert read_settings(tmp_path, environ).image_limits == Limits(pixels=400_000_000, file_bytes=1_000_000_000)
    assert read_settings(tmp_path, {}).image_limits == Limits(pixels=100_000_000, file_bytes=200_000_000)


@pytest.mark.parametrize("text", ["0", "-1", "", "many", "1e3", "2.5", "1074", "\u00b2", "9" * 5000])
def test_a_largest_image_that_cannot_be_is_named(text: str, tmp_path: Path) -> None:
    for name in ("SSPCM_LARGEST_MEGAPIXELS", "SSPCM_LARGEST_IMAGE_MB"):
        with pytest.raises(SettingsError, match=rf"{name} is .*wanted a whole number from 1 to 1073"):
            read_settings(tmp_path, {name: text})


@pytest.mark.parametrize(
    "name,value", [("SSPCM_SECURE_COOKIES", "true"), ("SSPCM_SECURE_COOKIES", "yes"), ("SSPCM_PORT", "\u00b2")]
)
def test_a_setting_that_could_be_misread_is_refused(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"{name} is '{value}'; wanted"):
        read_settings(tmp_path, {name: value})


def test_an_empty_host_is_the_usual_one_and_never_every_address(tmp_path: Path) -> None:
    assert read_settings(tmp_path, {"SSPCM_HOST": ""}).host == "127.0.0.1"


def test_a_workers_name_and_patience_are_settings_that_its_processes_get_too(tmp_path: Path) -> None:
    usual = read_settings(tmp_path, {})
    assert (usual.worker, usual.worker_gone_s) == (None, 60.0)
    told = {"SSPCM_WORKER": "gpu-2", "SSPCM_WORKER_GONE_S": "20"}
    settings = read_settings(tmp_path, told)
    assert (settings.worker, settings.worker_gone_s) == ("gpu-2", 20.0)
    assert told.items() <= child_environ(settings).items()
    assert read_settings(tmp_path, child_environ(usual)).worker is None
    with pytest.raises(SettingsError, match="SSPCM_WORKER_GONE_S is '4'; wanted a number from 5 to 86400"):
        read_settings(tmp_path, {"SSPCM_WORKER_GONE_S": "4"})


@pytest.mark.parametrize(("text", "hours"), [("", 4.0), ("0.5", 0.5), ("24", 24.0), ("8760", 8760.0)])
def test_hours_are_read(text: str, hours: float) -> None:
    assert read_settings(Path("home"), {"SSPCM_IDLE_HOURS": text}).idle_hours == hours


@pytest.mark.parametrize("text", ["0", "-1", "1e3", "nan", "8761", "1.23456", "twelve", "0.01"])
@pytest.mark.parametrize("name", ["SSPCM_IDLE_HOURS", "SSPCM_SESSION_HOURS"])
def test_what_are_no_hours_is_refused_with_an_example(name: str, text: str) -> None:
    with pytest.raises(SettingsError, match=rf"{name} is '{text}'; wanted hours, from .05 to 8760, as in 12 or 0.5"):
        read_settings(Path("home"), {name: text})
