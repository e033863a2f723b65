"""Runs the whole product as a person does: web and worker under one supervisor, in a data folder of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Product:
    """A running installation; `setup_url` is the one-time link that it printed."""

    def __init__(self, folder, *, allow="", words=(), patience=60):
        self.port = free_port()
        self.address = f"http://localhost:{self.port}"
        self.lines = []
        environment = {
            **os.environ,
            "DIALOOG_DATA": str(folder),
            "DIALOOG_ALLOW_ADDRESSES": allow,
            "DIALOOG_ADDRESS": self.address,
        }
        program = Path(sys.executable).parent / "dialoog"
        self.process = subprocess.Popen(
            [str(program), "up", "--port", str(self.port), *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self._wait(time.monotonic() + patience)

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip())

    def _wait(self, until):
        while time.monotonic() < until:
            assert self.process.poll() is None, "\n".join(self.lines)
            try:
                urllib.request.urlopen(f"{self.address}/account/login/", timeout=2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the product didn't answer\n" + "\n".join(self.lines))

    @property
    def setup_url(self):
        return next(found[0] for line in self.lines if (found := re.search(r"http\S+/start/\S+", line)))

    def stop(self):
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGTERM)
            self.process.wait(30)
        self.process.stdout.close()
        return self.process.returncode
