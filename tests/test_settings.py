"""Settings are checked once, and what makes no sense is refused by name."""

import stat

import pytest
from pydantic import ValidationError

from route_app.app import create_app
from route_app.settings import Settings, from_environment


def _settings(**values) -> Settings:
    return Settings(_env_file=None, **values)


def test_the_default_secret_is_refused_outside_debug(tmp_path):
    with pytest.raises(ValidationError, match="ROUTE_APP_SECRET_KEY"):
        _settings(data_dir=tmp_path, secret_key="dev")
    assert _settings(data_dir=tmp_path, secret_key="dev", debug=True).secret() == "dev"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    first = _settings(data_dir=tmp_path).secret()
    assert len(first) >= 32
    assert _settings(data_dir=tmp_path).secret() == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_an_address_without_scheme_is_refused(tmp_path):
    with pytest.raises(ValidationError, match="http:// or https://"):
        _settings(data_dir=tmp_path, base_url="fieldbeat.example.com")


def test_https_makes_an_installation_secure(tmp_path):
    assert _settings(data_dir=tmp_path, base_url="https://f.example.com/").secure
    assert not _settings(data_dir=tmp_path).secure


def test_they_cannot_be_changed_later(tmp_path):
    with pytest.raises(ValidationError):
        _settings(data_dir=tmp_path).debug = True


def test_they_come_from_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("ROUTE_APP_JOB_PROCESSES", "3")
    assert _settings(data_dir=tmp_path).job_processes == 3
    monkeypatch.setenv("ROUTE_APP_JOB_PROCESSES", "many")
    with pytest.raises(ValidationError, match="job_processes"):
        _settings(data_dir=tmp_path)


def test_a_setting_that_makes_no_sense_stops_the_start_with_its_name(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTE_APP_JOB_PROCESSES", "0")
    monkeypatch.setenv("ROUTE_APP_BASE_URL", "fieldbeat.example.com")
    with pytest.raises(SystemExit) as stopped:
        from_environment()
    said = str(stopped.value).splitlines()
    assert said[0].startswith("ROUTE_APP_BASE_URL: ")
    assert said[1].startswith("ROUTE_APP_JOB_PROCESSES: ")


def test_a_database_address_that_is_none_is_named_without_its_words(tmp_path):
    settings = _settings(data_dir=tmp_path, database_url="nonsense:secret")
    with pytest.raises(SystemExit, match="ROUTE_APP_DATABASE_URL") as stopped:
        create_app(settings)
    assert "secret" not in str(stopped.value)


@pytest.mark.parametrize(
    "url", ["routes.example:5000", "ftp://routes.example", "http://", "http://x:pört", "http://x y"]
)
def test_a_road_server_that_is_no_address_is_refused_without_its_words(tmp_path, url):
    with pytest.raises(ValidationError, match=r"Write it like http://routes\.example:5000"):
        _settings(data_dir=tmp_path, roads_server=url)


@pytest.mark.parametrize(
    "url", ["", "http://routes.example:5000", "https://jo:pass@[::1]:8002/valhalla/?api_key=x"]
)
def test_a_road_server_may_carry_what_it_needs(tmp_path, url):
    assert _settings(data_dir=tmp_path, roads_server=url).roads_server == url


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"geocoders": "local, nobody"}, "geopy does not know"),
        ({"geocoder_options": "{"}, "ROUTE_APP_GEOCODER_OPTIONS is no JSON"),
        ({"geocoder_url": "geo.example.org"}, "must begin with http"),
    ],
)
def test_geocoders_that_make_no_sense_stop_the_start(tmp_path, settings, sentence):
    with pytest.raises(SystemExit, match=sentence):
        create_app(Settings(data_dir=tmp_path, **settings))
