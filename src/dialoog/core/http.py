"""The one door to the outside: http(s) to public addresses only, within a time and a size.

The address is looked up once, checked, and connected to; a name that answers something else the
next moment (DNS rebinding) has no chance. Nothing is read from the environment (proxies, .netrc).
"""

import ipaddress
import json as json_module
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore2
import httpx2

MAX_REDIRECTS = 3
KEEP_IDLE_SECONDS = 4.0
MAX_ADDRESSES_TRIED = 3
_USER_AGENT = "Dialoog"
_NOT_FOR_OTHERS = frozenset({"authorization", "cookie", "dpop", "proxy-authorization"})

# https://www.iana.org/assignments/iana-ipv4-special-registry: all that isn't globally reachable, and multicast.
_DENIED_IPV4 = tuple(
    ipaddress.IPv4Network(net)
    for net in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24"),
        *("192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24"),
        *("224.0.0.0/4", "240.0.0.0/4"),
    )
)
# Of IPv6 only 2000::/3 is public; that leaves out loopback, mapped, NAT64, unique and site local, multicast.
_PUBLIC_IPV6 = ipaddress.IPv6Network("2000::/3")
# https://www.iana.org/assignments/iana-ipv6-special-registry: Teredo, ORCHID and the like, documentation, 6to4.
_DENIED_IPV6 = tuple(
    ipaddress.IPv6Network(net)
    for net in ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20")
)

Resolver = Callable[[str, int], Iterable[str]]


class AddressRefused(Exception):
    """The address may not be asked: not http(s), not public, or not an address at all."""


class NotSent(Exception):
    """Looking up, connecting or TLS failed: the other side never saw the request."""


class MaybeSent(Exception):
    """The request, or a part of it, left; what the other side did with it is unknown."""


class AnswerTooLarge(MaybeSent):
    """The other side answered with more than we read."""


@dataclass(frozen=True)
class Response:
    """An answer, read to its end. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str

    def json(self) -> Any:
        """Return the body as JSON.

        Errors: ValueError when it isn't.
        """
        return json_module.loads(self.body)


def is_public(address: str) -> bool:
    """Tell whether a numeric address may be connected to by anybody."""
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(ip, ipaddress.IPv4Address):
        return not any(ip in net for net in _DENIED_IPV4)
    return ip in _PUBLIC_IPV6 and not any(ip in net for net in _DENIED_IPV6)


def system_resolver(host: str, port: int) -> list[str]:
    """Return the numeric addresses of `host` as the system knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def host_port(address: str) -> str:
    """Return `host:port` in lower case for an origin or for `host:port` itself."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return f"{parts.hostname}:{port}"


class _Clock(threading.local):
    """Until when the request of this thread may take (monotonic seconds), and whether bytes of it left."""

    until = 0.0
    left = False

    def remaining(self, cap: float | None = None) -> float:
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise httpcore2.ReadTimeout("The total time is over.")
        return seconds if cap is None else min(cap, seconds)


class _Stream(httpcore2.NetworkStream):
    """A socket that keeps to the total time of the request and notes that bytes left."""

    def __init__(self, inner: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._inner, self._clock = inner, clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._clock.remaining(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        seconds = self._clock.remaining(timeout)
        self._clock.left = True
        self._inner.write(buffer, seconds)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        seconds = self._clock.remaining(timeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, seconds), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class _GuardedBackend(httpcore2.SyncBackend):
    """Looks a name up, checks what it got, and connects to exactly that."""

    def __init__(self, allow: frozenset[str], resolver: Resolver, clock: _Clock) -> None:
        self._allow, self._resolver, self._clock = allow, resolver, clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        found = self.checked(host, port)
        return _Stream(self._first_that_answers(found, port, timeout), self._clock)

    def checked(self, host: str, port: int) -> list[str]:
        """Return the addresses of a name that may be connected to; AddressRefused when there is none."""
        found = self._look_up(host, port)
        if f"{host}:{port}" not in self._allow:
            found = [address for address in found if is_public(address)]
        if not found:
            raise AddressRefused(f"{host} is not a public address")
        return found

    def _first_that_answers(
        self, found: list[str], port: int, timeout: float | None
    ) -> httpcore2.NetworkStream:
        failure: Exception = httpcore2.ConnectError("no address")
        for address in found[:MAX_ADDRESSES_TRIED]:
            try:
                return super().connect_tcp(address, port, self._clock.remaining(timeout))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    def _look_up(self, host: str, port: int) -> list[str]:
        """Resolve within the total time; the system's resolver itself knows no time-out."""
        answer: list[str] = []
        failure: list[Exception] = []

        def ask() -> None:
            try:
                answer.extend(self._resolver(host, port))
            except (OSError, ValueError) as error:
                failure.append(error)

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(self._clock.remaining())
        if failure:
            raise httpcore2.ConnectError(str(failure[0]))
        if asking.is_alive() or not answer:
            raise httpcore2.ConnectTimeout(f"{host} could not be looked up in time")
        return list(answer)


