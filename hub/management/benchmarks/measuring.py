"""Fair figures on a machine with neighbors: contenders take turns, ratios are paired."""

import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Row:
    """``ratio`` says how many times the limit it costs: 1.0 is the limit.

    ``rows`` is how many measurements or records the figure rests on; ``note`` adds what a
    reader must know.
    """

    name: str
    figure: float
    unit: str
    limit: float
    ratio: float
    rows: int
    note: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


def in_turns(
    contenders: Mapping[str, Callable[[], float]], *, rounds: int
) -> dict[str, list[float]]:
    """Run every contender once per round, each round beginning with another one."""
    names = list(contenders)
    figures: dict[str, list[float]] = {name: [] for name in names}
    for contender in contenders.values():
        contender()  # warm
    for number in range(rounds):
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            figures[name].append(contenders[name]())
    return figures


def paired_ratio(costs: Sequence[float], limits: Sequence[float]) -> float:
    """The median of the ratios within each round; drift of the machine cancels out."""
    return statistics.median(cost / limit for cost, limit in zip(costs, limits, strict=True))


def timed(act: Callable[[], object]) -> float:
    """Milliseconds of one call."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, max(0, round(percent / 100 * len(ranked)) - 1))]


def cpu_seconds(*pids: int) -> float:
    """CPU time spent so far by these processes and all below them that still live."""

    def spent(process: psutil.Process) -> float:
        times = process.cpu_times()
        return float(times.user + times.system)

    return sum(_of_family(pids, spent))


def largest_mb(*pids: int) -> float:
    """Memory of the largest of these processes and all below them, in megabytes."""
    return max(_of_family(pids, lambda one: one.memory_info().rss / (1 << 20)), default=0.0)


def _of_family(pids: Sequence[int], measure: Callable[[psutil.Process], float]) -> Iterator[float]:
    """Measure these processes and all below them; those that end meanwhile are passed by."""
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            root = psutil.Process(pid)
            for process in [root, *root.children(recursive=True)]:
                with suppress(psutil.NoSuchProcess):
                    yield measure(process)
