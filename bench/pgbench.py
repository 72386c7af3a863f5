"""PostgreSQL's own measure of its transactions: ``pgbench``, TPC-B, on the server that the sites use."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
from psycopg import sql

NAME = "openecf_bench_tpcb"


class TpcB:
    """A database for pgbench beside the sites'; same server, same settings for durability."""

    def __init__(self, site_url: str) -> None:
        self.parts = urlsplit(site_url)
        self.words = [self._binary(), *self._where()]
        self.made: set[int] = set()
        with psycopg.connect(site_url, autocommit=True) as connection:
            self.settings = {
                name: connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(name))).fetchone()[0]
                for name in ("fsync", "synchronous_commit", "full_page_writes")
            }
        self.site_url = site_url

    def rate(self, *, scale: int, clients: int, seconds: float) -> float:
        """Transactions a second of that many clients on a database of that scale."""
        name = f"{NAME}_{scale}"
        if scale not in self.made:
            with psycopg.connect(self.site_url, autocommit=True) as connection:
                connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            self._run(name, "--initialize", "--quiet", f"--scale={scale}")
            self.made.add(scale)
        said = self._run(name, f"--client={clients}", "--jobs=2", f"--time={max(1, round(seconds))}", "--no-vacuum")
        return float(re.search(r"^tps = ([0-9.]+)", said, re.MULTILINE)[1])

    def _run(self, database: str, *words: str) -> str:
        done = subprocess.run([*self.words, *words, database], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"pgbench: {done.stderr[-800:]}")
        return done.stdout

    def _binary(self) -> str:
        """The server's own pgbench if the server runs here from a folder, else the one that is installed."""
        folder = parse_qs(self.parts.query).get("host", [""])[0]
        pid_file = Path(folder or "/nowhere") / "postmaster.pid"
        if pid_file.exists():
            server = Path(f"/proc/{pid_file.read_text().split()[0]}/exe").resolve()
            if (own := server.with_name("pgbench")).exists():
                return str(own)
        if found := shutil.which("pgbench"):
            return found
        raise RuntimeError("There is no pgbench; install PostgreSQL's client programs.")

    def _where(self) -> list[str]:
        host = parse_qs(self.parts.query).get("host", [self.parts.hostname or "127.0.0.1"])[0]
        words = ["--host", host, "--username", self.parts.username or "postgres"]
        return [*words, "--port", str(self.parts.port)] if self.parts.port else words
