"""A stand-in for a PDS, for what a real one can't be told: to take its time, to hang, to count, to say when.

Run as a program: `ledger_pds.py [--delay SECONDS]`; it prints its address as a line of JSON. It answers the few methods
that delivering needs, keeps records by key as a PDS does, and tells at `/ledger` what it took and when.
An account whose handle starts with "hang" gets no answer to a write until `/release` is asked for.
"""

import argparse
import asyncio
import contextlib
import json
import time
from collections import Counter
from urllib.parse import parse_qsl

ENOUGH = 1_000_000


class Ledger:
    """What stands where, and what was asked for."""

    def __init__(self, delay):
        self.delay = delay
        self.records = {}
        self.writes = []
        self.calls = Counter()
        self.tokens = {}
        self.made = 0
        self.released = asyncio.Event()

    async def answer(self, method, path, headers, body):
        nsid, _, query = path.removeprefix("/xrpc/").partition("?")
        self.calls[nsid] += 1
        if path == "/ledger":
            return 200, {"writes": self.writes, "calls": self.calls}
        if path == "/release":
            self.released.set()
            return 200, {}
        if path == "/expire":
            self.tokens = {token: one for token, one in self.tokens.items() if token.startswith("refresh")}
            return 200, {}
        await asyncio.sleep(self.delay)
        return await self.xrpc(nsid, dict(parse_qsl(query)), headers, body)

    async def xrpc(self, nsid, query, headers, body):
        if nsid == "com.atproto.server.createSession":
            return 200, self.session(json.loads(body)["identifier"])
        handle = self.tokens.get(headers.get("authorization", "").removeprefix("Bearer "))
        if handle is None:
            return 400, {"error": "ExpiredToken", "message": "Token has expired"}
        return await self.as_somebody(handle, nsid, query, body)

    async def as_somebody(self, handle, nsid, query, body):
        if nsid == "com.atproto.server.refreshSession":
            return 200, self.session(handle)
        if nsid == "com.atproto.server.getSession":
            return 200, {"did": did_of(handle), "handle": handle, "active": True}
        if nsid == "com.atproto.repo.getRecord":
            return self.get((query["repo"], query["collection"], query["rkey"]))
        if nsid == "com.atproto.repo.putRecord" and handle.startswith("hang"):
            await self.released.wait()
        return self.write(nsid, body)

    def write(self, nsid, body):
        if nsid == "com.atproto.repo.putRecord":
            return self.put(json.loads(body))
        if nsid == "com.atproto.repo.deleteRecord":
            asked = json.loads(body)
            self.records.pop((asked["repo"], asked["collection"], asked["rkey"]), None)
            return 200, {}
        return 501, {"error": "MethodNotImplemented", "message": nsid}

    def session(self, handle):
        self.made += 1
        access, refresh = f"access-{self.made}", f"refresh-{self.made}"
        self.tokens |= {access: handle, refresh: handle}
        return {"did": did_of(handle), "handle": handle, "accessJwt": access, "refreshJwt": refresh}

    def get(self, place):
        if place not in self.records:
            return 400, {"error": "RecordNotFound", "message": "Could not locate record"}
        return 200, {"uri": uri_of(place), "cid": "bafyledger", "value": self.records[place]}

    def put(self, asked):
        place = (asked["repo"], asked["collection"], asked["rkey"])
        known = self.records.get(place)
        if known is not None and known != asked["record"]:
            return 400, {"error": "InvalidSwap", "message": "Record was at bafyledger"}
        # The same once more changes nothing, as at a PDS.
        self.records[place] = asked["record"]
        if known is None:
            self.writes.append({"uri": uri_of(place), "text": asked["record"]["text"], "at": time.time()})
        return 200, {"uri": uri_of(place), "cid": "bafyledger"}


def did_of(handle):
    return f"did:plc:{handle.replace('.', '')}"


def uri_of(place):
    return f"at://{'/'.join(place)}"


async def serve(ledger, reader, writer):
    """Answer one connection, request after request."""
    try:
        while line := await reader.readline():
            method, path, _version = line.decode().split()
            headers = {}
            while (line := (await reader.readline()).decode().strip()) != "":
                name, _, value = line.partition(":")
                headers[name.lower()] = value.strip()
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            status, said = await ledger.answer(method, path, headers, body)
            content = json.dumps(said).encode()
            head = f"HTTP/1.1 {status} -\r\ncontent-type: application/json\r\ncontent-length: {len(content)}\r\n\r\n"
            writer.write(head.encode() + content)
            await writer.drain()
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main(delay):
    ledger = Ledger(delay)
    server = await asyncio.start_server(
        lambda reader, writer: serve(ledger, reader, writer), "127.0.0.1", 0, backlog=1024, limit=ENOUGH
    )
    port = server.sockets[0].getsockname()[1]
    print(json.dumps({"url": f"http://localhost:{port}"}), flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--delay", type=float, default=0.0)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main(asked.parse_args().delay))
