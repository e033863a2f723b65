"""An installation of its own whose way to a network loses answers, and what is done to it."""

import importlib.util
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter
from pathlib import Path

import psycopg
from proxy import LosingProxy

from dialoog.config import installation

HERE = Path(__file__).parent


def load(name):
    """Return a module of tests/servers, which is no package."""
    spec = importlib.util.spec_from_file_location(name, HERE.parent / "servers" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def ensure_folder(tmp_path_factory, name):
    """Return a new data folder."""
    folder = tmp_path_factory.mktemp(name)
    installation.ensure(folder)
    return folder


class Installation:
    """An installation behind a line that loses a share of the answers to what holds `mark`."""

    def __init__(self, folder, target, *, posts, share=0.0, seed=0, database="", **line):
        self.folder, self.posts, self.database = folder, posts, database
        self.proxy = LosingProxy(target, share, seed, **line)
        self.environment = {
            **os.environ,
            "DIALOOG_DATA": str(folder),
            "DJANGO_SETTINGS_MODULE": "dialoog.config.settings",
            "DIALOOG_ALLOW_ADDRESSES": f"{self.proxy.url},{target}",
            **({"DIALOOG_DATABASE": database} if database else {}),
        }

    def make(self, channels):
        """Make the organisation, its channels, and its posts, in turn one for each channel."""
        self.run("installation.py", str(self.posts), json.dumps(channels))

    def run(self, program, *words, given=""):
        """Run a program of this folder in the installation, and return what it printed last."""
        told = subprocess.run(
            [sys.executable, str(HERE / program), *words],
            env=self.environment,
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        assert told.returncode == 0, told.stderr[-3000:]
        return json.loads(told.stdout.splitlines()[-1]) if told.stdout.strip() else {}

    def rows(self, statement):
        """Return what stands in its database."""
        if self.database:
            with psycopg.connect(self.database) as database:
                return database.execute(statement).fetchall()
        database = sqlite3.connect(self.folder / "dialoog.sqlite3")
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()

    def planned(self):
        """Return the texts that must reach a network."""
        return [
            (content if isinstance(content, dict) else json.loads(content))["text"]
            for (content,) in self.rows("SELECT content FROM publishing_delivery")
        ]


class OnBluesky(Installation):
    """An installation with an account on the PDS, and its own newsroom."""

    def __init__(self, folder, pds, handle, *, posts, **options):
        super().__init__(folder, pds.url, posts=posts, **options)
        self.pds, self.account = pds, pds.create_account(handle)
        typed = {"address": self.proxy.url, "handle": handle, "password": pds.app_password(self.account)}
        bluesky = {"network": "bluesky", "way": "app-wachtwoord", "typed": typed}
        self.make([{"network": "newsroom"}, bluesky])

    def ledger(self):
        """Return how often each text stands on the networks: what they say themselves."""
        there = Counter(record["value"]["text"] for record in self.pds.records(self.account.did))
        there.update(
            text for (text,) in self.rows("SELECT text FROM newsroom_item WHERE withdrawn_at IS NULL")
        )
        return there
