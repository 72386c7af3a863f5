"""An installation whose parts can be killed and stopped, and a person who files at its court without a browser."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import httpx

from tests.court import pdfs
from tests.stand import Stand, person, until

COURT = "flsb"
FILER = "tokafor-law"
CASE = "24-10101"


class Machine(Stand):
    """One installation, seen as processes."""

    def processes(self, *words: str) -> list[int]:
        """Those of this installation whose command line has these words: ``("serve", "flsb")``, ``("mailbox",)``."""
        wanted = {word.encode() for word in words} | {str(self.var).encode()}
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                if wanted <= set((folder / "cmdline").read_bytes().split(b"\0")) and _state(folder) != "Z":
                    found.append(int(folder.name))
        return sorted(found)

    def everything(self) -> list[int]:
        """Every process of this installation, its PostgreSQL too."""
        ours = set(self.processes())
        postmaster = self.postmaster()
        return sorted(ours | ({postmaster} if postmaster else set()))

    def postmaster(self) -> int | None:
        """PostgreSQL's first process, if it lives."""
        with contextlib.suppress(FileNotFoundError, ValueError, IndexError):
            pid = int((self.var / "pg" / "postmaster.pid").read_text().split()[0])
            return pid if Path(f"/proc/{pid}").exists() and _state(Path(f"/proc/{pid}")) != "Z" else None
        return None

    def kill(self, *words: str) -> list[int]:
        """``kill -9``, all at once; who was killed."""
        killed = self.processes(*words)
        assert killed, f"no process {' '.join(words)}"
        for pid in killed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return killed

    @contextlib.contextmanager
    def without(self, *words: str) -> Iterator[None]:
        """Meanwhile these processes are dead and nobody starts them again."""
        supervisor = self.process.pid
        os.kill(supervisor, signal.SIGSTOP)
        try:
            self.kill(*words)
            yield
        finally:
            os.kill(supervisor, signal.SIGCONT)
        self.wait_until_whole()

    def resume_everything(self) -> None:
        """Whatever a story that failed left stopped goes on."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def wait_until_whole(self) -> None:
        """Every site answers, every worker and the mailbox run."""
        parts = [(command, site) for command in ("serve", "work") for site in ("central", COURT)] + [("mailbox",)]
        until(lambda: all(self.processes(*part) for part in parts) and self._answers(), seconds=60, what="all parts")

    def one(self, sql: str, *values: object, site: str = COURT) -> object:
        """The first field of the first row."""
        with self.database(site) as connection:
            row = connection.execute(sql, values).fetchone()
        return row[0] if row else None

    def letters(self, holding: str) -> list[tuple[str, ...]]:
        """The recipients of every mail in the mailbox that tells of this; one that came twice is there twice."""
        return [tuple(mail["to"]) for mail in self.mails() if holding in mail["subject"] + mail["text"] + mail["html"]]


def _state(folder: Path) -> str:
    return (folder / "stat").read_text().rpartition(")")[2].split()[0]


class Filer:
    """A person signed on at the court through Central Sign-On's own pages."""

    def __init__(self, machine: Machine, username: str = FILER) -> None:
        self.machine = machine
        self.http = httpx.Client(base_url=machine.url(COURT), timeout=120, follow_redirects=True)
        who = person(username)
        page = self.http.get("/login?next=/")
        typed = {"loginForm:loginName": who.username, "loginForm:password": who.password}
        page = self.http.post(action_of(page), data=hidden(page) | typed)
        if page.url.path == "/csologin/told":
            page = self.http.post(action_of(page), data=hidden(page) | {"redaction": "1"})
        assert (page.url.path, page.status_code) == ("/", 200), page.text[:500]

    def prepare(self, words: str) -> str:
        """A change of address, ready to be submitted; the draft's id. ``words`` mark it, so that it is found again."""
        menu = self.http.get("/filing/", params={"q": "change of address"})
        self.token = hidden(menu)["csrfmiddlewaretoken"]
        case = self.machine.one('SELECT id FROM "case" WHERE number = %s', CASE)
        begun = self._post("/filing/start", event="notice:change-of-address", case=case)
        draft = re.search(r"[0-9a-f-]{36}", str(begun.url))[0]
        files = {"main": (f"{words}.pdf", pdfs.plain(2, words), "application/pdf")}
        for _page in range(8):
            step = str(begun.url).rpartition("/")[2]
            if step == "final":
                return draft
            said: dict[str, object] = {"version": hidden(begun).get("version", ""), "go": "on", "free": words}
            if step == "parties":
                said["filers"] = re.search(r'name="filers"[^>]*value="(\d+)"', begun.text)[1]
            begun = self._post(f"/filing/{draft}/{step}", files=files if step == "documents" else None, **said)
        raise AssertionError(f"the filing does not come to its end: {begun.url}")

    def submit(self, draft: str) -> httpx.Response:
        """Press the last button."""
        final = self.http.get(f"/filing/{draft}/final")
        if final.url.path.endswith("/done"):
            return final
        return self._post(f"/filing/{draft}/final", version=hidden(final).get("version", ""))

    def file(self, words: str) -> str:
        """A whole filing; the draft's id."""
        draft = self.prepare(words)
        done = self.submit(draft)
        assert done.url.path.endswith("/done"), words_of(done)
        return draft

    def _post(self, path: str, files: dict | None = None, **said: object) -> httpx.Response:
        body = {"csrfmiddlewaretoken": self.token, **{key: str(value) for key, value in said.items()}}
        return self.http.post(path, data=body, files=files)


def hidden(page: httpx.Response) -> dict[str, str]:
    """The hidden fields of the page's main form."""
    form = re.search(r'(?s)<form(?![^>]*ecf-languages)[^>]*method="post".*?</form>', page.text)
    inputs = re.findall(r"<input[^>]*>", form[0] if form else "")
    facts = [dict(re.findall(r'([a-z]+)="([^"]*)"', one)) for one in inputs if 'type="hidden"' in one]
    return {one["name"]: unescape(one.get("value", "")) for one in facts}


def action_of(page: httpx.Response) -> str:
    """Where the page's main form goes."""
    form = re.search(r'<form(?![^>]*ecf-languages)[^>]*method="post"[^>]*>', page.text)
    named = re.search(r'action="([^"]*)"', form[0]) if form else None
    return urljoin(str(page.url), unescape(named[1])) if named else str(page.url)


def words_of(page: httpx.Response) -> str:
    """What a page says, in one line."""
    return f"{page.status_code} {page.url.path} " + re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))[:900]


def pause(seconds: float) -> None:
    time.sleep(seconds)
