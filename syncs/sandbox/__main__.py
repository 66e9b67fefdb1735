"""Run a sandbox: ``python -m syncs.sandbox --vendor hubspot --port 8301 --store FILE``."""

import argparse
import os
import signal
import sys
import threading
import time
from pathlib import Path

from syncs.sandbox import hubspot_pages
from syncs.sandbox.faults import FaultPlan
from syncs.sandbox.hubspot import HubSpot
from syncs.sandbox.serving import Sandbox, serve
from syncs.sandbox.store import Store

DEFAULT_BEARER = "sandbox-token"


def main(arguments: list[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    store, plan = Store(given.store), FaultPlan()
    vendor = HubSpot(store, plan, token=given.token, now=time.time)
    pages = {"/": lambda: hubspot_pages.index(store), "/style.css": hubspot_pages.stylesheet}
    try:
        server = serve(Sandbox(vendor.answer, pages, plan), given.port)
    except OSError as error:
        sys.stderr.write(f"Port {given.port} cannot be used: {error.strerror}\n")
        return 1
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.1)
    server.server_close()
    store.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="syncs.sandbox")
    parser.add_argument("--vendor", choices=["hubspot"], required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--store", type=Path, required=True)
    token = os.environ.get("SANDBOX_TOKEN", DEFAULT_BEARER)
    parser.add_argument("--token", default=token, help="the bearer token it accepts")
    return parser


if __name__ == "__main__":
    sys.exit(main())
