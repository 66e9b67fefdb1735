"""Which worker does which chunk of a file, so that two at once end where one alone would.

A worker claims the first chunk that nobody has. At the chunk behind another one it waits, before
it looks for anybody, until the other has locked all that it is about, and it commits after the
other: whoever stands in both is treated in the order of the file, and no gap is ever left.

Both signs are advisory locks of the chunk's own transaction: a worker that dies lets go of them.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from customers.importing.tables import Row
from hub import locks

# Each row locks up to three identifiers, of PostgreSQL's 6,400 unless it is told otherwise.
CHUNK = 800
AT_ONCE = 2
LOOKS_AGAIN_SECONDS = 0.01
WAITS_FOR = "60s"


class Overtaken(Exception):
    """The import is not where this chunk begins: another worker did it, or did not finish."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """The ``rows`` that follow row ``after``; none at the end of the file."""

    of: UUID
    after: int
    rows: Sequence[Row]

    @property
    def claim(self) -> str:
        return f"import:{self.of}:after:{self.after}"

    @property
    def settled(self) -> str:
        """Held as soon as all is locked that the chunk is about."""
        return f"{self.claim}:settled"


class Chunks:
    """The rows of a file, cut into chunks from wherever its import stands."""

    def __init__(self, of: UUID, rows: Iterator[Row]) -> None:
        self._of, self._rows = of, rows
        self._kept: list[Row] = []

    def done(self, position: int) -> Iterator[Sequence[Row]]:
        """Yield the rows up to ``position``, a chunk at a time; only right after opening."""
        piece: list[Row] = []
        for row in self._rows:
            if row.number > position:
                self._kept.append(row)
                break
            piece.append(row)
            if len(piece) == CHUNK:
                yield piece
                piece = []
        if piece:
            yield piece

    def after(self, position: int) -> list[Chunk]:
        """Return the chunks that can be worked on now, the first one first."""
        self._kept = [row for row in self._kept if row.number > position]
        while len(self._kept) < CHUNK * AT_ONCE and (row := next(self._rows, None)):
            if row.number > position:
                self._kept.append(row)
        found: list[Chunk] = []
        for start in range(0, CHUNK * AT_ONCE, CHUNK):
            rows = self._kept[start : start + CHUNK]
            if rows or not found:
                found.append(Chunk(self._of, position, rows))
                position = rows[-1].number if rows else position
        return found


class Turn:
    """A claimed ``chunk``; ``behind`` is the one before it, where another worker is at it."""

    def __init__(self, chunk: Chunk, behind: Chunk | None) -> None:
        self.chunk, self._behind = chunk, behind

    def follow(self) -> None:
        """Wait until the one before has locked all that it is about, or is over."""
        while self._behind:
            held = locks.held_by_others([self._behind.claim, self._behind.settled])
            if self._behind.settled in held or self._behind.claim not in held:
                return
            time.sleep(LOOKS_AGAIN_SECONDS)

    def settle(self) -> None:
        """Let the one behind begin: all is locked that this chunk is about."""
        locks.exclusively([self.chunk.settled])

    def be_first(self) -> None:
        """Wait until the one before is over.

        :raises OperationalError: it took longer than a minute.
        """
        if self._behind:
            locks.exclusively([self._behind.claim], patience=WAITS_FOR)


def claimed(chunks: Sequence[Chunk]) -> Turn | None:
    """Claim the first of ``chunks`` that nobody has; the end of the file waits for the rest.

    :raises RuntimeError: called outside a transaction.
    """
    behind: Chunk | None = None
    for chunk in chunks:
        if locks.try_exclusively(chunk.claim):
            return Turn(chunk, behind)
        behind = chunk
    return None
