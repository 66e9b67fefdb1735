"""How a command ends: SIGTERM and a closed terminal do what Ctrl-C does."""

import signal

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_on_signals() -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    for number in ENDING:
        signal.signal(number, stop)


def ignore_signals() -> None:
    """From here on: a second Ctrl-C must not leave anything running."""
    for number in ENDING:
        signal.signal(number, signal.SIG_IGN)
