"""The embedded servers: who may do what, and what a crash may not change."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg import errors
from redis.backoff import NoBackoff
from redis.retry import Retry

from hub.embedded.hosting import EmbeddedFailure, command_of, remembered_port
from hub.embedded.postgres import Postgres, refuse_trust, sized_for
from hub.embedded.valkey import Valkey

pytestmark = pytest.mark.xdist_group("embedded")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def postgres(home: Path) -> Iterator[Postgres]:
    server = Postgres(home / "postgres", durable=True)
    server.start()
    with psycopg.connect(server.urls.owner, autocommit=True) as owner:
        owner.execute("CREATE TABLE kept (id bigserial PRIMARY KEY)")
    yield server
    server.discard()


@pytest.fixture(scope="module")
def valkey(home: Path) -> Iterator[Valkey]:
    server = Valkey(home / "valkey")
    server.start()
    yield server
    server.discard()


def add_row(server: Postgres) -> int:
    with psycopg.connect(server.urls.app, autocommit=True) as app:
        row = app.execute("INSERT INTO kept DEFAULT VALUES RETURNING id").fetchone()
    assert row
    return int(row[0])


def has_row(server: Postgres, row_id: int) -> bool:
    with psycopg.connect(server.urls.app) as app:
        return app.execute("SELECT 1 FROM kept WHERE id = %s", [row_id]).fetchone() is not None


@pytest.mark.parametrize(
    ("memory_mb", "buffers"), [(512, "128MB"), (2048, "256MB"), (24_000, "512MB")]
)
def test_buffers_grow_with_the_machine_within_bounds(memory_mb: int, buffers: str) -> None:
    assert f"shared_buffers={buffers}" in sized_for(memory_mb)


def test_a_durable_server_is_durable_and_sized(postgres: Postgres) -> None:
    with psycopg.connect(postgres.urls.app) as app:
        shown = {
            name: app.execute(f"SHOW {name}").fetchone()
            for name in ("fsync", "synchronous_commit", "full_page_writes", "jit")
        }
    assert shown == {
        "fsync": ("on",),
        "synchronous_commit": ("on",),
        "full_page_writes": ("on",),
        "jit": ("off",),
    }


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine ()",
        "ALTER TABLE kept ADD COLUMN more int",
        "DROP TABLE kept",
        "TRUNCATE kept",
        "CREATE DATABASE mine",
    ],
)
def test_the_application_role_cannot_change_the_schema(postgres: Postgres, statement: str) -> None:
    with (
        psycopg.connect(postgres.urls.app, autocommit=True) as app,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        app.execute(statement)


def test_tables_of_a_database_made_later_are_open_to_the_application_role(
    postgres: Postgres,
) -> None:
    with psycopg.connect(postgres.urls.owner, autocommit=True) as owner:
        owner.execute("CREATE DATABASE later")
    with psycopg.connect(postgres.url("hub_owner", "later"), autocommit=True) as owner:
        owner.execute("CREATE TABLE noted (id bigserial PRIMARY KEY)")

    with psycopg.connect(postgres.url("hub_app", "later"), autocommit=True) as app:
        app.execute("INSERT INTO noted DEFAULT VALUES")
        app.execute("UPDATE noted SET id = 7")
        app.execute("DELETE FROM noted")


@pytest.mark.parametrize("role", ["postgres", "hub_owner", "hub_app"])
@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_gets_in_without_the_password(postgres: Postgres, role: str, password: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(
            host="127.0.0.1", port=postgres.port, user=role, password=password, dbname="hub"
        )


def test_data_and_passwords_are_private_and_there_is_no_socket_file(postgres: Postgres) -> None:
    passwords = postgres.home / "passwords.json"

    assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert not [path for path in postgres.shared.rglob("*") if path.is_socket()]
    assert postgres.process
    assert postgres.passwords["hub_app"] not in command_of(postgres.process.pid)


def test_acknowledged_rows_survive_a_kill_and_the_addresses_stay(postgres: Postgres) -> None:
    before = postgres.urls

    for _ in range(3):
        row = add_row(postgres)
        postgres.kill()
        assert postgres.start() == before
        assert has_row(postgres, row)


def test_a_server_that_a_killed_run_left_behind_is_taken_over(postgres: Postgres) -> None:
    row = add_row(postgres)

    successor = Postgres(postgres.home)
    successor.start()

    assert successor.urls == postgres.urls
    assert has_row(successor, row)
    successor.stop()
    postgres.start()


def test_a_server_that_refuses_the_kept_password_is_not_left_running(postgres: Postgres) -> None:
    postgres.stop()
    stranger = Postgres(postgres.home)
    stranger.passwords = dict.fromkeys(stranger.passwords, "another")

    with pytest.raises(EmbeddedFailure, match=r"restore passwords\.json"):
        stranger.start()

    assert stranger.process
    assert stranger.has_ended()
    postgres.start()


def test_a_note_with_the_id_of_a_stranger_does_not_stop_the_start(postgres: Postgres) -> None:
    postgres.kill()
    note = postgres.data / "postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getpid()), *lines[1:]]))

    postgres.start()

    assert add_row(postgres)


def test_a_server_that_trusts_everybody_is_not_started(tmp_path: Path) -> None:
    rules = tmp_path / "pg_hba.conf"
    rules.write_text("# trust nobody\nhost all all 127.0.0.1/32 trust\n")

    with pytest.raises(EmbeddedFailure, match="without a password"):
        refuse_trust(rules)


def test_a_noted_port_is_kept_while_it_is_free(tmp_path: Path, postgres: Postgres) -> None:
    note = tmp_path / "port"
    first = remembered_port(note)

    again = remembered_port(note)
    note.write_text(str(postgres.port))
    other = remembered_port(note)

    assert again == first
    assert other != postgres.port
    assert note.read_text() == str(other)


def test_valkey_wants_its_password_and_does_not_show_it(valkey: Valkey) -> None:
    stranger = redis.Redis(port=valkey.port, retry=Retry(NoBackoff(), 0))

    with pytest.raises(redis.AuthenticationError):
        stranger.ping()
    assert valkey.process
    assert valkey.password not in command_of(valkey.process.pid)
    assert stat.S_IMODE((valkey.home / "password").stat().st_mode) == 0o600


def test_valkey_keeps_nothing_and_refuses_rather_than_forgets_when_full(valkey: Valkey) -> None:
    client = redis.Redis.from_url(valkey.url)
    client.set("bell", "rung")

    settings = client.config_get("*")
    valkey.kill()
    address = valkey.start()

    assert address == valkey.url
    assert redis.Redis.from_url(address).get("bell") is None
    assert (settings["save"], settings["appendonly"]) == ("", "no")
    assert settings["maxmemory-policy"] == "noeviction"
