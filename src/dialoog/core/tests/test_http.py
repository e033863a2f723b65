"""The one way out: hostile addresses reach nothing, and no answer takes longer or more than allowed."""

import contextlib
import ipaddress
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dialoog.core.http import AddressRefused, GuardedClient, MaybeSent, NotSent, host_port, is_public


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.hits.append((self.path, dict(self.headers)))
        size = int(self.headers.get("content-length") or 0)
        self.rfile.read(size)
        self.server.answer(self)

    do_POST = do_HEAD = do_GET  # noqa: N815

    def log_message(self, *_):
        pass

    def reply(self, status=200, body=b"ok", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    address_family = socket.AF_INET
    request_queue_size = 256

    def handle_error(self, *_):
        pass


class Server6(Server):
    address_family = socket.AF_INET6


@contextlib.contextmanager
def serving(answer=Handler.reply, kind=Server, port=0):
    server = kind(("::1" if kind is Server6 else "127.0.0.1", port), Handler)
    server.hits, server.answer = [], answer
    server.port = server.server_address[1]
    server.url = f"http://127.0.0.1:{server.port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextlib.contextmanager
def raw(conversation):
    """A server that does with the socket what it's told, one connection after the other."""
    listener = socket.create_server(("127.0.0.1", 0))
    done = threading.Event()

    def run():
        while not done.is_set():
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            with peer, contextlib.suppress(OSError):
                conversation(peer, done)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        done.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(3)


@contextlib.contextmanager
def client(*allow, **kwargs):
    made = GuardedClient(frozenset(allow), **kwargs)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def canary():
    """A server on IPv4 and, where the machine has it, IPv6; nothing may reach it."""
    with contextlib.ExitStack() as stack:
        four = stack.enter_context(serving())
        with contextlib.suppress(OSError):
            six = stack.enter_context(serving(kind=Server6, port=four.port))
            four.hits = six.hits
        yield four
        assert four.hits == []


SPELLINGS = [
    "http://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.1:PORT/",
    "http://127.255.255.254:PORT/",
    "http://0x7f.1:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7F.0x0.0x0.0x1:PORT/",
    "http://2130706433:PORT/",
    "http://017700000001:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://127.000.000.001:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://[::]:PORT/",
    "http://[::1]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[0000:0000:0000:0000:0000:0000:0000:0001]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::ffff:0:127.0.0.1]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[::7f00:1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[64:ff9b::127.0.0.1]:PORT/",
    "http://[64:ff9b:1::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2001:0:7f00:1::]:PORT/",
    "http://[fec0::1]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fe80::1%25lo]:PORT/",
    "http://[::1%25lo]:PORT/",
    "http://[fc00::1]:PORT/",
    "http://[fd12:3456::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://[100::1]:PORT/",
    "http://[2001:db8::1]:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://localhost.:PORT/",
    "http://x.localhost:PORT/",
    "http://ip6-localhost:PORT/",
    "http://HOSTNAME:PORT/",
    "http://\uff11\uff12\uff17.\uff10.\uff10.\uff11:PORT/",
    "http://\u2460\u2461\u2466.\u24ea.\u24ea.\u2460:PORT/",
    "http://127\u30020\u30020\u30021:PORT/",
    "http://\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54:PORT/",
    "http://%31%32%37.0.0.1:PORT/",
    "http://127.0.0.1%00.example.org:PORT/",
    "http://example.org@127.0.0.1:PORT/",
    "http://example.org:80@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@example.org/",
    "http:\\\\127.0.0.1:PORT/",
    "http:/127.0.0.1:PORT/",
    "http:127.0.0.1:PORT/",
    "http:///127.0.0.1:PORT/",
    "//127.0.0.1:PORT/",
    "127.0.0.1:PORT/",
    " http://127.0.0.1:PORT/",
    "http://127.0.0.1 :PORT/",
    "\thttp://127.0.0.1:PORT/",
    "ht\ntp://127.0.0.1:PORT/",
    "http://127.0.0.1:PORT/\r\nX: y",
    "HTTP://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "ws://127.0.0.1:PORT/",
    "ftp://127.0.0.1:PORT/",
    "gopher://127.0.0.1:PORT/_GET%20/",
    "file://127.0.0.1:PORT/etc/passwd",
    "file:///etc/passwd",
    "unix:///run/x.sock",
    "data:text/plain,x",
    "javascript:alert(1)",
    "http://",
    "http://:PORT/",
    "http://[",
    "http://[127.0.0.1]:PORT/",
    "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "",
    "\x00",
    "http://" + "a" * 70_000 + "/",
]
FORBIDDEN = [
    *(
        "10.0.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.0.8",
    ),
    *("192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("0.0.0.0", "127.0.0.1", "192.88.99.1", "::", "::1", "::ffff:8.8.8.8", "::8.8.8.8", "64:ff9b::808:808"),
    *("2002:808:808::", "2001::1", "fec0::1", "fe80::1%eth0", "fd00::1", "ff0e::1", "4000::1", "2001:db8::1"),
    *("no address", "", "127.1"),
]


@pytest.mark.parametrize("spelling", SPELLINGS, ids=range(len(SPELLINGS)))
def test_no_spelling_reaches_loopback(spelling, canary):
    url = spelling.replace("PORT", str(canary.port)).replace("HOSTNAME", socket.gethostname())
    with client(timeout=3) as guarded, pytest.raises((AddressRefused, NotSent)):
        guarded.request("GET", url)


@pytest.mark.parametrize("spelling", SPELLINGS, ids=range(len(SPELLINGS)))
def test_no_spelling_leads_another_protocol_to_loopback(spelling):
    host = spelling.partition("//")[2].partition("/")[0].replace(":PORT", "").strip("[]")
    host = host.replace("HOSTNAME", socket.gethostname())
    with socket.create_server(("127.0.0.1", 0)) as canary, client() as guarded:
        canary.setblocking(False)
        with pytest.raises((AddressRefused, NotSent)):
            guarded.open_socket(host, canary.getsockname()[1], timeout=3)
        with pytest.raises(BlockingIOError):
            canary.accept()


def test_another_protocol_reaches_what_the_operator_named():
    with socket.create_server(("127.0.0.1", 0)) as named:
        port = named.getsockname()[1]
        with (
            client(f"127.0.0.1:{port}") as guarded,
            guarded.open_socket("127.0.0.1", port, timeout=3) as found,
        ):
            assert found.getpeername() == ("127.0.0.1", port)
            assert found.gettimeout() == 3
            with pytest.raises(AddressRefused):
                guarded.open_socket("127.0.0.1", port + 1, timeout=3)


def test_another_protocol_looks_a_name_up_once_and_tries_only_its_public_addresses(monkeypatch):
    answers, tried = iter([["1.1.1.1", "127.0.0.1"], ["127.0.0.1"]]), []

    def refuse(address, *_):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with client(resolver=lambda *_: next(answers)) as guarded:
        with pytest.raises(NotSent):
            guarded.open_socket("rebind.example", 25, timeout=3)
        with pytest.raises(AddressRefused):
            guarded.open_socket("rebind.example", 25, timeout=3)
    assert tried == [("1.1.1.1", 25)]


@pytest.mark.parametrize("address", FORBIDDEN)
def test_these_addresses_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"])
def test_these_addresses_are_public(address):
    assert is_public(address)


def test_our_table_refuses_all_that_python_calls_not_global():
    edges = [*ipaddress._IPv4Constants._private_networks, *ipaddress._IPv6Constants._private_networks]
    assert not [net for net in edges if is_public(str(net[0])) or is_public(str(net[-1]))]


def test_what_the_operator_named_is_reached_and_its_neighbour_is_not(canary):
    with serving() as named, client(named.url) as guarded:
        assert guarded.request("GET", f"{named.url}/a?b=1").body == b"ok"
        assert guarded.allows(named.url)
        assert not guarded.allows(canary.url)
        with pytest.raises(AddressRefused):
            guarded.request("GET", canary.url)


@pytest.mark.parametrize("hops", [1, 2, 3])
def test_a_redirect_to_loopback_is_refused_at_each_hop(hops, canary):
    def answer(handler):
        step = int(handler.path.strip("/") or 1)
        goal = canary.url if step == hops else f"/{step + 1}"
        handler.reply(302, Location=goal)

    with serving(answer) as first, client(first.url) as guarded:
        with pytest.raises(AddressRefused):
            guarded.request("GET", f"{first.url}/1")
        assert len(first.hits) == hops


@pytest.mark.parametrize(
    "goal", ["file:///etc/passwd", "http://[", "//127.0.0.1:1/", "http://a:b@example.org/"]
)
def test_a_redirect_to_no_address_is_refused(goal):
    redirect = lambda handler: handler.reply(301, Location=goal)  # noqa: E731
    with serving(redirect) as first, client(first.url) as guarded, pytest.raises((AddressRefused, NotSent)):
        guarded.request("GET", first.url)


def test_redirects_end_after_three():
    with (
        serving(lambda handler: handler.reply(302, Location="/again")) as first,
        client(first.url) as guarded,
    ):
        with pytest.raises(AddressRefused, match="too many"):
            guarded.request("GET", first.url)
        assert len(first.hits) == 4


def test_a_post_is_never_redirected():
    with (
        serving(lambda handler: handler.reply(307, Location="/again")) as first,
        client(first.url) as guarded,
    ):
        assert guarded.request("POST", first.url, content=b"x").status == 307
        assert len(first.hits) == 1


def test_tokens_do_not_follow_to_another_origin():
    with serving() as second:
        redirect = lambda handler: handler.reply(302, Location=second.url)  # noqa: E731
        with serving(redirect) as first, client(first.url, second.url) as guarded:
            guarded.request(
                "GET", first.url, headers={"Authorization": "secret", "DPoP": "proof", "X-A": "b"}
            )
            (_, seen), (_, sent) = second.hits[0], first.hits[0]
    assert sent["Authorization"] == "secret"
    assert "Authorization" not in seen
    assert "Dpop" not in {name.title() for name in seen}
    assert seen["X-A"] == "b"


def test_a_name_is_looked_up_once_and_only_its_public_addresses_are_tried(monkeypatch):
    """The rebinding trick: public first, loopback the next moment."""
    answers = iter([["1.1.1.1", "127.0.0.1", "::1"], ["127.0.0.1"], ["127.0.0.1"]])
    asked, tried = [], []

    def resolver(host, port):
        asked.append(host)
        return next(answers)

    def refuse(address, *_, **__):
        tried.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with client(resolver=resolver) as guarded:
        with pytest.raises(NotSent):
            guarded.request("GET", "http://rebind.example:8080/")
        with pytest.raises(AddressRefused):
            guarded.request("GET", "http://rebind.example:8080/")
    assert tried == [("1.1.1.1", 8080)]
    assert asked == ["rebind.example"] * 2


def test_the_connection_goes_to_the_address_that_was_checked():
    with serving() as named:
        asked = []
        name = f"pds.example:{named.port}"
        resolver = lambda host, port: asked.append(host) or ["127.0.0.1"]  # noqa: E731
        with client(name, resolver=resolver) as guarded:
            assert guarded.request("GET", f"http://{name}/").status == 200
            assert guarded.request("GET", f"http://{name}/").status == 200
    assert asked == ["pds.example"]
    assert named.hits[0][1]["Host"] == name


def test_proxies_of_the_environment_are_not_used(monkeypatch, canary):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, canary.url)
    with serving() as named, client(named.url) as guarded:
        assert guarded.request("GET", named.url).status == 200


def _drip(start, every=0.1):
    def conversation(peer, done):
        peer.recv(65536)
        peer.sendall(start)
        while not done.wait(every):
            peer.sendall(b"x")

    return conversation


@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_a_byte_at_a_time_ends_with_the_total_time(start):
    with raw(_drip(start)) as url, client(url, timeout=0.6) as guarded:
        began = time.monotonic()
        with pytest.raises(MaybeSent):
            guarded.request("GET", url)
        assert time.monotonic() - began < 1.5


def test_endless_early_hints_end_with_the_total_time():
    def conversation(peer, done):
        peer.recv(65536)
        while not done.wait(0.01):
            peer.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")

    with raw(conversation) as url, client(url, timeout=0.5) as guarded, pytest.raises(MaybeSent):
        guarded.request("GET", url)


def test_a_silent_handshake_ends_with_the_total_time_and_sent_nothing():
    silence = lambda peer, done: done.wait(5)  # noqa: E731
    with raw(silence) as url, client(url, timeout=0.5) as guarded, pytest.raises(NotSent):
        guarded.request("POST", url.replace("http:", "https:"), content=b"x")


def test_a_resolver_that_hangs_ends_with_the_total_time():
    release = threading.Event()
    with client(timeout=0.3, resolver=lambda *_: ["1.1.1.1"] * release.wait(10)) as guarded:
        began = time.monotonic()
        with pytest.raises(NotSent):
            guarded.request("GET", "http://example.org/")
        assert time.monotonic() - began < 1
    release.set()


def test_a_large_answer_is_not_read_to_its_end():
    large = lambda handler: handler.reply(body=b"x" * 50_001)  # noqa: E731
    with serving(large) as named, client(named.url, max_bytes=50_000) as guarded:
        with pytest.raises(MaybeSent, match="larger"):
            guarded.request("GET", named.url)
        assert guarded.request("HEAD", f"{named.url}/head").status == 200


def test_an_endless_answer_is_not_read_to_its_end():
    def conversation(peer, done):
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not done.is_set():
            peer.sendall(b"1000\r\n" + b"x" * 4096 + b"\r\n")

    with raw(conversation) as url, client(url, max_bytes=100_000) as guarded:
        began = time.monotonic()
        with pytest.raises(MaybeSent, match="larger"):
            guarded.request("GET", url)
        assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"rubbish\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000 + b"\r\n",
    ],
)
def test_a_lost_or_broken_answer_may_have_been_a_success(answer):
    def conversation(peer, done):
        peer.recv(65536)
        peer.sendall(answer)

    with raw(conversation) as url, client(url, timeout=3) as guarded, pytest.raises(MaybeSent):
        guarded.request("POST", url, json={"a": 1})


