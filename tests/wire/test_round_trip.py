"""Dockets come back from the published client's parser as they went in: from a sheet, not from memory."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from tests.wire import invent, mutate
from tests.wire.table import ROOT, client_python, printed, round_trip

SHARED = ROOT.parent / "shared" / "dockets"
SAMPLE = {"district": 5, "bankruptcy": 7, "special": 2, "appellate": 5}
SEED = random.SystemRandom().randrange(1, 10**6)
VERSIONS = tuple(v for v in ("3", "4") if Path(client_python(v)).exists())

pytestmark = pytest.mark.skipif(not VERSIONS, reason="no environment with juriscraper: make clients")


@pytest.fixture(scope="module")
def invented(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("invented")
    invent.write(folder, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def sample(tmp_path_factory) -> Path:
    if not SHARED.is_dir():
        pytest.skip("no shared dockets beside the project")
    folder, chosen = tmp_path_factory.mktemp("sample"), random.Random(SEED)
    for kind, count in SAMPLE.items():
        files = sorted((SHARED / kind).glob("*.json"))
        (folder / kind).mkdir()
        for path in chosen.sample(files, min(count, len(files))):
            shutil.copy(path, folder / kind / path.name)
    return folder


def check(folder: Path, tmp_path: Path, *, edits: int = 0, exact: float = 1.0, fields: float = 1.0) -> None:
    for version, outcomes in round_trip(folder, clients=VERSIONS, edits=edits, work=tmp_path).items():
        table = printed(outcomes, f"juriscraper {version}, seed {SEED}")
        expected, wrong = sum(one.fields for one in outcomes), sum(len(one.wrong) for one in outcomes)
        assert outcomes and not any(one.failure for one in outcomes), table
        assert sum(one.exact for one in outcomes) >= exact * len(outcomes), table
        assert expected - wrong >= fields * expected, table


def test_invented_dockets_of_every_shape_come_back(invented, tmp_path):
    check(invented, tmp_path)


def test_they_come_back_after_a_party_an_attorney_and_an_entry_were_edited(invented, tmp_path):
    check(invented, tmp_path, edits=SEED)


def test_real_dockets_come_back(sample, tmp_path):
    check(sample, tmp_path, exact=0.99, fields=0.999)


def test_real_dockets_come_back_with_every_date_number_and_name_changed_and_edited(sample, tmp_path):
    mutate.folder(sample, tmp_path / "changed", seed=SEED)
    check(tmp_path / "changed", tmp_path, edits=SEED, exact=0.99, fields=0.999)


def test_files_that_no_court_can_take_are_named_with_the_reason(invented, tmp_path):
    folder = tmp_path / "mixed"
    shutil.copytree(invented, folder)
    (folder / "cut.json").write_text((invented / "civil.json").read_text()[:700])
    (folder / "list.json").write_text("[1]")
    (folder / "elsewhere.json").write_text('{"court_id": "moonb", "docket_number": "24-10001"}')
    (folder / "numberless.json").write_text('{"court_id": "flsb", "docket_number": "none"}')
    (outcomes,) = round_trip(folder, clients=VERSIONS[:1], work=tmp_path).values()
    table = printed(outcomes, "mixed")
    assert sum(one.exact for one in outcomes) == len(invent.SHAPES), table
    for name, reason in {"cut": "not docket JSON", "list": "not docket JSON", "elsewhere": "'moonb'"}.items():
        assert any(line.strip().startswith(f"{name}.json") and reason in line for line in table.splitlines()), table
    assert "numberless.json: The docket number is not one: 'none'" in table
