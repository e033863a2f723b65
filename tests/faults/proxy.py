"""A proxy that loses answers: the request arrives, the answer doesn't, as on a bad line."""

import random
import socket
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

SLOW_SECONDS = 0.4


class LosingProxy:
    """Listens on loopback, or elsewhere, and passes on to `target`.

    A share of the answers to requests that hold `mark` is lost, cut, late or turned into 500.
    """

    def __init__(
        self,
        target: str,
        share: float,
        seed: int,
        *,
        mark: bytes = b"com.atproto.repo.putRecord",
        at: str = "127.0.0.1",
    ) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._share, self._chance, self._mark = share, random.Random(seed), mark
        self._listener = socket.create_server((at, 0))
        self.port = self._listener.getsockname()[1]
        self.url = f"http://{'localhost' if at == '127.0.0.1' else at}:{self.port}"
        self.done: Counter[str] = Counter()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near: socket.socket) -> None:
        with near, socket.create_connection(self._target) as far:
            fate: list[str] = [""]
            threading.Thread(target=self._upward, args=(near, far, fate), daemon=True).start()
            try:
                while data := far.recv(65536):
                    if fate[0] == "slow":
                        time.sleep(SLOW_SECONDS)
                    if fate[0] == "lost":
                        return
                    if fate[0] == "500":
                        near.sendall(b"HTTP/1.1 500 Broken\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                        return
                    if fate[0] == "cut":
                        near.sendall(data[: len(data) // 2])
                        return
                    near.sendall(data)
            except OSError:
                return

    def _upward(self, near: socket.socket, far: socket.socket, fate: list[str]) -> None:
        try:
            while data := near.recv(65536):
                if self._mark in data:
                    with self._lock:
                        if self._chance.random() < self._share:
                            fate[0] = self._chance.choice(("lost", "500", "cut", "slow"))
                            self.done[fate[0]] += 1
                far.sendall(data)
            far.shutdown(socket.SHUT_WR)
        except OSError:
            return
