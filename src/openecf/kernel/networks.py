"""Which network an address belongs to: for counting tries, for knowing the courthouse's public terminals."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable


def network_of(address: str) -> str:
    """The network that failures are counted by: /24 of IPv4, /56 of IPv6; the text itself if it is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    bits = 24 if ip.version == 4 else 56
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))


def network(text: str) -> str:
    """A network as it is written, ``192.0.2.0/28`` (a single address is a network of one). ValueError if it is none."""
    return str(ipaddress.ip_network(text.strip()))


def lies_within(address: str, networks: Iterable[str]) -> bool:
    """Whether an address belongs to one of the networks. An IPv4 address in IPv6 clothes counts as what it is."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(ip, "ipv4_mapped", None)
    return any((mapped or ip) in ipaddress.ip_network(each) for each in networks)
