"""Stands between a connector and a real server, hands requests on, counts them, and fails as it is told."""

import contextlib
import http.client
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Fault:
    """What happens to requests whose path contains `path`.

    `passes`: whether the server behind gets the request. Then: `status` 0 cuts the connection without an
    answer, any other status is answered with `headers` and `body`; None gives the server's own answer.
    `times` says how often; afterwards all is well.
    """

    path: str
    passes: bool = False
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    times: int = 1_000_000


class FaultProxy(ThreadingHTTPServer):
    """A reverse proxy on loopback; `calls` counts requests by the last part of their path."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(target)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.calls: Counter[str] = Counter()
        self.fault: Fault | None = None
        self.failed = 0
        self.lock = threading.Lock()

    def fail(self, fault: Fault | None) -> None:
        """Fail like this from now on; None ends it."""
        with self.lock:
            self.fault, self.failed = fault, 0

    def take(self, path: str) -> Fault | None:
        """Count a request and return the fault that it meets."""
        with self.lock:
            self.calls[urlsplit(path).path.rpartition("/")[2]] += 1
            fault = self.fault
            if fault is None or fault.path not in path or self.failed >= fault.times:
                return None
            self.failed += 1
            return fault

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the other side cut."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: FaultProxy

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        fault = self.server.take(self.path)
        answer = self._pass_on(body) if fault is None or fault.passes else None
        if fault is not None and fault.status is not None:
            self._fail(fault)
        elif answer is not None:
            self._answer(*answer)

    # The names that the standard library calls.
    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def _fail(self, fault: Fault) -> None:
        if not fault.status:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        self._answer(fault.status, {"content-type": "application/json", **fault.headers}, fault.body)

    def _pass_on(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        target = self.server.target
        behind = http.client.HTTPConnection(str(target.hostname), target.port, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
            behind.request(self.command, self.path, body or None, headers)
            answer = behind.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            behind.close()

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in {"transfer-encoding", "content-length", "connection", "date", "server"}:
                self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def standing_before(target: str) -> Iterator[FaultProxy]:
    """Run a proxy before the server at `target`."""
    proxy = FaultProxy(target)
    thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.shutdown()
        proxy.server_close()
        thread.join()
