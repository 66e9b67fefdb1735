"""Do something many times at the same moment, each time on a connection of its own."""

import threading
from collections.abc import Callable

from django.db import connection


def at_once(count: int, act: Callable[[int], object]) -> list[object]:
    """Call ``act(0) … act(count - 1)`` together; return each result, or the exception raised."""
    barrier = threading.Barrier(count)
    outcomes: list[object] = [None] * count

    def run(place: int) -> None:
        connection.ensure_connection()
        barrier.wait()
        try:
            outcomes[place] = act(place)
        except Exception as error:  # noqa: BLE001  (the outcome is what the test looks at)
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
