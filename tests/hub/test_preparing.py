"""What ``up`` asks before it starts anything, and what it tells its programs."""

import os
import socket
import stat
from argparse import ArgumentTypeError
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from hub.management import preparing, stack
from hub.management.browsers import find_chromium
from hub.management.commands.up import port_number
from hub.management.preparing import Refused
from hub.management.stack import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return Place(tmp_path / "run", "127.0.0.1", probe.getsockname()[1])


def test_a_port_in_use_is_refused_with_another_proposed(place: Place) -> None:
    with (
        socket.create_server(("127.0.0.1", place.port)),
        pytest.raises(Refused) as refused,
    ):
        preparing.require_port(place)

    assert str(refused.value) == (
        f"Port {place.port} is in use: stop what uses it, or choose another one, "
        f"such as --port {place.port + 1}."
    )


def test_a_full_disk_is_refused(place: Place) -> None:
    preparing.require_room(place, free_bytes=500_000_000)

    with pytest.raises(Refused, match=r"^No disk space: it needs 500 MB free in "):
        preparing.require_room(place, free_bytes=499_999_999)


def test_a_folder_that_is_up_says_where(place: Place) -> None:
    with (
        preparing.only_one(place),
        pytest.raises(Refused, match=f"is up already, at {place.url}."),
        preparing.only_one(place),
    ):
        pytest.fail("two at once")

    with preparing.only_one(place):
        assert (place.folder / "up.lock").read_text() == place.url


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"

    made = stack.kept_secrets(path)

    assert stack.kept_secrets(path) == made
    assert len(made["SECRET_KEY"]) >= 50
    assert Fernet(made["FIELD_ENCRYPTION_KEYS"]).encrypt(b"secret")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_stand_ins_are_known_to_the_programs_by_their_ports_only_with_the_demo(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("DEMO", "DEMO_CALENDAR_URL", "DEMO_CRM_URL", "INTERNAL_ALLOW"):
        monkeypatch.delenv(name, raising=False)
    place.folder.mkdir()

    with_demo = stack.environment(place, demo_ports=(5232, 8301))
    without = stack.environment(place, demo_ports=None)

    assert with_demo["DEMO_CALENDAR_URL"] == "http://127.0.0.1:5232/"
    assert with_demo["DEMO_CRM_URL"] == "http://127.0.0.1:8301/"
    assert with_demo["INTERNAL_ALLOW"] == "127.0.0.1:5232,127.0.0.1:8301"
    assert not {"DEMO", "DEMO_CALENDAR_URL", "INTERNAL_ALLOW"} & set(without)


def test_what_the_environment_says_wins(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    monkeypatch.setenv("DATABASE_URL", "postgres://given/hub")
    monkeypatch.setenv("REDIS_URL", "redis://given")
    place.folder.mkdir()

    assert stack.environment(place, demo_ports=None)["SECRET_KEY"] == "given"
    assert stack.servers(place.folder) == []


@pytest.mark.django_db
def test_a_migrated_database_has_nothing_pending_and_an_empty_one_everything() -> None:
    url = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    settled = database_url(url)

    assert not preparing.migrations_are_pending(settled)
    assert preparing.migrations_are_pending(url.rpartition("/")[0] + "/postgres")
    assert preparing.is_empty(settled)


def database_url(url: str) -> str:
    from django.db import connection

    return f"{url.rpartition('/')[0]}/{connection.settings_dict['NAME']}"


def test_a_browser_that_does_not_start_is_not_a_browser() -> None:
    assert find_chromium(output=lambda *_: "") is None


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_an_impossible_port_is_refused(port: str) -> None:
    with pytest.raises(ArgumentTypeError, match=f"^{port} is not a port: 1 to 65535$"):
        port_number(port)
