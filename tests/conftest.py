"""Every test runs on real PostgreSQL, as the role ``hub_app`` that may not rewrite history.

One template database is migrated per run; each worker clones it. A test that needs commits
(``transaction=True``) gets its clone made anew afterwards, instead of truncated tables.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import hypothesis
import psycopg
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = os.environ.get("HUB_TEST_DB_PREFIX", "hub_test")


def pytest_configure(config: pytest.Config) -> None:
    plain = "django.contrib.staticfiles.storage.StaticFilesStorage"
    # How long an example takes is the machine's business; a loop without end meets pytest's own.
    hypothesis.settings.register_profile("hub", deadline=None)
    hypothesis.settings.load_profile("hub")
    settings.STORAGES = {**settings.STORAGES, "staticfiles": {"BACKEND": plain}}
    settings.CELERY_BROKER_URL = "memory://"  # bells of tests wake nobody
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True  # no complaint when nothing has been collected
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def _owner_url(database: str) -> str:
    parts = urlsplit(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{database}"))


def _as_owner(statement: str, *names: str, database: str = "postgres") -> None:
    with psycopg.connect(_owner_url(database), autocommit=True) as owner:
        owner.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _drop(name: str) -> None:
    """Drop a database; an autovacuum worker in it may not be ended by us, but ends soon."""
    for _ in range(100):
        try:
            return _as_owner("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ObjectInUse):
            time.sleep(0.1)
    return _as_owner("DROP DATABASE {} WITH (FORCE)", name)


def _template_name() -> str:
    """One template for each state of the migrations, so that a second run finds it ready."""
    seal = hashlib.sha256()
    for path in sorted(ROOT.glob("**/migrations/*.py")):
        if ".venv" not in path.parts:
            seal.update(path.read_bytes())
    for name in ("hub/access.py", "hub/history.py", "hub/accounts/roles.py"):
        seal.update((ROOT / name).read_bytes())
    return f"{PREFIX}_{seal.hexdigest()[:12]}"


def _exists(name: str) -> bool:
    with psycopg.connect(_owner_url("postgres"), autocommit=True) as owner:
        found = owner.execute("SELECT FROM pg_database WHERE datname = %s", [name])
        return found.fetchone() is not None


def _make_template(finished: str) -> None:
    if _exists(finished):
        return
    name = f"{finished}_unfinished"
    _drop(name)
    _as_owner("CREATE DATABASE {}", name)
    for kind, rights in (
        ("TABLES", "SELECT, INSERT, UPDATE, DELETE"),
        ("SEQUENCES", "USAGE, SELECT"),
    ):
        _as_owner(f"ALTER DEFAULT PRIVILEGES GRANT {rights} ON {kind} TO hub_app", database=name)
    default = connections["default"]
    as_app = dict(default.settings_dict)
    owner = urlsplit(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
    default.settings_dict |= {"NAME": name, "USER": owner.username, "PASSWORD": owner.password}
    call_command("migrate", verbosity=0)
    default.close()
    default.settings_dict.update(as_app)
    _as_owner("ALTER DATABASE {} RENAME TO {}", name, finished)


def _clone(template: str, name: str) -> None:
    _drop(name)
    _as_owner("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", name, template)


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_blocker: Any,
) -> Iterator[None]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    template, name = _template_name(), f"{PREFIX}_{worker}"
    settings.DATABASES["default"]["OPTIONS"].pop("pool", None)
    connections["default"].settings_dict["OPTIONS"].pop("pool", None)
    with django_db_blocker.unblock():
        if worker == "main":
            _make_template(template)
        else:
            _once(
                tmp_path_factory.getbasetemp().parent / "template",
                lambda: _make_template(template),
            )
        _clone(template, name)
        connections["default"].settings_dict["NAME"] = name
        renew = partial(_renew, template, name)
        setattr(TransactionTestCase, "_fixture_teardown", lambda _self: renew())  # noqa: B010
    yield
    with django_db_blocker.unblock():
        connections["default"].close()
        _drop(name)


def _renew(template: str, name: str) -> None:
    connections["default"].close()
    _clone(template, name)


def _once(flag: Any, make: Any) -> None:
    """Let the first worker make the template while the others wait for its file."""
    with flag.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not flag.exists():
            make()
            flag.touch()


@pytest.fixture(autouse=True)
def _own_documents(tmp_path: Any) -> Iterator[None]:
    """Each test stores its documents in a folder of its own."""
    storage: Any = storages["documents"]
    before = storage._location
    _move(storage, str(tmp_path / "documents"))
    yield
    _move(storage, before)


def _move(storage: Any, folder: str) -> None:
    storage._location = folder
    for cached in ("base_location", "location"):
        storage.__dict__.pop(cached, None)
