"""A small invented court for tests of documents, notices and fees: one case, two sides, their counsel, a clerk."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pikepdf

from openecf.court.bench import bench
from openecf.court.cases.models import Case, Party, Representation
from openecf.court.docket.models import Entry
from openecf.court.documents import services as documents
from openecf.court.documents.models import Document
from openecf.court.documents.rules import NewDocument
from openecf.court.people.models import CourtUser
from openecf.court.people.rules import Reader
from openecf.court.transition.models import CourtProfile
from openecf.kernel import courts
from openecf.platform.config import this_site
from openecf.platform.store import services as store
from tests.court import pdfs

NUMBERS = {
    "bankruptcy": {"serial": 10001, "number": "24-10001", "judge_initials": "ABC", "chapter": "7"},
    "district": {"office": "1", "type": "cv", "serial": 12, "number": "1:24-cv-00012", "judge_initials": "ABC"},
    "appellate": {"serial": 10001, "number": "24-10001"},
}
AT = datetime(2024, 1, 2, 19, 3, 11, tzinfo=UTC)


def account(n: int) -> UUID:
    return UUID(f"0ecf0000-0000-4000-9000-{n:012d}")


@dataclass
class World:
    case: Case
    counsel: CourtUser
    opponent: CourtUser
    clerk: CourtUser
    judge: CourtUser
    stranger: CourtUser
    next_seq: int = 1

    def reader(self, user: CourtUser | None = None, **facts) -> Reader:
        """A signed-on reader: a court user's account, or a public searcher's."""
        if user is None:
            return Reader(account=account(99), number="7199999", username="hlindqvist", may_search=True, upgraded=True,
                          kind="api", **facts)  # fmt: skip
        return Reader(
            account=user.account,
            username=user.login,
            user=user.pk,
            group=user.group,
            may_search=True,
            upgraded=True,
            kind="api",
            **facts,
        )

    def entry(
        self, text="MOTION to Dismiss Filed by Debtor Juniper Alder", files=(), restriction=0, levels=(), **more
    ) -> Entry:
        """An entry with PDFs attached, as a filing makes it."""
        seq, self.next_seq = self.next_seq, self.next_seq + 1
        entry = Entry.objects.create(
            case=self.case, seq=seq, number=str(seq), number_sort=seq, position=seq, filed=date(2024, 1, 2), entered=AT,
            event="motion:dismiss", title="Motion to Dismiss", text=text, filer=more.pop("filer", self.counsel),
            restriction=restriction, **more,
        )  # fmt: skip
        documents.attach(entry=entry, documents=[
            self.document(part, content, level)
            for part, (content, level) in enumerate(zip(files, [*levels, *[0] * len(files)], strict=False))
        ], at=AT)  # fmt: skip
        return entry

    @staticmethod
    def document(part: int, content: bytes, level: int = 0, **more) -> NewDocument:
        stored = store.put([content], sealed=True)
        return NewDocument(
            part=part, description="Main Document" if part == 0 else f"Exhibit {'ABCDEFG'[part - 1]}",
            filename=f"part{part}.pdf", sha256=stored.sha256, bytes=stored.bytes,
            pages=len(pikepdf.open(io.BytesIO(content)).pages), restriction=level, **more,
        )  # fmt: skip


def make() -> World:
    """Lay the world out in the test's database."""
    court = courts.court(this_site().id)
    CourtProfile.objects.create(
        court=court.id, live_at=datetime(2022, 4, 4, tzinfo=UTC), doc_prefix=court.prefix,
        from_address=f"{court.id}@ecf.example", pool_address="pool@ecf.example", pdf_megabytes=35,
    )  # fmt: skip
    users = {
        login: CourtUser.objects.create(
            login=login, group=group, first_name=first, last_name=last, email=f"{login}@counsel.example",
            secondary_emails=secondary, account=account(n), firm=firm, wants_text=login == "pvandermeer",
            address_lines=["100 Harbor Street", "Port Ashgrove, FL 33100"],
        )
        for n, (login, group, first, last, firm, secondary) in enumerate([
            ("tokafor", "attorney", "Tobias", "Okafor", "Quimby & Okafor LLP", ["docketing@counsel.example"]),
            ("pvandermeer", "attorney", "Petra", "Vandermeer", "Vandermeer Law Office", []),
            ("idelgado", "clerk", "Ines", "Delgado", "", []),
            ("lashgrove", "judge", "Lenora", "Ashgrove", "", []),
            ("nstranger", "attorney", "Nadia", "Stranger", "", []),
        ])
    }  # fmt: skip
    case = Case.objects.create(
        **NUMBERS[bench().name], year=2024, short_title="Juniper Alder", caption="Juniper Alder", filed=date(2024, 1, 2)
    )
    debtor = Party.objects.create(case=case, position=1, name="Juniper Alder", type="Debtor")
    creditor = Party.objects.create(case=case, position=2, name="Birch & Sons Lumber", type="Creditor")
    Party.objects.create(
        case=case, position=3, name="Rowan Sorrel", type="Creditor", lines="12 Quarry Road\nPort Ashgrove, FL 33101"
    )
    Representation.objects.create(
        party=debtor, user=users["tokafor"], position=1, name="Tobias Okafor", roles=["LEAD ATTORNEY"]
    )
    Representation.objects.create(party=creditor, user=users["pvandermeer"], position=1, name="Petra Vandermeer")
    Representation.objects.create(
        party=creditor, position=2, name="Old Counsel", email="old@counsel.example", terminated=date(2024, 1, 1)
    )
    return World(
        case, users["tokafor"], users["pvandermeer"], users["idelgado"], users["lashgrove"], users["nstranger"]
    )


def main_document(entry: Entry, part: int = 0) -> Document:
    return Document.objects.get(entry=entry, part=part)


__all__ = ["AT", "World", "main_document", "make", "pdfs"]
