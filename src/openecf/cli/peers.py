"""Writing down, in one site, the other sites that it exchanges messages with."""

from __future__ import annotations

from openecf.platform.bus.models import Peer
from openecf.platform.config import Site, public_pem


def write_peer(site: Site) -> None:
    """Its address and public key, as they are now."""
    Peer.objects.update_or_create(
        id=site.id, defaults={"base_url": site.config.base_url, "public_key": public_pem(site.signing_key)}
    )
