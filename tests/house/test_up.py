"""What ``openecf up`` says at the end of a start."""

from __future__ import annotations

import pytest

from openecf.cli.layout import Layout
from openecf.cli.up import WORKERS_APART, Up


@pytest.mark.parametrize(
    ("troubles", "down", "says", "because"),
    [
        (0, 0, "[bold]ready[/] in ", "everything answers"),
        (0, 1, "not ready[/]: One site does not answer", "a court that does not answer is not ready"),
        (0, 3, "not ready[/]: 3 sites do not answer", "nor are three"),
        (1, 0, "not ready[/]: a part could not be prepared", "a court whose migrations failed may answer all the same"),
        (2, 1, "not ready[/]: One site does not answer", "what does not answer is named first"),
    ],
)
def test_ready_is_said_only_of_an_installation_of_which_every_part_is(tmp_path, troubles, down, says, because):
    up = Up(Layout(tmp_path), first_port=9000, wanted=("flsb",), demonstration=False)
    said = up._outcome(troubles, down)
    assert says in said, because
    assert ("[bold]ready[/]" in said) is (not troubles and not down)
    assert "Ctrl-C stops everything." in said


def test_workers_begin_one_after_the_other_the_central_sites_first(tmp_path, monkeypatch):
    up, started, clock = Up(Layout(tmp_path), first_port=9000, wanted=(), demonstration=False), [], [1000.0]
    monkeypatch.setattr("openecf.cli.up.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(up, "_work", lambda site: started.append((site, clock[0])))
    up.workless = ["central", "flsb", "nysb"]
    for _ in range(30):
        up._put_to_work()
        clock[0] += 0.5
    assert [site for site, _ in started] == ["central", "flsb", "nysb"], (
        "who signs off at once waits for the first only"
    )
    assert all(later - earlier >= WORKERS_APART for (_, earlier), (_, later) in zip(started, started[1:], strict=False))
