"""The district bench's answers: docket sheets, also of the Court of International Trade."""

from __future__ import annotations

from datetime import datetime

from openecf.court.cases.rules import CaseFacts, PartyFacts
from openecf.court.docket import markup
from openecf.court.docket.markup import us
from openecf.court.docket.rules import EntryFacts, Selection, plain, safe


class Sheet:
    """Civil, criminal and multidistrict docket sheets."""

    def entered_note(self, at: datetime) -> str:
        return f"(Entered: {at:%m/%d/%Y})"

    def row(self, entry: EntryFacts) -> str:
        return f"<tr>{self._cells(entry, box='')}</tr>"

    def multiple_rows(self, entry: EntryFacts) -> str:
        documents = markup.measured(entry)
        box = "<td></td>"
        seq = ""
        if entry.has_pacer_seq and entry.number:
            # For programs; nothing is sent of it, as a form of a long docket has too many fields otherwise.
            seq = f"<span><input type='hidden' name='arr_de_seq_nums' value='{entry.seq}' disabled></span>"
        if entry.main is not None:
            label = f"Choose all documents of entry {safe(entry.number)}"
            box = f"<td><input type='checkbox' name='entries' value='{entry.seq}' aria-label='{label}'></td>"
        rows = f"<tr>{self._cells(entry, box=box, seq=seq)}</tr>"
        if not documents:
            return rows
        listed = "".join(
            f"<tr><td><input type='checkbox' name='document_{entry.case_id}_{entry.seq}_{d.part}' "
            f"value='{d.doc_id[4:]}-{d.bytes}-{d.pages}' "
            f"aria-label='Document {safe(entry.number)}, part {d.part}'></td>"
            f"<td>{d.part}</td><td>{safe(d.description)}</td><td>{markup.pages(d)}</td><td>{markup.size(d)}</td></tr>"
            for d in documents
        )
        # The number stands in the first text of the row and the description in its second cell, as readers count.
        return f"{rows}<tr><td></td><td></td><td></td><td><table>{listed}</table></td></tr>"

    def _cells(self, entry: EntryFacts, *, box: str, seq: str = "") -> str:
        return (
            f"<td width='94' valign='top' nowrap>{us(entry.first_date)}</td>{box}"
            f"<td class='docket-number' valign='top' align='right'>{seq}{self._number(entry)}&nbsp;"
            f"{markup.notice(entry)}</td>"
            f"<td valign='top'>{markup.words(entry)}</td>"
        )

    def _number(self, entry: EntryFacts) -> str:
        if not entry.number or not entry.doc_id:
            return safe(entry.number)
        path = f"/doc1/{entry.doc_id}"
        seq = entry.seq if entry.has_pacer_seq else ""
        call = f"goDLS('{path}','{entry.case_id}','{seq}','','{markup.header(entry)}','1','','','');return(false);"
        return f'<a href="{path}{markup.asked(entry)}" onClick="{call}">{safe(entry.number)}</a>'

    def head(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        kind = "CRIMINAL" if case.type == "cr" else "CIVIL"
        place = f" ({safe(case.office_name)})" if case.office_name else ""
        parts = [
            markup.flags(case),
            # The second heading of the page; programs look for an h3.
            f'<h3 align="center" aria-level="2">{safe(case.court.title)}<br>{safe(case.court.name)}{place}<br>'
            f"{kind} DOCKET FOR CASE #: {plain(case.heading_number)}</h3>",
            self._heading_table(case),
        ]
        if selection.defendants:
            names = plain(", ".join(selection.defendants))
            parts.append(f"<p>Only {names}: entries whose text names other defendants alone are left out.</p>")
        if selection.parties and case.parties:
            rows = "".join(self._party(party) for party in case.parties)
            parts.append(f'<table width="100%" border="0" cellspacing="5">{rows}</table>')
        if selection.member_cases and case.members:
            parts.append(self._members(case))
        if not entries:
            parts.append("<p>No docket entries match.</p>")
        else:
            # A browser closes a form that is opened before the table and closed after it where it should.
            if selection.multiple:
                parts.append(f'<form name="view_multi_docs" method="post" action="{markup.together(case, selection)}">')
            box = markup.BOXES if selection.multiple else ""
            first = "Date Entered" if case.ordered_by == "date_entered" else "Date Filed"
            parts.append(
                "<br><table align='center' width='99%' border='1' rules='all' cellpadding='5' cellspacing='0'>"
                f"<tr><td>{first}</td>{box}<th>#</th><td>Docket Text</td></tr>"
            )
        return "".join(parts)

    def foot(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        if not entries:
            return "<br>"
        form = markup.buttons(markup.together(case, selection)) if selection.multiple else ""
        return f"</table>{form}<br>"

    def _heading_table(self, case: CaseFacts) -> str:
        title = case.title
        if title == "Unknown Case Title":
            title = ""
        if not _names_both_sides(title):
            title = f"Case title: {title}".strip()
        left = [
            plain(title),
            # "Unassigned" keeps readers from taking a judge out of the docket's text.
            f"Assigned to: {plain(case.judge) or 'Unassigned'}",
        ]
        if case.referral:
            left.append(f"Referred to: {plain(case.referral)}")
        right = [f"Date Filed: {us(case.filed)}"]
        labelled = (
            (left, "Demand", case.demand),
            (left, "Cause", case.cause),
            (right, "Date Terminated", us(case.terminated)),
            (right, "Date Converted", us(case.converted)),
            (right, "Date Discharged", us(case.discharged)),
            (right, "Jury Demand", case.jury_demand),
            (right, "Nature of Suit", case.nature_of_suit),
            (right, "Jurisdiction", case.jurisdiction),
            (right, "MDL Status", case.mdl_status),
        )
        for side, label, value in labelled:
            if value:
                side.append(f"{label}: {plain(value)}")
        if case.lead:
            case_id, number, _caption = case.lead
            left.append(f'Lead case: <a href="/cgi-bin/DktRpt.pl?{case_id}">{plain(number)}</a>')
        left += [f"{plain(label)} {plain(text)}" for label, text in case.header_lines]
        # No white space before the first line: readers take the cell's first line for the caption.
        return (
            '<table width="100%" border="0" cellspacing="5"><tr>'
            f'<td valign="top" width="60%"><br>{"<br>".join(left)}</td>'
            f'<td valign="top" width="40%"><br>{"<br>".join(right)}</td></tr></table>'
        )

    def _party(self, party: PartyFacts) -> str:
        rows = [f"<tr><td><b><u>{safe(party.type or 'Unknown')}</u></b></td></tr>"]
        name = f'<td valign="top" width="40%"><b>{plain(party.name)}</b>{markup.party_lines(party)}</td>'
        if party.no_attorney_column:
            rows.append(f"<tr>{name}</tr>")
        else:
            rows.append(
                f'<tr>{name}<td valign="top" width="20%" align="right">represented&nbsp;by</td>'
                f'<td valign="top" width="40%">{markup.attorneys(party)}</td></tr>'
            )
        if party.has_criminal_data or party.counts:
            rows.append(self._criminal(party))
        rows.append("<tr><td></td></tr>")
        return "".join(rows)

    def _criminal(self, party: PartyFacts) -> str:
        return (
            self._counts(party, "Pending Counts", "pending")
            + self._level("Highest Offense Level (Opening)", party.offense_opening)
            + self._counts(party, "Terminated Counts", "terminated")
            + self._level("Highest Offense Level (Terminated)", party.offense_terminated)
            + self._counts(party, "Complaints", "complaint")
        )

    def _counts(self, party: PartyFacts, label: str, kind: str) -> str:
        rows = [
            f"<tr><td>{safe(count.name)}</td><td></td><td>{safe(count.disposition)}</td></tr>"
            for count in party.counts
            if count.kind == kind
        ]
        head = f"<tr><td><b><u>{label}</u></b></td><td></td><td><b><u>Disposition</u></b></td></tr>"
        return head + ("".join(rows) or "<tr><td>None</td><td></td><td></td></tr>")

    def _level(self, label: str, level: str) -> str:
        return f"<tr><td><b><u>{label}</u></b></td></tr><tr><td>{safe(level)}</td></tr>"

    def _members(self, case: CaseFacts) -> str:
        rows = "".join(
            f'<li><a href="/cgi-bin/DktRpt.pl?{case_id}">{safe(number)}</a> {safe(caption)}</li>'
            for case_id, number, caption in case.members
        )
        return f'<ul class="docket-members" aria-label="Member cases">{rows}</ul>'


def _names_both_sides(title: str) -> bool:
    """Whether readers recognise the caption as it is: ``A v. B``, ``In re A``, ``In the matter of A``."""
    lowered = f" {title.lower()} "
    return any(mark in lowered for mark in (" v. ", " v ", " vs. ", " vs ", " in re ", " in re: ", " in the matter "))
