"""A request to file at a court, as it crosses from the central site to the court."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from openecf.platform.registering.profile import LocalForm

Line = Annotated[str, Field(max_length=200)]
Answer = Annotated[str, Field(max_length=4000)] | list[Annotated[str, Field(max_length=40)]] | bool
MOST_EXTRA_ADDRESSES = 5


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bar(_Data):
    """An admission of an attorney: to the bar of a state (two letters) or of a federal court (its id)."""

    kind: Literal["state", "federal"]
    where: Annotated[str, Field(min_length=2, max_length=8)]
    number: Annotated[str, Field(min_length=1, max_length=40)]
    admitted: date | None = None


class UploadedPaper(_Data):
    """A PDF that came with the request; its bytes come in messages of their own, by their SHA-256."""

    name: Annotated[str, Field(max_length=40)]
    label: Line
    filename: Line
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: Annotated[int, Field(ge=1)]
    pages: Annotated[int, Field(ge=1)]


class Application(_Data):
    """Everything that the applicant said. ``form`` is the court's form as it was when it was answered.

    ``email`` is where notices go, as it was typed; ``email_proved`` says that it is the address of the PACER account, whose
    mailbox was proved. Names, bar numbers and the other addresses are the applicant's word.
    """

    role: Annotated[str, Field(max_length=20)]
    files_here_already: bool = False
    prefix: Annotated[str, Field(max_length=10)] = ""
    first_name: Annotated[str, Field(max_length=60)] = ""
    middle_name: Annotated[str, Field(max_length=60)] = ""
    last_name: Annotated[str, Field(min_length=1, max_length=120)]
    generation: Annotated[str, Field(max_length=10)] = ""
    other_names: Line = ""
    firm: Annotated[str, Field(max_length=120)] = ""
    address_lines: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=8)] = []
    phone: Annotated[str, Field(max_length=30)] = ""
    fax: Annotated[str, Field(max_length=30)] = ""
    case_number: Annotated[str, Field(max_length=40)] = ""
    email: Annotated[str, Field(min_length=6, max_length=254)]
    email_proved: bool = False
    extra_emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=MOST_EXTRA_ADDRESSES)] = []
    wants_text: bool = False
    summary: bool = False
    tells_silence: bool = False
    bars: Annotated[list[Bar], Field(max_length=10)] = []
    papers: Annotated[list[UploadedPaper], Field(max_length=10)] = []
    acknowledged: Annotated[list[Line], Field(max_length=20)] = []
    form: LocalForm | None = None
    answers: dict[str, Answer] = {}
