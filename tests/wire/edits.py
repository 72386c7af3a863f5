"""Editing a party, an attorney and an entry of a case through the court's own pages, and the same in the JSON."""

from __future__ import annotations

import copy
import random
from typing import Any

from openecf.court.cases.models import Case, Party
from openecf.court.docket.models import Entry
from tests.wire.desk import Clerk

HOSTILE = (
    'Case not found. <b>ORDER</b> & "quoted" \\ backslash; Assigned to: Judge Nobody; Referred to: Judge Else; '
    "Docket Text; Adversary Proceeding 24-01; Format: text; There are no documents in this case. -------"
)
"""Docket text that a program could take for a failed report, for labels, or for markup."""


def edit(case: Case, given: dict[str, Any], *, seed: int) -> dict[str, Any]:
    """Edit the case; what the published parser should then give."""
    chosen = random.Random(f"{seed}/{given['docket_number']}")
    expected = copy.deepcopy(given)
    clerk = Clerk()
    _edit_party(clerk, case, expected, chosen)
    _edit_attorney(clerk, case, expected, chosen)
    _edit_entry(clerk, case, expected, chosen)
    return expected


def _edit_party(clerk: Clerk, case: Case, expected: dict[str, Any], chosen: random.Random) -> None:
    parties = expected["parties"]
    if not parties:
        return
    place = chosen.randrange(len(parties))
    row = list(Party.objects.filter(case=case).order_by("position"))[place]
    new = f"Zephyrine & Sons {chosen.randrange(1000)}, d/b/a O'Malley"
    clerk.save(clerk.link(clerk.overview(case), f"/edit/party/{row.id}"), name=new)
    debtor = next((n for n, party in enumerate(parties) if party["type"] == "Debtor"), None)
    parties[place]["name"] = new
    if place == debtor and expected["court_id"].endswith("b"):
        expected["case_name"] = new


def _edit_attorney(clerk: Clerk, case: Case, expected: dict[str, Any], chosen: random.Random) -> None:
    with_counsel = [n for n, party in enumerate(expected["parties"]) if party.get("attorneys")]
    if not with_counsel:
        return
    place = chosen.choice(with_counsel)
    party = list(Party.objects.filter(case=case).order_by("position"))[place]
    row = party.representations.order_by("position").first()
    lines = ["Suite 4 <West>", "77 Invented Way", "Fax: 555-0100", "Email: new@counsel.example"]
    path = clerk.link(clerk.overview(case), f"/edit/attorney/{row.id}")
    clerk.save(path, name="Wilhelmina Q. Tester, Jr.", contact="\n".join(lines))
    attorney = expected["parties"][place]["attorneys"][0]
    attorney["name"] = "Wilhelmina Q. Tester, Jr."
    # A trial court's docket ends each line of a contact; an appellate one parts them.
    trial = not expected["court_id"].startswith("ca") or expected["court_id"].endswith(("d", "b", "n", "s"))
    attorney["contact"] = "".join(f"{line}\n" for line in lines) if trial else "\n".join(lines)


def _edit_entry(clerk: Clerk, case: Case, expected: dict[str, Any], chosen: random.Random) -> None:
    rows = list(Entry.objects.filter(case=case).order_by("position"))
    fitting = [n for n, row in enumerate(rows) if row.entered_note or not expected["docket_entries"][n]["date_entered"]]
    if not fitting:
        return
    place = chosen.choice(fitting)
    row = rows[place]
    text = f"{HOSTILE} {chosen.randrange(10**6)}"
    path = clerk.link_in_list(clerk.link(clerk.overview(case), "/edit/entries"), f"/edit/entries/{row.seq}")
    clerk.save(path, text=text, reason="typing")
    expected["docket_entries"][place]["description"] = f"{text} {row.entered_note}".strip()
