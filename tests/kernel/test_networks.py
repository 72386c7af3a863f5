"""Networks: what belongs to which."""

from __future__ import annotations

import pytest

from openecf.kernel import networks

TERMINALS = ("192.0.2.16/28", "2001:db8:7::/64")


@pytest.mark.parametrize(
    ("address", "inside", "because"),
    [
        ("192.0.2.16", True, "the first of the network"),
        ("192.0.2.31", True, "the last"),
        ("192.0.2.32", False, "the one after"),
        ("::ffff:192.0.2.17", True, "an IPv4 address in IPv6 clothes"),
        ("2001:db8:7::1", True, "the other network"),
        ("2001:db8:8::1", False, "a neighbour of it"),
        ("", False, "no address at all"),
        ("192.0.2.16, 10.0.0.1", False, "what a proxy writes is no address"),
        ("terminal", False, "a name"),
    ],
)
def test_whether_an_address_lies_within(address, inside, because):
    assert networks.lies_within(address, TERMINALS) is inside, because


def test_no_network_holds_nobody():
    assert not networks.lies_within("192.0.2.16", ())


@pytest.mark.parametrize(
    ("text", "is_one"), [("192.0.2.16/28", True), (" 192.0.2.1 ", True), ("192.0.2.17/28", False), ("x", False)]
)
def test_a_network_as_it_is_written(text, is_one):
    if is_one:
        assert networks.network(text) in ("192.0.2.16/28", "192.0.2.1/32")
    else:
        with pytest.raises(ValueError, match="192|x"):
            networks.network(text)
