"""The demonstration's rules of registration, and an invented attorney who waits for a clerk."""

from __future__ import annotations

import tomllib
from importlib import resources
from uuid import UUID

from openecf.platform.registering.profile import RegistrationProfile

WAITING = UUID("0ecf0000-0000-4000-8000-00000000fe95")
"""The request that is on the desk of ``COURT`` from the first minute."""
COURT, APPLICANT = "flsb", "boduya-law"
ANSWERS: dict[str, dict[str, object]] = {
    "role": {"role": "e-file", "here_already": "no", "case_number": ""},
    "filer": {
        "other_names": "",
        "firm": "Oduya Law Office",
        "address": "27 Tamarind Lane\nCoral Harbor, FL 33199",
        "phone": "305-555-0127",
        "fax": "",
    },
    "bars": {"bars": [{"kind": "state", "where": "FL", "number": "0060177", "admitted": "2021-11-05"}]},
    "notices": {"email": "boduya-law@counsel.example", "extra_emails": [], "form": "html"},
    "form": {
        "district-bar": "yes",
        "sponsor": "",
        "other-courts": "",
        "training": "online",
        "trained-on": "2026-02-12",
        "chapters": ["seven", "thirteen"],
        "oath": True,
    },
    "terms": {"e_service": True, "redaction": True},
}


def rules_of(court_id: str) -> RegistrationProfile:
    """What a court of the demonstration accepts; of a court that is not in the list: nothing online."""
    text = resources.files("openecf.platform.registering").joinpath("demo.toml").read_text("utf-8")
    return RegistrationProfile.model_validate(tomllib.loads(text).get(court_id, {}))
