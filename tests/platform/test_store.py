"""The document store when something goes wrong: processes that die, disks that are full, buckets that are away."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from openecf.platform.config import StoreConfig, this_site
from openecf.platform.store import backends
from openecf.platform.store import services as store
from openecf.platform.store.backends import Folder
from openecf.platform.store.bucket import Bucket

ROOT = Path(__file__).parents[2]
PDF = b"%PDF-1.7 " + b"the settlement terms " * 30_000


def named(folder: Path) -> list[Path]:
    """Files that the store would find by their name."""
    return [p for kind in ("plain", "sealed") for p in (folder / kind).rglob("*") if p.is_file()]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(store, "_backend", lambda: Folder(tmp_path))
    return tmp_path


def test_what_lies_one_folder_deeper_is_found_kept_once_and_forgotten(folder, monkeypatch):
    """As stores of before November 26, 2026 have it. Whoever puts it again knows that its name is on the disk."""
    sha256 = store.put([PDF]).sha256
    [path] = named(folder)
    deeper = path.parent / sha256[2:4] / sha256
    deeper.parent.mkdir()
    path.rename(deeper)
    assert store.has(sha256)
    with store.open(sha256) as stored:
        assert stored.read() == PDF
    synced: list[str] = []
    monkeypatch.setattr(
        backends, "_sync_folder", lambda each, do=backends._sync_folder: synced.append(each) or do(each)
    )
    assert store.put([PDF]).sha256 == sha256 and named(folder) == [deeper]
    assert synced == [str(each) for each in (deeper.parent, path.parent, path.parent.parent, folder)]
    store.drop(sha256)
    assert not store.has(sha256) and not named(folder)


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_bytes_are_on_the_disk_before_they_have_a_name_and_their_name_before_put_returns(folder, monkeypatch, sealed):
    """Anything else and a power failure leaves a docket entry that names bytes nobody has."""
    done: list[str] = []
    fsync, replace = os.fsync, os.replace

    def synced(descriptor: int) -> None:
        kind = "folder" if os.path.isdir(f"/proc/self/fd/{descriptor}") else "file"
        done.append(f"{kind} {Path(os.readlink(f'/proc/self/fd/{descriptor}')).name}" if kind == "folder" else kind)
        fsync(descriptor)

    def renamed(of: str, to: str) -> None:
        done.append("named")
        replace(of, to)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", renamed)
    store.put([PDF], sealed=sealed)
    [path] = named(folder)
    above = [f"folder {part.name}" for part in (path.parent, path.parent.parent, path.parent.parent.parent)]
    assert done == ["file", "named", *above]


def test_the_name_of_open_bytes_is_their_hash(folder):
    stored = store.put([PDF[:1000], PDF[1000:]])
    assert stored.sha256 == hashlib.sha256(PDF).hexdigest()
    assert [path.name for path in named(folder)] == [stored.sha256]
    assert hashlib.sha256(named(folder)[0].read_bytes()).hexdigest() == stored.sha256


def test_the_same_bytes_put_by_many_at_once_are_kept_once(folder):
    with ThreadPoolExecutor(8) as filers:
        stored = set(filers.map(lambda _n: store.put([PDF]), range(24)))
    assert len(stored) == len(named(folder)) == 1
    assert not list((folder / "incoming").iterdir())


KILLED = """
import os, signal, sys
from openecf.platform.store import backends, services
services._backend = lambda: backends.Folder(__import__("pathlib").Path(sys.argv[1]))
when, die = sys.argv[2], lambda *_: os.kill(os.getpid(), signal.SIGKILL)
def pieces():
    yield b"x" * 300_000
    if when == "while it writes":
        die()
    yield b"y" * 300_000
if when == "before it has a name":
    os.replace = die
if when == "before the folder is synced":
    backends._sync_folder = die
services.put(pieces())
"""


@pytest.mark.parametrize("when", ["while it writes", "before it has a name", "before the folder is synced"])
def test_a_process_that_is_killed_leaves_whole_files_or_none_and_the_next_put_succeeds(folder, when):
    run = subprocess.run([sys.executable, "-c", KILLED, str(folder), when], cwd=ROOT, check=False, capture_output=True)
    assert run.returncode == -signal.SIGKILL
    whole = b"x" * 300_000 + b"y" * 300_000
    assert all(path.read_bytes() == whole for path in named(folder))
    stored = store.put([whole])
    with store.open(stored.sha256) as file:
        assert file.read() == whole


def test_what_killed_processes_left_half_written_is_cleared_after_a_day_and_nothing_else(folder):
    store.put([PDF])
    old, fresh = folder / "incoming" / "old", folder / "incoming" / "fresh"
    for path in (old, fresh):
        path.write_bytes(b"half")
    os.utime(old, (1, 1))
    assert store.sweep() == 1
    assert not old.exists() and fresh.exists() and len(named(folder)) == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of half a megabyte, where one may be mounted."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k,mode=755", "tmpfs", str(tmp_path)], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("mounting a small disk needs root")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


@pytest.mark.parametrize("sealed", [False, True], ids=["open", "sealed"])
def test_a_full_disk_refuses_in_words_and_what_was_there_stays(small_disk, monkeypatch, sealed):
    monkeypatch.setattr(store, "_backend", lambda: Folder(small_disk))
    kept = store.put([b"k" * 200_000], sealed=sealed)
    with pytest.raises(store.StoreFull) as refused:
        store.put([b"x" * 200_000, b"y" * 200_000], sealed=sealed)
    assert "Nothing was filed" in str(refused.value.said)
    assert not list((small_disk / "incoming").iterdir()), "room for the next, smaller one"
    with store.open(kept.sha256, sealed=sealed) as file:
        assert file.read() == b"k" * 200_000
    assert store.put([b"z" * 100_000], sealed=sealed).bytes == 100_000


@pytest.mark.parametrize(("module", "call"), [(os, "fsync"), (os, "replace"), (os, "mkdir")])
def test_a_disk_that_is_full_only_when_it_comes_to_it_refuses_too(folder, monkeypatch, module, call):
    def full(*_args: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, call, full)
    with pytest.raises(store.StoreFull):
        store.put([PDF])
    assert not named(folder)


@pytest.mark.django_db
def test_the_key_of_sealed_bytes_is_not_in_the_database():
    """Who has the database and the disk, and not the site's folder, has nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
        key = this_site().secrets.documents
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{key}%"])
            assert cursor.fetchone() == (0,), table
    assert re.fullmatch("[0-9a-f]{64}", key)
    assert (this_site().folder / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_bucket_that_is_away_is_to_callers_what_a_broken_disk_is(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    config = StoreConfig(kind="s3", bucket="court", endpoint_url="http://127.0.0.1:9", region="us-east-1")
    bucket = Bucket(config)
    monkeypatch.setattr(store, "_backend", lambda: bucket)
    for act in (lambda: store.put([PDF]), lambda: store.has("0" * 64), lambda: store.open("0" * 64)):
        with pytest.raises(OSError, match="document store"):
            act()