def test_nobody_there_means_that_nothing_was_sent():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with client(url) as guarded, pytest.raises(NotSent):
            guarded.request("POST", url, content=b"x")


def test_a_name_that_does_not_exist_means_that_nothing_was_sent():
    with client(timeout=5) as guarded, pytest.raises(NotSent):
        guarded.request("POST", "https://does-not-exist.invalid/", content=b"x")


def test_a_header_that_breaks_the_line_is_not_sent():
    with serving() as named, client(named.url) as guarded:
        with pytest.raises(AddressRefused):
            guarded.request("GET", named.url, headers={"X-A": "b\r\nEvil: yes"})
        assert named.hits == []


def test_threads_share_a_client_and_each_keeps_its_own_time():
    def answer(handler):
        if handler.path == "/slow":
            time.sleep(1)
        handler.reply(body=handler.path.encode())

    with serving(answer) as named, client(named.url, timeout=10) as guarded:
        outcomes = {}

        def ask(number):
            path = f"/{number}" if number % 8 else "/slow"
            try:
                body = guarded.request("GET", named.url + path, timeout=5 if number % 8 else 0.3).body
            except (MaybeSent, NotSent):
                body = b"late"
            outcomes[number] = body

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(128)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes == {number: b"/%d" % number if number % 8 else b"late" for number in range(128)}


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("localhost:2583", "localhost:2583"),
        ("http://LocalHost:2583", "localhost:2583"),
        ("https://pds.example", "pds.example:443"),
        ("http://pds.example/", "pds.example:80"),
        ("http://[::1]:2583", "::1:2583"),
    ],
)
def test_an_operator_may_write_an_address_in_two_ways(entry, expected):
    assert host_port(entry) == expected
