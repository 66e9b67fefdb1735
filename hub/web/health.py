"""Is the process alive, and can it work? Answers for load balancers and for the supervisor."""

from collections.abc import Callable
from functools import cache

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from hub.access import public

BROKER_PATIENCE_SECONDS = 0.5

log = structlog.get_logger(__name__)


@public
def alive(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    return JsonResponse({"status": "ok"})


@public
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Ready means: the database answers and has every migration. A broker that is away delays
    background work and loses none, so it is reported and does not count.
    """
    database = _works(_ask_database)
    migrations = database and _works(_require_migrations)
    is_ready = database and migrations
    checks = {"database": database, "migrations": migrations, "broker": _works(_ask_broker)}
    words = {name: "ok" if works else "failed" for name, works in checks.items()}
    status = "ok" if is_ready else "unavailable"
    return JsonResponse({"status": status, "checks": words}, status=200 if is_ready else 503)


def _works(check: Callable[[], object]) -> bool:
    try:
        check()
    except (DatabaseError, RedisError, OSError, _Behind) as failure:
        log.warning("check_failed", check=check.__name__, error=type(failure).__name__)
        return False
    return True


class _Behind(Exception):
    """Some migrations have not run."""


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@cache
def _require_migrations() -> None:
    """Cached once it holds: a running process has the migrations it was started with."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise _Behind


def _ask_broker() -> None:
    with Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=BROKER_PATIENCE_SECONDS,
        socket_timeout=BROKER_PATIENCE_SECONDS,
    ) as broker:
        broker.ping()
