"""Hosts with networks of their own: namespaces of this machine, joined by bridges, whose cables can be pulled."""

import os
import shutil
import subprocess

DATABASE, WORLD = "d", "w"


def may_be_made():
    """Tell whether this machine lets us make namespaces."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return False
    tried = subprocess.run(["ip", "netns", "add", "dlg-try"], capture_output=True, check=False)
    if tried.returncode == 0:
        ip("netns", "del", "dlg-try")
    return tried.returncode == 0


def ip(*words):
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"


class Spaces:
    """Two networks: one on which the database is, and one with the rest of the world. All ends with `end`."""

    def __init__(self):
        self._mark = f"{os.getpid() % 100_000}"
        self._hosts = []
        part = os.getpid() % 250
        self._nets = {DATABASE: f"10.213.{part}", WORLD: f"10.214.{part}"}
        for kind, net in self._nets.items():
            ip("link", "add", self._bridge(kind), "type", "bridge")
            ip("addr", "add", f"{net}.1/24", "dev", self._bridge(kind))
            ip("link", "set", self._bridge(kind), "up")

    def _bridge(self, kind):
        return f"dlg{kind}{self._mark}"

    def address(self, kind):
        """Return where this machine is on one of the networks."""
        return f"{self._nets[kind]}.1"

    def subnet(self, kind):
        return f"{self._nets[kind]}.0/24"

    def add(self):
        """Plug in one more host."""
        number = len(self._hosts) + 2
        host = Space(f"dlg{self._mark}-{number}", f"{self._mark}{number}")
        self._hosts.append(host)
        ip("netns", "add", host.name)
        ip("-n", host.name, "link", "set", "lo", "up")
        for kind, net in self._nets.items():
            inner = f"in{kind}"
            ip("link", "add", host.cable(kind), "type", "veth", "peer", "name", inner, "netns", host.name)
            ip("link", "set", host.cable(kind), "master", self._bridge(kind), "up")
            ip("-n", host.name, "addr", "add", f"{net}.{number}/24", "dev", inner)
            ip("-n", host.name, "link", "set", inner, "up")
        return host

    def end(self):
        for host in self._hosts:
            ip("netns", "del", host.name)
        for kind in self._nets:
            ip("link", "del", self._bridge(kind))


class Space:
    """One host: a network namespace with a cable to each network."""

    def __init__(self, name, mark):
        self.name, self._mark = name, mark

    def cable(self, kind):
        return f"c{kind}{self._mark}"

    def command(self, *words):
        """Return the command that runs in it, under the same process id."""
        return ["ip", "netns", "exec", self.name, *words]

    def pull(self, *kinds):
        """Pull cables: what is sent is lost, and nobody is told."""
        for kind in kinds:
            ip("link", "set", self.cable(kind), "down")

    def plug(self, *kinds):
        for kind in kinds:
            ip("link", "set", self.cable(kind), "up")
