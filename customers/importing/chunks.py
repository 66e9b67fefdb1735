"""Which worker does which chunk of a file. Two workers end where one would, row by row.

    chunk 1   reserve · lock its people · announce · write · commit
    chunk 2   reserve · wait ·············· lock its people · write · wait · commit

Chunk 2 locks its people only after chunk 1 has, so chunk 1 writes first whoever stands in both;
and it commits after chunk 1, or not at all. Reservation and announcement are advisory locks of
the chunk's own transaction: they end with a worker that dies.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from customers.importing.tables import Row
from hub import locks

# A row locks up to four identifiers: two chunks 5,600, of PostgreSQL's usual 6,400 for everybody.
ROWS_PER_CHUNK = 700
WORKERS_PER_IMPORT = 2
LOOKS_AGAIN_SECONDS = 0.01
PREVIOUS_CHUNK_SECONDS = 15.0


class OutOfOrder(Exception):
    """The import does not stand where this chunk begins; what the chunk wrote goes."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The ``rows`` that follow row ``after``; none at the end of the file."""

    of: UUID
    after: int
    rows: Sequence[Row]

    @property
    def lock_key(self) -> str:
        return f"import:{self.of}:after:{self.after}"

    @property
    def ready_key(self) -> str:
        """Held as soon as all people are locked whom the chunk is about."""
        return f"{self.lock_key}:ready"


class Chunks:
    """The rows of a file, cut into chunks from wherever its import stands."""

    def __init__(self, of: UUID, rows: Iterator[Row]) -> None:
        self._of, self._rows = of, rows
        self._kept: list[Row] = []

    def before(self, position: int) -> Iterator[Sequence[Row]]:
        """Yield the rows up to ``position``, a chunk at a time; only right after opening."""
        piece: list[Row] = []
        for row in self._rows:
            if row.number > position:
                self._kept.append(row)
                break
            piece.append(row)
            if len(piece) == ROWS_PER_CHUNK:
                yield piece
                piece = []
        if piece:
            yield piece

    def after(self, position: int) -> list[Chunk]:
        """Return the chunks that can be worked on now, the first one first."""
        self._kept = [row for row in self._kept if row.number > position]
        count = ROWS_PER_CHUNK * WORKERS_PER_IMPORT
        while len(self._kept) < count and (row := next(self._rows, None)):
            if row.number > position:
                self._kept.append(row)
        found: list[Chunk] = []
        for start in range(0, count, ROWS_PER_CHUNK):
            rows = self._kept[start : start + ROWS_PER_CHUNK]
            if rows or not found:
                found.append(Chunk(self._of, position, rows))
                position = rows[-1].number if rows else position
        return found


class ReservedChunk:
    """A chunk of this worker; ``previous`` is the one before it, which another worker has."""

    def __init__(self, chunk: Chunk, previous: Chunk | None) -> None:
        self.after, self.rows = chunk.after, chunk.rows
        self._chunk, self._previous = chunk, previous

    @property
    def is_first(self) -> bool:
        return self._previous is None

    def announce_locks(self) -> None:
        """Let the next chunk begin: all people are locked whom this one is about."""
        locks.exclusively([self._chunk.ready_key])

    def wait_for_locks_of_previous(self) -> None:
        """Wait until the previous chunk has locked its people, or is over.

        :raises OperationalError: it took longer than 15 seconds.
        """
        previous = self._previous
        if previous is None:
            return
        latest = time.monotonic() + PREVIOUS_CHUNK_SECONDS
        while time.monotonic() < latest:
            held = locks.held_by_others([previous.lock_key, previous.ready_key])
            if previous.ready_key in held or previous.lock_key not in held:
                return
            time.sleep(LOOKS_AGAIN_SECONDS)
        self.wait_for_end_of_previous()

    def wait_for_end_of_previous(self) -> None:
        """:raises OperationalError: it took longer than 15 seconds."""
        if self._previous:
            key = self._previous.lock_key
            locks.exclusively([key], patience_seconds=PREVIOUS_CHUNK_SECONDS)


def reserve_first(chunks: Sequence[Chunk]) -> ReservedChunk | None:
    """Reserve the first of ``chunks`` that no other worker has.

    :raises RuntimeError: called outside a transaction.
    """
    previous: Chunk | None = None
    for chunk in chunks:
        if locks.try_exclusively(chunk.lock_key):
            return ReservedChunk(chunk, previous)
        previous = chunk
    return None
