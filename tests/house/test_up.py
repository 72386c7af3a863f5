"""What ``openecf up`` says at the end of a start."""

from __future__ import annotations

import pytest

from openecf.cli.layout import Layout
from openecf.cli.up import Up


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
