"""Ids are never made twice, whoever makes them."""

import os
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

from hub.identifiers import IDS_PER_REFILL, uuid7


def many(count: int = IDS_PER_REFILL * 3) -> list[UUID]:
    return [uuid7() for _ in range(count)]


def test_an_id_is_a_version_7_uuid() -> None:
    assert {(one.version, one.variant) for one in many()} == {(7, RFC_4122)}


def random_part(made: UUID) -> int:
    return made.int & ((1 << 62) - 1)


def test_threads_never_take_the_same_randomness() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = [one for part in threads.map(lambda _: many(), range(8)) for one in part]

    assert len(set(map(random_part, made))) == len(made)


def test_a_forked_process_goes_on_with_randomness_of_its_own() -> None:
    uuid7()  # randomness is kept in store
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"".join(one.bytes for one in many(50)))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)

    theirs = {random_part(UUID(bytes=told[at : at + 16])) for at in range(0, len(told), 16)}
    ours = {random_part(one) for one in many(50)}
    assert len(theirs) == len(ours) == 50
    assert not theirs & ours
