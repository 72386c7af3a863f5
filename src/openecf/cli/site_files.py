"""The folders of an installation's sites: made once, and kept in step with ports, database addresses and keys."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from openecf.cli.layout import (
    CENTRAL_HOSTS,
    GATEWAY,
    MAILBOX_SMTP,
    MAILBOX_WEB,
    MOST_COURTS,
    PAYGOV,
    Layout,
    write_public,
)
from openecf.cli.paygov_pages import CALLS, PAGE
from openecf.kernel import courts
from openecf.kernel.refusal import Refusal
from openecf.platform.config import (
    CentralConfig,
    PaymentsConfig,
    ServiceCenterConfig,
    Site,
    SiteConfig,
    SmtpConfig,
    create_site_folder,
    public_pem,
)

SANDBOX_APP = "OPENECF-SANDBOX"
SANDBOX_TOKEN = "sandbox-lantern-harbor"  # noqa: S105  (public on purpose: it opens the demonstration's own sandbox)

_INVENTED_CENTER = ServiceCenterConfig(
    phone="(800) 555-0106",
    email="service-center@pacer.example",
    hours={
        "en": "Monday to Friday, 8 a.m. to 6 p.m. Central Time",
        "es": "De lunes a viernes, de 8 a. m. a 6 p. m., hora del centro",
        "ht": "Lendi jiska vandredi, 8 è nan maten rive 6 è nan aswè, lè santral",
    },
    checks_to=("Demonstration Service Center", "PO Box 0", "Nowhere, TX 00000"),
)
"""Of the demonstration: nobody answers there."""


class TooManyCourts(Refusal):
    said = f"This installation's ports hold {MOST_COURTS} courts. Serve further courts from another installation."


def address(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _smtp(first_port: int, demonstration: bool) -> SmtpConfig:
    """The demonstration's own mailbox; of a real installation the mail server on this machine, until told otherwise."""
    return SmtpConfig(port=first_port + MAILBOX_SMTP) if demonstration else SmtpConfig()


def _payments(first_port: int, demonstration: bool) -> PaymentsConfig | None:
    """The demonstration's own sandbox of Pay.gov; a real installation takes payments once its operator says where."""
    if not demonstration:
        return None
    here = address(first_port + PAYGOV)
    return PaymentsConfig(url=here + CALLS, pages_url=here + PAGE, app_id=SANDBOX_APP, access_token=SANDBOX_TOKEN)


def lay_out_central(layout: Layout, *, first_port: int, database_url: str, demonstration: bool) -> Site:
    """The central site's folder. What an operator wrote in its ``site.json`` is kept; addresses follow the ports."""
    fresh = SiteConfig(
        id="central",
        kind="central",
        base_url=address(first_port),
        port=first_port,
        hosts=CENTRAL_HOSTS,
        database_url=database_url,
        demonstration=demonstration,
        smtp=_smtp(first_port, demonstration),
        payments=_payments(first_port, demonstration),
        service_center=_INVENTED_CENTER if demonstration else ServiceCenterConfig(),
    )
    return _lay_out(layout.site_folder("central"), fresh)


def lay_out_court(
    folder: Path, court_id: str, *, port: int, first_port: int, database_url: str, demonstration: bool, central: Site
) -> Site:
    """A court's folder (``folder`` may be a temporary place that is renamed when the court is ready)."""
    fresh = SiteConfig(
        id=court_id,
        kind="court",
        base_url=address(port),
        port=port,
        hosts=(courts.court(court_id).host,),
        database_url=database_url,
        demonstration=demonstration,
        smtp=_smtp(first_port, demonstration),
        payments=_payments(first_port, demonstration),
        central=CentralConfig(
            base_url=central.config.base_url,
            public_hosts=central.config.hosts,
            public_key=public_pem(central.signing_key),
        ),
    )
    return _lay_out(folder, fresh)


def _lay_out(folder: Path, fresh: SiteConfig) -> Site:
    if not (folder / "site.json").exists():
        return create_site_folder(folder, fresh)
    kept = Site(folder).config
    ours = {"database_url": fresh.database_url}
    if kept.base_url.startswith("http://127.0.0.1:"):
        # Still the demonstration's own addresses: they move with the ports. An operator's address stays.
        ours |= {"base_url": fresh.base_url, "port": fresh.port}
    if kept.demonstration:
        ours |= {"smtp": fresh.smtp, "payments": fresh.payments}
    if fresh.central:
        ours |= {"central": fresh.central}
    config = kept.model_copy(update=ours)
    return Site(folder) if config == kept else create_site_folder(folder, config)


def next_port(layout: Layout, first_port: int) -> int:
    """The lowest free port of the courts' range."""
    taken = {site.config.port for site in layout.sites()}
    for port in range(first_port + 1, first_port + 1 + MOST_COURTS):
        if port not in taken:
            return port
    raise TooManyCourts


def peers_digest(site: Site, others: list[Site]) -> str:
    """Changes when anything changes that this site must know of the sites that it exchanges messages with."""
    facts = [[other.id, other.config.base_url, other.config.hosts, public_pem(other.signing_key)] for other in others]
    return hashlib.sha256(json.dumps([site.config.base_url, facts]).encode()).hexdigest()[:16]


def peers_of(site: Site, everyone: list[Site]) -> list[Site]:
    """The central site knows every court; a court knows the central site."""
    kind = "court" if site.config.kind == "central" else "central"
    return [other for other in everyone if other.config.kind == kind]


def write_sites_file(layout: Layout, *, first_port: int) -> None:
    """``sites.json``, for the gateway, the tests and operators' tools."""
    facts = {
        "first_port": first_port,
        "sites": [
            {
                "id": site.id,
                "kind": site.config.kind,
                "base_url": site.config.base_url,
                "hosts": list(site.config.hosts),
                "public_key": public_pem(site.signing_key),
                "folder": str(site.folder),
            }
            for site in layout.sites()
        ],
    }
    if layout.is_demonstration():
        facts["mailbox"] = {
            "url": address(first_port + MAILBOX_WEB),
            "smtp_host": "127.0.0.1",
            "smtp_port": first_port + MAILBOX_SMTP,
        }
        facts["paygov"] = {"url": address(first_port + PAYGOV)}
        facts["gateway"] = {"proxy": address(first_port + GATEWAY), "ca": str(layout.var / "gateway" / "ca.pem")}
    write_public(layout.sites_file, json.dumps(facts, indent=1))