class GuardedClient:
    """Sends requests to public addresses, and to those that the operator allowed by name and port.

    Units: `timeout` in seconds for the whole of a request, look-up and redirects included;
           `max_bytes` for the body of an answer.
    Shape: may be shared by threads. `allow` holds `host:port` or whole origins.
    """

    def __init__(
        self,
        allow: frozenset[str] = frozenset(),
        timeout: float = 15,
        max_bytes: int = 5_000_000,
        *,
        resolver: Resolver = system_resolver,
        connections: int = 256,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.allow = frozenset(host_port(entry) for entry in allow)
        self._timeout, self._max_bytes = timeout, max_bytes
        self._clock = _Clock()
        self._backend = _GuardedBackend(self.allow, resolver, self._clock)
        self.ssl_context = ssl_context or httpx2.create_ssl_context(trust_env=False)
        self._pool = httpcore2.ConnectionPool(
            ssl_context=self.ssl_context,
            max_connections=connections,
            keepalive_expiry=KEEP_IDLE_SECONDS,
            network_backend=self._backend,
        )

    def allows(self, url: str) -> bool:
        """Tell whether the operator named this address, so that it need not be public or use TLS."""
        try:
            return host_port(url) in self.allow
        except ValueError:
            return False

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._pool.close()

    def open_socket(self, host: str, port: int, *, timeout: float) -> socket.socket:
        """Connect to a server that doesn't speak HTTP, behind the same check of its address.

        Units:  `timeout` in seconds, for looking up and connecting, and then for each reading and writing.
        Errors: AddressRefused, NotSent.
        """
        self._clock.until = time.monotonic() + timeout
        try:
            addresses = self._backend.checked(host.lower(), port)[:MAX_ADDRESSES_TRIED]
        except (httpcore2.ConnectError, httpcore2.TimeoutException) as error:
            raise NotSent(str(error)) from error
        failure: Exception = NotSent("no address")
        for address in addresses:
            try:
                found = socket.create_connection((address, port), self._clock.remaining())
            except (OSError, httpcore2.TimeoutException) as error:
                failure = error
            else:
                found.settimeout(timeout)
                return found
        raise NotSent(str(failure)) from failure

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        timeout: float | None = None,
    ) -> Response:
        """Send one request and read its whole answer; redirects are followed for GET and HEAD only.

        Units:  `timeout` in seconds for everything together.
        Errors: AddressRefused, NotSent, MaybeSent.
        """
        self._clock.until = time.monotonic() + (self._timeout if timeout is None else timeout)
        self._clock.left = False
        given = dict(headers or {})
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._send(_request(method, url, given, json, content))
            target = answer.headers.get("location", "")
            if method not in {"GET", "HEAD"} or answer.status not in {301, 302, 303, 307, 308} or not target:
                return answer
            goal = _join(answer.url, target)
            if _origin(goal) != _origin(answer.url):
                given = {name: value for name, value in given.items() if name.lower() not in _NOT_FOR_OTHERS}
            url = goal
        raise AddressRefused("too many redirects")

    def _send(self, request: httpx2.Request) -> Response:
        try:
            return self._exchange(request)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout, httpcore2.PoolTimeout) as error:
            raise NotSent(str(error)) from error
        except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
            raise AddressRefused(str(error)) from error
        except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
            raise (MaybeSent if self._clock.left else NotSent)(str(error)) from error

    def _exchange(self, request: httpx2.Request) -> Response:
        url = request.url
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.read(),
            extensions={"timeout": {"pool": self._clock.remaining()}},
        )
        answer = self._pool.handle_request(asked)
        try:
            headers = {
                name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers
            }
            return Response(answer.status, headers, self._read(answer, headers), str(url))
        finally:
            answer.close()

    def _read(self, answer: httpcore2.Response, headers: Mapping[str, str]) -> bytes:
        if headers.get("content-encoding", "identity") != "identity":
            raise MaybeSent("the answer is packed, which was not asked for")
        body = bytearray()
        for chunk in answer.iter_stream():
            body += chunk
            if len(body) > self._max_bytes:
                raise AnswerTooLarge(f"the answer is larger than {self._max_bytes} bytes")
        return bytes(body)


def _request(
    method: str, url: str, headers: Mapping[str, str], json: Any, content: bytes | None
) -> httpx2.Request:
    """Return the request in exact bytes; AddressRefused when `url` isn't a plain http(s) address."""
    ours = {"user-agent": _USER_AGENT, "accept": "*/*", "accept-encoding": "identity"}
    try:
        request = httpx2.Request(method, url, headers={**ours, **headers}, json=json, content=content)
        plain = (
            request.url.scheme in {"http", "https"} and bool(request.url.host) and not request.url.userinfo
        )
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise AddressRefused("not an address") from error
    if not plain:
        raise AddressRefused("only http and https, to a host, without a name and password")
    return request


def _join(base: str, target: str) -> str:
    try:
        return str(httpx2.URL(base).join(target))
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise AddressRefused("a redirect to something that is not an address") from error


def _origin(url: str) -> tuple[str, str, int | None]:
    parsed = httpx2.URL(url)
    return parsed.scheme, parsed.host, parsed.port
