"""The HTTP side every sandbox shares: faults, the log of requests, the page for people."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar
from urllib.parse import parse_qsl, urlsplit

from syncs.sandbox.faults import Fault, FaultPlan

MAX_BODY_BYTES = 1_000_000
LOG_LENGTH = 2_000
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
PAGE_POLICY = "default-src 'none'; style-src 'self'"


class Unreadable(ValueError):
    """The body is not a JSON object."""


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def json(self) -> Mapping[str, object]:
        """:raises Unreadable: the body is no JSON object."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError as error:
            raise Unreadable("The body is not JSON.") from error
        if not isinstance(found, dict):
            raise Unreadable("The body is not an object.")
        return found


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    body: object
    media_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode()
        return json.dumps(self.body).encode()


@dataclass(frozen=True, slots=True)
class Sandbox:
    """One vendor: how it answers, its pages, and what shall go wrong."""

    answer: Callable[[Request], Reply]
    pages: Mapping[str, Callable[[], Reply]]
    plan: FaultPlan
    log: "deque[dict[str, object]]" = field(default_factory=lambda: deque(maxlen=LOG_LENGTH))
    log_lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, request: Request, reply: Reply | None, fault: Fault | None) -> None:
        """Keep what was asked and answered; headers stay out, they carry the token."""
        entry = {
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "request": _parsed(request.body),
            "status": reply.status if reply else 0,
            "response": reply.body if reply else None,
            "fault": fault is not None,
        }
        with self.log_lock:
            self.log.append(entry)

    def administer(self, request: Request) -> Reply:
        """Answer /_faults, /_log and /_health, which belong to the test and not to the vendor."""
        if request.path == "/_health":
            return Reply(200, {"status": "ok"})
        if request.path == "/_log":
            with self.log_lock:
                entries = list(self.log)
                if request.method == "DELETE":
                    self.log.clear()
            return Reply(200, {"entries": entries})
        if request.path != "/_faults":
            return Reply(404, {"message": "There is nothing at this address."})
        if request.method == "DELETE":
            self.plan.clear()
        elif request.method == "POST":
            try:
                self.plan.add(request.json())
            except ValueError as error:
                return Reply(400, {"message": str(error)})
        return Reply(200, self.plan.as_json())


def serve(sandbox: Sandbox, port: int) -> ThreadingHTTPServer:
    """Return a server bound to loopback; the caller runs and closes it."""
    handler = type("Handler", (_Handler,), {"sandbox": sandbox})
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one segment per answer: no waiting for a delayed ACK
    server_version = "sandbox"
    sys_version = ""
    timeout = 60
    sandbox: ClassVar[Sandbox]

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True

    def serve(self) -> None:
        request = self._read()
        if request is None:
            return
        if (request.headers.get("host") or "").rpartition(":")[0] not in LOOPBACK:
            self._send(Reply(421, {"message": "This sandbox answers on loopback only."}))
        elif request.path.startswith("/_"):
            self._send(self.sandbox.administer(request))
        elif request.method == "GET" and request.path in self.sandbox.pages:
            self._send(self.sandbox.pages[request.path]())
        else:
            self._answer(request)

    def log_message(self, *args: object) -> None:
        """Stay quiet: the log is at /_log."""

    def date_time_string(self, timestamp: float | None = None) -> str:
        offset_s = self.sandbox.plan.conditions.clock_offset_s
        return formatdate((timestamp or time.time()) + offset_s, usegmt=True)

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            self._send(Reply(413, {"message": "The body is too large."}))
            return None
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(length))
        return Request(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)

    def _answer(self, request: Request) -> None:
        fault = self.sandbox.plan.take(request.method, request.path)
        if fault is not None and fault.delay_s and not fault.apply_then_fail:
            time.sleep(fault.delay_s)
        reply: Reply | None = None
        if fault is None or not fault.fails or fault.apply_then_fail:
            reply = self._applied(request)
        if fault is not None and fault.apply_then_fail and fault.delay_s:
            time.sleep(fault.delay_s)
        if fault is not None and fault.fails:
            reply = None if fault.drop_connection else _failed(fault)
        self.sandbox.record(request, reply, fault)
        if reply is None:
            self.close_connection = True
        else:
            self._send(reply)

    def _applied(self, request: Request) -> Reply:
        try:
            return self.sandbox.answer(request)
        except (Unreadable, ValueError) as error:
            return Reply(400, {"status": "error", "message": str(error)})

    def _send(self, reply: Reply) -> None:
        content = reply.encoded()
        self.send_response(reply.status)
        if content:
            self.send_header("Content-Type", f"{reply.media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", PAGE_POLICY)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()


for _method in ("GET", "POST", "PATCH", "PUT", "DELETE"):
    setattr(_Handler, f"do_{_method}", _Handler.serve)


def _failed(fault: Fault) -> Reply:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    body = fault.body or {"status": "error", "message": "This was planned to fail."}
    return Reply(fault.status, body, headers=headers)


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body.decode("utf-8", "replace")[:2000]
