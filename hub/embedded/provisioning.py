"""The roles and the database of the embedded server. Repeatable: it runs at every start."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

ROLES = {"hub_owner": "LOGIN CREATEDB", "hub_app": "LOGIN"}
# Every new database is a copy of template1, so the tests' databases grant the same.
GRANTS = """
    ALTER DEFAULT PRIVILEGES FOR ROLE hub_owner
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hub_app;
    ALTER DEFAULT PRIVILEGES FOR ROLE hub_owner GRANT USAGE, SELECT ON SEQUENCES TO hub_app;
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    -- So that the owner can end sessions of a database that is to go.
    GRANT hub_app TO hub_owner;
"""


def provide(administrator_url: str, passwords: Mapping[str, str]) -> None:
    """``hub_owner`` owns the database hub; ``hub_app`` reads and writes rows, and no more."""
    with psycopg.connect(administrator_url, autocommit=True) as connection:
        for role, attributes in ROLES.items():
            ensure_role(connection, role, attributes, passwords[role])
        found = connection.execute("SELECT 1 FROM pg_database WHERE datname = 'hub'").fetchone()
    for database in ("template1", "hub"):
        if database == "hub" and not found:
            create_database(administrator_url)
        with psycopg.connect(administrator_url, dbname=database, autocommit=True) as connection:
            connection.execute(GRANTS)


def ensure_role(
    connection: psycopg.Connection[tuple[object, ...]], role: str, attributes: str, password: str
) -> None:
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    statement = sql.SQL("{verb} ROLE {role} {attributes} PASSWORD {password}").format(
        verb=sql.SQL("ALTER" if found else "CREATE"),
        role=sql.Identifier(role),
        attributes=sql.SQL(attributes),
        password=sql.Literal(password),
    )
    connection.execute(statement)


def create_database(administrator_url: str) -> None:
    with psycopg.connect(administrator_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE hub OWNER hub_owner")
