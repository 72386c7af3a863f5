"""The private PostgreSQL of ``openecf up``: whose number a leftover file holds, and why a start failed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from openecf.cli.postgres import PostgresDidNotStart, PrivatePostgres


def test_the_number_of_a_killed_server_that_went_to_another_process_is_nobody_to_talk_to_or_to_end(tmp_path: Path):
    server = PrivatePostgres(tmp_path, tmp_path / "log")
    (tmp_path / "postmaster.pid").write_text(f"{os.getpid()}\n{tmp_path}\n1700000000\n5432\n{tmp_path}\n")
    assert not server.running_elsewhere()
    server.end_leftover()  # or this process would not come to the next line


def test_a_server_that_ends_while_it_starts_is_told_with_its_own_words(tmp_path: Path):
    tmp_path.chmod(0o755)
    server = PrivatePostgres(tmp_path / "pg", tmp_path / "log")
    server.start()
    try:
        assert PrivatePostgres(tmp_path / "pg", tmp_path / "log").running_elsewhere()
    finally:
        server.stop()
    (tmp_path / "pg" / "postgresql.auto.conf").write_text("shared_preload_libraries = 'no_such_library'\n")
    with pytest.raises(PostgresDidNotStart, match="no_such_library.*log says more"):
        server.start()
