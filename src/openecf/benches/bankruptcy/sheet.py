"""The bankruptcy bench's answers: the docket sheet of petitions and of adversary proceedings."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from openecf.court.cases.rules import CaseFacts, PartyFacts
from openecf.court.docket import markup
from openecf.court.docket.markup import us
from openecf.court.docket.rules import DocumentFacts, EntryFacts, Selection, plain, safe

RULE = "-" * 23
TWO_COLUMNS = frozenset({"txnb"})
"""Courts whose dockets print number and text in one column."""


class Sheet:
    """Bankruptcy docket sheets."""

    def entered_note(self, at: datetime) -> str:
        return f"(Entered: {at:%m/%d/%Y})"

    def row(self, entry: EntryFacts) -> str:
        if settings.COURT.id in TWO_COLUMNS:
            cells = f"<td>{us(entry.first_date)}</td><td>{self._number(entry)}{markup.notice(entry)} "
            cells += f"{markup.words(entry)}</td>"
            return f"<tr>{cells}</tr>"
        return f"<tr>{self._cells(entry, box='')}</tr>"

    def multiple_rows(self, entry: EntryFacts) -> str:
        documents = markup.measured(entry)
        box = "<td></td>"
        if entry.has_pacer_seq and entry.number:
            label = f"Choose all documents of entry {safe(entry.number)}"
            box = (
                f"<td><input type='checkbox' name='arr_de_seq_nums' id='arr_de_seq_nums_{entry.seq}' "
                f"value='{entry.seq}' aria-label='{label}'></td>"
            )
        rows = f"<tr>{self._cells(entry, box=box)}</tr>"
        if not documents:
            return rows
        listed = "".join(self._listed(entry, document) for document in documents)
        return f"{rows}<tr><td></td><td></td><td></td><td></td><td><table>{listed}</table></td></tr>"

    def _listed(self, entry: EntryFacts, document: DocumentFacts) -> str:
        return (
            "<tr><td><input type='checkbox' name='download_documents' "
            f"id='arr_de_seq_nums_{entry.seq}_{document.bytes}' value='{document.doc_id[4:]}' "
            f"aria-label='Document {safe(entry.number)}, part {document.part}'></td>"
            f"<td>{document.part}</td><td>{safe(document.description)}</td><td>{markup.pages(document)}</td>"
            f"<td>{markup.size(document)}</td></tr>"
        )

    def _cells(self, entry: EntryFacts, *, box: str) -> str:
        return (
            f"<td width='94' valign='top' nowrap>{us(entry.first_date)}</td><td>&nbsp;</td>"
            f"<td class='docket-number' valign='top' align='right'>{self._number(entry)}{markup.notice(entry)}</td>"
            f"{box}"
            f"<td valign='top'>{markup.words(entry)}</td>"
        )

    def _number(self, entry: EntryFacts) -> str:
        doc_id = entry.doc_id if entry.number else ""
        if not doc_id:
            return safe(entry.number)
        main = entry.main
        length = f"<br><nobr>({main.pages} pgs)</nobr>" if main and main.pages and not markup.measured(entry) else ""
        return f'<a href="/doc1/{doc_id}{markup.asked(entry)}">{safe(entry.number)}</a>{length}'

    def head(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        what = "Adversary Proceeding #:" if _adversary(case) else "Bankruptcy Petition #:"
        place = f" ({safe(case.office_name)})" if case.office_name else ""
        parts = [
            markup.flags(case),
            # A heading to whoever hears the page; programs look for these elements.
            f'<center role="heading" aria-level="2"><b><font size="+1">{safe(case.court.title)}<br>{safe(case.court.name)}{place}<br>'
            f"{what} {safe(case.heading_number)}</font></b></center>",
            self._heading_table(case),
        ]
        if _adversary(case) and case.nature_of_suit:
            parts.append(_natures(case.nature_of_suit))
        if selection.parties and case.parties:
            parts.append(self._parties(case))
        if selection.member_cases and case.members:
            rows = "".join(
                f'<li><a href="/cgi-bin/DktRpt.pl?{case_id}">{safe(number)}</a> {safe(caption)}</li>'
                for case_id, number, caption in case.members
            )
            parts.append(f'<ul class="docket-members" aria-label="Member cases">{rows}</ul>')
        if not entries:
            parts.append("<p>No docket entries match.</p>")
            return "".join(parts)
        if selection.multiple:
            parts.append(f'<form name="view_multi_docs" method="post" action="{markup.together(case, selection)}">')
        box = markup.BOXES if selection.multiple else ""
        if settings.COURT.id in TWO_COLUMNS:
            columns = "<th>{first}</th><th>Docket Text</th>"
        else:
            columns = f"<th>{{first}}</th><th colspan='2'>#</th>{box}<th>Docket Text</th>"
        first = "Docket Date" if case.ordered_by == "date_entered" else "Filing Date"
        parts.append(
            "<br><table align='center' width='99%' border='1' rules='all' cellpadding='5' cellspacing='0'>"
            f"{'' if case.ordered_by else '<tr></tr>'}<tr>{columns.format(first=first)}</tr>"
        )
        return "".join(parts)

    def foot(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        if not entries:
            return "<br>"
        form = markup.buttons(markup.together(case, selection)) if selection.multiple else ""
        return f"</table>{form}<br>"

    def _heading_table(self, case: CaseFacts) -> str:
        left = [f"<i>Assigned to:</i> {plain(case.judge) or 'Unassigned'}"]
        if case.referral:
            left.append(f"<i>Referred to:</i> {plain(case.referral)}")
        left += [plain(line) for line in (*_chapters(case), case.voluntary, case.asset) if line]
        left += self._lead(case)
        if case.demand:
            left.append(f"<i>Demand:</i> {plain(case.demand)}")
        others = (
            ("Cause", case.cause),
            ("Jury Demand", case.jury_demand),
            ("Jurisdiction", case.jurisdiction),
            ("MDL Status", case.mdl_status),
            ("Nature of Suit", "" if _adversary(case) else case.nature_of_suit),
        )
        left += [f"<i>{label}:</i> {plain(value)}" for label, value in others if value]
        dates = (
            ("Date filed:", us(case.filed)),
            ("Date terminated:", us(case.terminated)),
            ("Date converted:", us(case.converted)),
            ("Plan confirmed:", us(case.plan_confirmed)),
            ("Debtor dismissed:", us(case.dismissed)),
            ("Debtor discharged:", us(case.discharged)),
        )
        right = [(label, value) for label, value in dates if value or label == "Date filed:"]
        right += [(plain(label), plain(text)) for label, text in case.header_lines]
        rows = "".join(
            f'<tr><td align="right"><i>{label}</i></td><td>&nbsp;&nbsp;{value}</td></tr>' for label, value in right
        )
        return (
            '<table width="100%" border="0" cellspacing="10"><tr>'
            f'<td valign="top"><font size="+0"><br>{"<br>".join(left)}</font></td>'
            f'<td align="right"><font size="+0"><table>{rows}</table></font></td></tr></table>'
        )

    def _lead(self, case: CaseFacts) -> list[str]:
        """The bankruptcy case that an adversary proceeding belongs to: a case here, or as it was written."""
        number, title, chapter = (str(case.lead_note.get(name, "")) for name in ("number", "title", "chapter"))
        link = plain(number)
        if case.lead:
            case_id, number, caption = case.lead
            link, title = f'<a href="/cgi-bin/DktRpt.pl?{case_id}">{plain(number)}</a>', title or caption
        lines = [f"<i>Lead BK Case:</i> {link}"] if link else []
        if title:
            lines.append(f"<i>Lead BK Title:</i> {plain(title)}")
        return lines + ([f"<i>Lead BK Chapter:</i> {plain(chapter)}"] if chapter else [])

    def _parties(self, case: CaseFacts) -> str:
        dashed = _adversary(case)
        rows = "".join(self._party(party, dashed=dashed) for party in case.parties)
        return f'<table width="100%" border="0" cellspacing="10">{rows}</table>'

    def _party(self, party: PartyFacts, *, dashed: bool) -> str:
        lines = markup.party_lines(party)
        if party.no_attorney_column:
            kind = f"<b>{safe(party.type)}<br>{RULE}</b>" if dashed else f"<b><u>{safe(party.type)}</u></b>"
            return f"<tr><td>{kind}</td></tr><tr><td><b>{plain(party.name)}</b>{lines}<br><br></td></tr>"
        kind = f"{safe(party.type)}<br>{RULE}" if dashed else safe(party.type)
        between = "represented by" if party.attorneys else "&nbsp;"
        return (
            f'<tr><td valign="top" width="40%"><i><b>{kind}</b></i><br><b>{plain(party.name)}</b>{lines}<br><br></td>'
            f'<td valign="top" width="20%">{between}</td>'
            f'<td valign="top" width="40%">{markup.attorneys(party)}</td></tr>'
        )


def _chapters(case: CaseFacts) -> tuple[str, ...]:
    """The chapter that the case is under, and the one that it was under before."""
    now = f"Chapter {case.chapter}" if case.chapter else ""
    return (now, f"Previous chapter {case.previous_chapter}" if case.previous_chapter else "")


def _adversary(case: CaseFacts) -> bool:
    """Whether the case is an adversary proceeding: a suit inside a bankruptcy case."""
    return case.type == "ap"


def _natures(natures: str) -> str:
    """Natures of suit, ``11 Recovery of money; 12 …``, as the table that readers look for."""
    found: list[str] = []
    for piece in natures.split("; "):
        code, _, text = piece.partition(" ")
        if text and code.isdigit() or not found:
            found.append(piece)
        else:
            found[-1] += f"; {piece}"
    rows = []
    for place, piece in enumerate(found):
        code, _, text = piece.partition(" ")
        label = "Nature[s] of Suit:" if place == 0 else ""
        rows.append(f"<tr><td></td><td>{label}</td><td>{safe(code)}</td><td>&nbsp;</td><td>{plain(text)}</td></tr>")
    return f'<table width="100%" border="0" cellspacing="5">{"".join(rows)}</table>'
