"""What the stack remembers between runs."""

import stat

import pytest
from dotenv import dotenv_values

from mediashare.embedded import home as homes
from mediashare.embedded.checks import CannotRun, check_home, wanted_web_port
from mediashare.embedded.environment import as_env_file, service_settings
from mediashare.embedded.home import Home, Memory

PORTS = {"s3": 20_001, "postgres": 20_002, "broker": 20_003, "waiting": 20_004}


def test_secrets_are_made_once(tmp_path):
    home = Home(tmp_path)
    first = homes.recall(home)
    homes.remember(home, first)

    assert homes.recall(home) == first
    assert len(set(first.secrets.values())) == len(homes.SECRETS)


def test_only_the_owner_can_read_what_holds_secrets(tmp_path):
    home = Home(tmp_path)
    homes.remember(home, homes.recall(home))

    assert stat.S_IMODE((tmp_path / "stack.json").stat().st_mode) == 0o600


def test_a_memory_that_is_not_whole_is_explained(tmp_path):
    (tmp_path / "stack.json").write_text('{"ports": ')

    with pytest.raises(CannotRun, match="cannot be read"):
        homes.recall(Home(tmp_path))


def test_a_second_run_is_told_where_the_first_one_is(tmp_path):
    with homes.lock(Home(tmp_path)) as held:
        held.write("http://localhost:8000")
        held.flush()

        with pytest.raises(CannotRun, match="running already at http://localhost:8000"):
            homes.lock(Home(tmp_path))

    homes.lock(Home(tmp_path)).close()


def test_a_home_that_cannot_be_written_to_is_explained(tmp_path):
    file = tmp_path / "file"
    file.touch()

    with pytest.raises(CannotRun, match="cannot be written"):
        check_home(file / "var")


def test_a_full_disk_is_explained(tmp_path):
    with pytest.raises(CannotRun, match="free"):
        check_home(tmp_path, least_free_bytes=2**62)


@pytest.mark.parametrize("value", ["http", "0", "70000", "-1"])
def test_a_port_that_is_none_is_explained(value):
    with pytest.raises(CannotRun, match="PORT="):
        wanted_web_port(value)


def test_the_settings_survive_the_file_they_are_carried_in(tmp_path):
    home = Home(tmp_path / "a folder with 'quotes' and spaces")
    memory = Memory(PORTS, homes.recall(Home(tmp_path)).secrets)
    settings = service_settings(home, memory, web_port=8001)
    (tmp_path / "service.env").write_text(as_env_file(settings))

    assert dotenv_values(tmp_path / "service.env") == settings


def test_the_site_is_named_so_that_passkeys_work(tmp_path):
    memory = Memory(PORTS, homes.recall(Home(tmp_path)).secrets)

    settings = service_settings(Home(tmp_path), memory, web_port=8001)

    assert settings["SITE_URL"] == "http://localhost:8001"
