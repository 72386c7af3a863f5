"""What the tests of registrations share at both sites: courts with rules, an applicant, what she says."""

from __future__ import annotations

from openecf.platform.registering.application import Application
from openecf.platform.registering.profile import RegistrationProfile

LF95 = {
    "code": "LF-95",
    "title": {"en": "Local registration form", "es": "Formulario local de registro"},
    "intro": "Complete it before access is granted.",
    "asked_of": "new",
    "roles": ["admission", "e-file"],
    "questions": [
        {"name": "training", "type": "date", "label": "Day of your training", "section": "Training"},
        {"name": "member", "type": "yes-no", "label": "Are you a member of the bar of this district?"},
        {
            "name": "chapters",
            "type": "choices",
            "label": "In which chapters do you practice?",
            "choices": [{"value": "seven", "label": "7"}, {"value": "thirteen", "label": {"en": "13", "es": "Trece"}}],
        },
        {"name": "sponsor", "type": "line", "label": "Sponsor", "required": False, "longest": 60},
        {"name": "oath", "type": "confirm", "label": "I read the local rules."},
    ],
}
FULL = {
    "accepts": {"e-file": {}, "admission": {"fee_cents": 20000}, "creditor": {}, "filing-agent": {}},
    "papers": [
        {"name": "good-standing", "label": "Certificate of good standing", "roles": ["admission"]},
        {"name": "resume", "label": "Curriculum vitae", "required": False, "roles": ["admission"]},
    ],
    "policies": [{"name": "e-service", "text": "I consent to electronic service.", "url": "https://court.example/p"}],
    "form": LF95,
    "days": 3,
}
ANSWERS = {"training": "2026-02-03", "member": "yes", "chapters": ["seven"], "sponsor": "", "oath": True}


def profile(**changes: object) -> RegistrationProfile:
    """The full rules of a court, with changes."""
    return RegistrationProfile.model_validate({**FULL, **changes})


def application(**changes: object) -> Application:
    """What a new attorney says, complete."""
    base = {
        "role": "e-file",
        "first_name": "Nerys",
        "last_name": "Halloran",
        "firm": "Halloran PA",
        "address_lines": ["9 Pier Street", "Miami, FL 33101"],
        "phone": "305-555-0107",
        "email": "nerys@counsel.example",
        "email_proved": True,
        "bars": [{"kind": "state", "where": "FL", "number": "0055123"}],
        "acknowledged": ["e-service"],
        "form": LF95,
        "answers": ANSWERS,
    }
    return Application.model_validate({**base, **changes})
