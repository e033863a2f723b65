"""A server that stands in for a network that can't be reached, and holds every request against its description.

A network's description is an OpenAPI document in `contracts/<network>.json` (its own where the licence lets us
keep it, else a short one of the calls that we use, each with the source of its facts). What it does and keeps is
a class in `contracts/<network>.py`: a method for each operationId. Requests that the description doesn't allow
are answered with 400 and stand in `violations`; answers of ours that it doesn't allow stand there too, so the
stand-in can't drift from the description either.
"""

import contextlib
import json
import threading
import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

FOLDER = Path(__file__).parent / "contracts"


@dataclass(frozen=True)
class Asked:
    """A request that the description allows. `body` is JSON, a form's fields, or bytes; `files` of a multipart form."""

    operation: str
    path: Mapping[str, Any]
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: Any
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """The bearer token."""
        return self.headers.get("authorization", "").partition(" ")[2]


@dataclass(frozen=True)
class Answer:
    """What the network says. `body` is bytes, or JSON; None is none."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@cache
def _read_contract(file: Path) -> tuple[Any, OpenAPI]:
    """Return a description, read and checked once: that takes longer than a test."""
    document = json.loads(file.read_text())
    return document, OpenAPI.from_dict(document)


class ContractServer(ThreadingHTTPServer):
    """The stand-in on loopback; `url` is its address, `network` what it knows, `violations` what was wrong."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(self, name: str | Path, network: Any) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        file = name if isinstance(name, Path) else FOLDER / f"{name}.json"
        self.document, self.contract = _read_contract(file)
        self.network = network
        network.url = self.url
        self.violations: list[str] = []
        self.lock = threading.RLock()

    def answer(self, request: "_Request") -> Answer:
        """Check, do, and check again."""
        checked = self.contract.unmarshal_request(request)
        if checked.errors:
            return self._refuse(f"{request.method} {request.path}", checked.errors)
        operation = self._operation(request)
        asked = Asked(
            operation=operation,
            path=checked.parameters.path,
            query=request.query,
            headers=request.given,
            body=request.content,
            files=request.files,
        )
        with self.lock:
            found = getattr(self.network, operation)(asked)
        given = found if isinstance(found, Answer) else Answer(200, found)
        self._check_ours(request, given)
        return given

    def _operation(self, request: "_Request") -> str:
        found = self.contract.request_unmarshaller._find_path(request)
        return str(found.operation["operationId"])

    def _check_ours(self, request: "_Request", given: Answer) -> None:
        try:
            errors = self.contract.unmarshal_response(request, _Response(given)).errors
        except OpenAPIError as error:
            errors = [error]
        self.violations += [
            f"our answer to {request.method} {request.path}: {_words(error)}" for error in errors
        ]

    def _refuse(self, what: str, errors: list[Exception]) -> Answer:
        said = [f"{what}: {_words(error)}" for error in errors]
        self.violations += said
        return Answer(400, {"error": "contract", "message": "; ".join(said)[:500]})

    def handle_error(self, *_: object) -> None:
        """Say nothing of connections that the other side cut."""


def _words(error: BaseException) -> str:
    causes = [str(one) for one in getattr(error, "schema_errors", ())] or [str(error.__cause__ or "")]
    return f"{error} {' '.join(causes)}".strip()[:600]


class _Request:
    """A request as openapi-core wants to see it."""

    def __init__(self, server: ContractServer, method: str, target: str, headers: Any, body: bytes) -> None:
        parts = urlsplit(target)
        self.host_url = server.document["servers"][0]["url"]
        self.path, self.method, self.body = parts.path, method.lower(), body or None
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.given = {name.lower(): value for name, value in headers.items()}
        self.content_type = self.given.get("content-type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query, keep_blank_values=True)),
            header=Headers(list(headers.items())),
        )
        self.content, self.files = _read(self.content_type, body)


def _read(kind: str, body: bytes) -> tuple[Any, dict[str, tuple[str, bytes]]]:
    if "json" in kind:
        with contextlib.suppress(ValueError):
            return json.loads(body), {}
    if kind.startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
    if kind.startswith("multipart/"):
        return _multipart(kind, body)
    return body, {}


def _multipart(kind: str, body: bytes) -> tuple[dict[str, str], dict[str, tuple[str, bytes]]]:
    message = BytesParser(policy=HTTP).parsebytes(f"content-type: {kind}\r\n\r\n".encode() + body)
    fields, files = {}, {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        data = part.get_payload(decode=True)
        if part.get_filename():
            files[name] = (part.get_content_type(), data)
        else:
            fields[name] = data.decode()
    return fields, files


class _Response:
    def __init__(self, given: Answer) -> None:
        self.status_code = given.status
        self.headers = Headers(list(given.headers.items()))
        self.data = _bytes(given.body)
        self.content_type = given.headers.get("content-type", "application/json")


def _bytes(body: Any) -> bytes:
    if body is None:
        return b""
    return body if isinstance(body, bytes) else json.dumps(body).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: ContractServer

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:
            # Whoever sent it died in the middle: no server takes half a request.
            self.close_connection = True
            return
        try:
            given = self.server.answer(_Request(self.server, self.command, self.path, self.headers, body))
        except Exception:
            self.server.violations.append(traceback.format_exc())
            raise
        data = _bytes(given.body)
        self.send_response(given.status)
        for name, value in {"content-type": "application/json", **given.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    # The names that the standard library calls.
    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextlib.contextmanager
def standing_in(name: str | Path, network: Any) -> Iterator[ContractServer]:
    """Run the stand-in; `name` is a description of ours or the file of one, `network` what it knows and does."""
    server = ContractServer(name, network)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
