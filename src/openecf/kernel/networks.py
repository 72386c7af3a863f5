"""Which network an address belongs to, for counting tries."""

from __future__ import annotations

import ipaddress


def network_of(address: str) -> str:
    """The network that failures are counted by: /24 of IPv4, /56 of IPv6; the text itself if it is no address."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:60]
    bits = 24 if ip.version == 4 else 56
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))
