"""The memory of a sandbox: one SQLite file, so that a restart forgets nothing."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS record(
  id INTEGER PRIMARY KEY AUTOINCREMENT, type TEXT NOT NULL, properties TEXT NOT NULL,
  created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, archived_ms INTEGER,
  merged_into INTEGER);
CREATE INDEX IF NOT EXISTS record_by_change ON record(type, updated_ms, id);
CREATE TABLE IF NOT EXISTS unique_value(
  type TEXT, name TEXT, value TEXT, id INTEGER, PRIMARY KEY(type, name, value)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS link(
  from_type TEXT, from_id INTEGER, to_type TEXT, to_id INTEGER,
  PRIMARY KEY(from_type, from_id, to_type, to_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS definition(
  type TEXT, name TEXT, body TEXT, PRIMARY KEY(type, name)) WITHOUT ROWID;
"""
FIRST_ID = 101


class ValueTaken(Exception):
    """Another object has this value in a property that is unique."""

    def __init__(self, name: str, value: str, owner_id: int) -> None:
        super().__init__(f"{owner_id} already has that value.")
        self.name, self.value, self.owner_id = name, value, owner_id


@dataclass(frozen=True, slots=True)
class Stored:
    id: int
    type: str
    properties: Mapping[str, str]
    created_ms: int
    updated_ms: int
    archived_ms: int | None
    merged_into: int | None


class Store:
    """Shared by all request threads; what belongs together goes into one transaction."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;" + SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep other threads out; what is raised takes every change back."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
            self._base.execute("COMMIT")

    def close(self) -> None:
        with self._lock:
            self._base.close()

    def get(self, of: str, record_id: int) -> Stored | None:
        rows = self._select("WHERE type=? AND id=?", of, record_id)
        return rows[0] if rows else None

    def find(self, of: str, name: str, value: str) -> Stored | None:
        """Return the object that has ``value`` in the unique property ``name``."""
        sql = "SELECT id FROM unique_value WHERE type=? AND name=? AND value=?"
        with self._lock:
            row = self._base.execute(sql, (of, name, value)).fetchone()
        return self.get(of, row[0]) if row else None

    def page(self, of: str, *, archived: bool, after: int = 0, limit: int = -1) -> list[Stored]:
        state = "NOT NULL" if archived else "NULL"
        where = f"WHERE type=? AND archived_ms IS {state} AND merged_into IS NULL AND id>?"
        return self._select(f"{where} ORDER BY id LIMIT ?", of, after, limit)

    def insert(
        self, of: str, properties: Mapping[str, str], unique: Mapping[str, str], *, at_ms: int
    ) -> Stored:
        """:raises ValueTaken: a unique value belongs to another object; nothing is stored."""
        with self._lock:
            self._require_free(of, None, unique)
            sql = "INSERT INTO record VALUES(?,?,?,?,?,NULL,NULL)"
            first = None if self._base.execute("SELECT 1 FROM record").fetchone() else FIRST_ID
            body = json.dumps(dict(properties))
            record_id = self._base.execute(sql, (first, of, body, at_ms, at_ms)).lastrowid or 0
            self._claim(of, record_id, unique)
            return self._select("WHERE id=?", record_id)[0]

    def change(
        self,
        record: Stored,
        properties: Mapping[str, str],
        unique: Mapping[str, str],
        *,
        at_ms: int,
    ) -> Stored:
        """:raises ValueTaken: a unique value belongs to another object; nothing is stored."""
        with self._lock:
            self._require_free(record.type, record.id, unique)
            kept = {k: v for k, v in {**record.properties, **properties}.items() if v != ""}
            sql = "UPDATE record SET properties=?, updated_ms=? WHERE id=?"
            self._base.execute(sql, (json.dumps(kept), at_ms, record.id))
            self._claim(record.type, record.id, unique)
            return self._select("WHERE id=?", record.id)[0]

    def archive(self, record: Stored, *, at_ms: int, merged_into: int | None = None) -> None:
        """Take an object out of sight; its unique values are free again."""
        with self._lock:
            sql = "UPDATE record SET archived_ms=?, merged_into=? WHERE id=?"
            self._base.execute(sql, (at_ms, merged_into, record.id))
            gone = (record.type, record.id)
            self._base.execute("DELETE FROM unique_value WHERE type=? AND id=?", gone)

    def link(self, from_type: str, from_id: int, to_type: str, to_id: int) -> None:
        with self._lock:
            for ends in (
                (from_type, from_id, to_type, to_id),
                (to_type, to_id, from_type, from_id),
            ):
                self._base.execute("INSERT OR IGNORE INTO link VALUES(?,?,?,?)", ends)

    def linked(self, from_type: str, from_id: int, to_type: str) -> list[int]:
        sql = "SELECT to_id FROM link WHERE from_type=? AND from_id=? AND to_type=? ORDER BY to_id"
        with self._lock:
            return [row[0] for row in self._base.execute(sql, (from_type, from_id, to_type))]

    def move_links(self, of: str, old: int, new: int) -> None:
        """Give the links of a merged object to the one that stays."""
        sql = "SELECT to_type, to_id FROM link WHERE from_type=? AND from_id=?"
        with self._lock:
            for to_type, to_id in self._base.execute(sql, (of, old)).fetchall():
                self.link(of, new, to_type, to_id)
            self._base.execute("DELETE FROM link WHERE from_type=? AND from_id=?", (of, old))
            self._base.execute("DELETE FROM link WHERE to_type=? AND to_id=?", (of, old))

    def definitions(self, of: str) -> dict[str, dict[str, object]]:
        sql = "SELECT name, body FROM definition WHERE type=? ORDER BY name"
        with self._lock:
            return {row[0]: json.loads(row[1]) for row in self._base.execute(sql, (of,))}

    def define(self, of: str, name: str, body: Mapping[str, object]) -> None:
        with self._lock:
            row = (of, name, json.dumps(dict(body)))
            self._base.execute("INSERT OR REPLACE INTO definition VALUES(?,?,?)", row)

    def forget(self, of: str, name: str) -> None:
        with self._lock:
            self._base.execute("DELETE FROM definition WHERE type=? AND name=?", (of, name))

    def _select(self, where: str, *values: object) -> list[Stored]:
        sql = (
            "SELECT id,type,properties,created_ms,updated_ms,archived_ms,merged_into FROM record "
        )
        with self._lock:
            found = self._base.execute(sql + where, values).fetchall()
        return [Stored(row[0], row[1], json.loads(row[2]), *row[3:]) for row in found]

    def _require_free(self, of: str, record_id: int | None, unique: Mapping[str, str]) -> None:
        sql = "SELECT id FROM unique_value WHERE type=? AND name=? AND value=?"
        for name, value in unique.items():
            row = self._base.execute(sql, (of, name, value)).fetchone()
            if value and row and row[0] != record_id:
                raise ValueTaken(name, value, row[0])

    def _claim(self, of: str, record_id: int, unique: Mapping[str, str]) -> None:
        gone = "DELETE FROM unique_value WHERE type=? AND name=? AND id=?"
        for name, value in unique.items():
            self._base.execute(gone, (of, name, record_id))
            if value:
                row = (of, name, value, record_id)
                self._base.execute("INSERT INTO unique_value VALUES(?,?,?,?)", row)
