"""The appellate bench's answers: the docket sheet. Readers find its parts by the comments between them."""

from __future__ import annotations

from datetime import datetime

from openecf.benches.appellate.documents import transport_room
from openecf.court.cases.rules import AttorneyFacts, CaseFacts, Originating, PartyFacts
from openecf.court.docket import markup
from openecf.court.docket.markup import us
from openecf.court.docket.rules import DocumentFacts, EntryFacts, Selection, plain, safe
from openecf.kernel.courts import NoSuchCourt, court

NAME = "NEW SECTION - "


class Sheet:
    """Appellate docket sheets."""

    def entered_note(self, at: datetime) -> str:
        return f"[Entered: {at:%m/%d/%Y %I:%M %p}]"

    def row(self, entry: EntryFacts) -> str:
        return (
            f"<tr><td valign='top' nowrap>{us(entry.first_date)}</td>"
            f"<td class='docket-number' valign='top' nowrap>{self._number(entry)}</td>"
            f"<td valign='top'>{markup.words(entry)}</td></tr>"
        )

    def multiple_rows(self, entry: EntryFacts) -> str:
        documents = markup.measured(entry)
        if len(documents) < 2:
            return self.row(entry)
        head = f"<tr>{markup.BOXES}<th>#</th><th>Document</th><th>Description</th><th>Pages</th><th>Size</th></tr>"
        listed = "".join(self._listed(entry, document) for document in documents)
        return (
            f"{self.row(entry)}<tr><td></td><td></td><td><table><tr><td><table>{head}{listed}</table></td></tr>"
            "</table></td></tr>"
        )

    def _listed(self, entry: EntryFacts, document: DocumentFacts) -> str:
        place = document.part + 1
        return (
            f"<tr><td><input type='checkbox' name='s' value='{entry.seq} {document.doc_id[4:]} {document.pages} "
            f"{document.bytes}' aria-label='Document {place}'></td><td>{place}</td>"
            f"<td>{_open(entry, document.doc_id, 'Open')}</td><td>{safe(document.description)}</td>"
            f"<td>{document.pages}</td><td>{markup.size(document)}</td></tr>"
        )

    def _number(self, entry: EntryFacts) -> str:
        label = f"Choose entry {safe(entry.number) or entry.seq}"
        box = (
            f"<input type='checkbox' name='d' value='{entry.seq}' aria-label='{label}'> " if entry.has_pacer_seq else ""
        )
        main = entry.main
        if main is None and not entry.doc_id:
            return f"{box}{safe(entry.number)}{markup.notice(entry)}"
        shown = f"&nbsp;{safe(entry.number)}&nbsp;" if entry.number else "Document"
        known = (f"{main.pages} pg" if main.pages else "", markup.size(main)) if main else ()
        length = ", ".join(part for part in known if part)
        size = f"<br><font size='-2'>{length}</font>" if length else ""
        return f"{box}{_open(entry, entry.doc_id, shown)}{size}{markup.notice(entry)}"

    def head(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        parts = selection.parts
        sections = [
            f"<h2>{safe(case.court.full_name)}</h2><!-- {NAME}Case Stub -->",
            self._stub(case),
            self._types(case),
        ]
        if "incOrigDkt" in parts:
            sections.append(self._originating(case))
        if "incPrior" in parts:
            sections.append(f"<!-- {NAME}Prior Cases -->{_plain('Prior Cases:', 'None')}")
        if "incAssoc" in parts or selection.member_cases:
            sections.append(f"<!-- {NAME}Associated Cases -->{self._associated(case)}")
        if "incPanel" in parts:
            sections.append(self._panel(case))
        sections.append(f"<!-- {NAME}Party/Aty List -->")
        if selection.parties:
            rows = "".join(self._party(party) for party in case.parties)
            sections.append(f"<table width='100%'><tr><td><table width='100%'>{rows}</table></td></tr></table>")
        if "incCaption" in parts:
            sections.append(f"<!-- {NAME}Caption -->{self._caption(case, short='shortCaption' in parts)}")
        sections.append("<!-- DOCKET ENTRIES -->")
        if not selection.shows_entries:
            return "".join(sections)
        if not entries:
            sections.append("<table width='100%'><tr><td>No docket entries found.</td></tr></table>")
        else:
            if selection.multiple:
                sections.append(f"<form name='dktEntry' method='post' action='{self._together(case, selection)}'>")
            sections.append("<table width='100%' border='1' rules='all' cellpadding='5' cellspacing='0'>")
        return "".join(sections)

    def foot(self, case: CaseFacts, selection: Selection, *, entries: bool) -> str:
        if not selection.shows_entries or not entries:
            return ""
        return f"</table>{markup.buttons(self._together(case, selection)) if selection.multiple else ''}"

    def _together(self, case: CaseFacts, selection: Selection) -> str:
        return markup.together(case, selection, at=f"{transport_room()}?servlet=ShowDocMulti&amp;caseId=")

    def _stub(self, case: CaseFacts) -> str:
        left = f"<b>Court of Appeals Docket #: </b>{plain(case.heading_number)}"
        facts = [
            ("Nature of Suit:", case.nature_of_suit),
            ("Appeal From:", case.appeal_from),
            ("Fee Status:", case.fee_status),
        ]
        termed = f"<br><b>Termed:</b> {us(case.terminated)}" if case.terminated else ""
        rows = [
            f"<tr><td>{left}</td><td align='right'><b>Docketed:</b> {us(case.filed)}{termed}</td></tr>",
            *(
                f"<tr><td colspan='2'>&nbsp;<b>{label}</b> {plain(value)}</td></tr>"
                for label, value in facts[:1]
                if value
            ),
            f"<tr><td colspan='2'>{safe(case.title)}</td></tr>",
            *(
                f"<tr><td colspan='2'>&nbsp;<b>{label}</b> {plain(value)}</td></tr>"
                for label, value in facts[1:]
                if value
            ),
        ]
        if case.assigned_to:
            rows.append(f"<tr><td colspan='2'>&nbsp;<b>Judge:</b> {plain(case.judge)}</td></tr>")
        # The table lies in an element of its own: readers look for the stub below the comment's next sibling.
        return f"<div><table width='100%'>{''.join(rows)}</table></div>"

    def _types(self, case: CaseFacts) -> str:
        rows = "".join(
            f"<tr><td>&nbsp;&nbsp;<b>{place})</b> {plain(kind)}</td></tr>"
            for place, kind in enumerate(case.case_type_information.split(", "), 1)
        )
        return f"<table width='100%'><tr><td><b>Case Type Information:</b></td></tr>{rows}</table>"

    def _originating(self, case: CaseFacts) -> str:
        title = "<tr><td colspan='4'>&nbsp;<b>Originating Court Information:</b></td></tr>"
        below = case.originating
        if below is None:
            return f"<table width='100%'>{title}<tr><td><span>None</span></td></tr></table>"
        # A blank before each label: readers take a cell's first text for a label too, and a name may contain one.
        people = [
            ("Court Reporter: ", below.court_reporter),
            ("Trial Judge: ", below.assigned_to),
            ("Ordering Judge: ", below.ordering_judge),
        ]
        dates = [("Date Filed: ", below.date_filed), ("Date Disposed: ", below.date_disposed)]
        rows = [f"<tr><td colspan='4'>&nbsp;<b>District: </b>{_below(below)}</td></tr>"]
        rows += [f"<tr><td colspan='4'>&nbsp;<b>{label}</b>{plain(name)}</td></tr>" for label, name in people if name]
        rows += [f"<tr><td colspan='4'>&nbsp;<b>{label}</b>{us(day)}</td></tr>" for label, day in dates if day]
        if below.disposition:
            rows.append(f"<tr><td colspan='4'>&nbsp;<b>Disposition: </b>{plain(below.disposition)}</td></tr>")
        known = [
            ("Date Order/Judgment:", below.date_judgment),
            ("Date Order/Judgment EOD:", below.date_judgment_eod),
            ("Date NOA Filed:", below.date_filed_noa),
            ("Date Rec'd COA:", below.date_received_coa),
        ]
        # Two rows, labels and values, always last: readers pair them by place.
        labels = "".join(f"<td><b>{label}</b></td>" for label, day in known if day) or "<td>&nbsp;</td>"
        days = "".join(f"<td>{us(day)}</td>" for _label, day in known if day) or "<td>&nbsp;</td>"
        return f"<table width='100%'>{title}{''.join(rows)}<tr>{labels}</tr><tr>{days}</tr></table>"

    def _associated(self, case: CaseFacts) -> str:
        if not case.members and not case.lead:
            return _plain("Current Cases:", "None")
        others = [("Member", *member) for member in case.members]
        if case.lead:
            others.append(("Lead", *case.lead))
        rows = "".join(
            f"<tr><td>{role}</td><td><a href='{transport_room()}?servlet=CaseSummary.jsp&amp;caseNum={safe(number)}'>"
            f"{safe(number)}</a></td><td>{safe(caption)}</td></tr>"
            for role, _id, number, caption in others
        )
        return f"<table width='100%'><tr><td><b>Current Cases:</b></td></tr>{rows}</table>"

    def _panel(self, case: CaseFacts) -> str:
        names = safe(" ".join(case.panel)) or "Not available"
        return (
            "<table width='100%'><tr><td><b>Panel Assignment:</b>"
            f"<table><tr><td><b>Panel:</b> {names}</td></tr></table></td></tr></table>"
        )

    def _caption(self, case: CaseFacts, *, short: bool) -> str:
        shown = case.short_title or case.title if short else case.title
        return f"<table width='100%'><tr><td>{safe(shown)}</td></tr></table>"

    def _party(self, party: PartyFacts) -> str:
        lines = [safe(party.name)]
        if party.terminated:
            lines.append(f"<b>Terminated: </b>{us(party.terminated)}")
        lines += [_raw_line(line) for line in party.lines.splitlines() if line]
        kind = safe(party.type).replace("\xa0", "&nbsp;").replace(" ", "&nbsp;")
        counsel = "<br><br>".join(self._counsel(attorney) for attorney in party.attorneys)
        left = "<br>".join([*lines, f"&nbsp;&nbsp;&nbsp;&nbsp;{kind}"])
        return f"<tr><td valign='top' width='50%'>{left}</td><td valign='top' width='50%'>{counsel}</td></tr>"

    def _counsel(self, attorney: AttorneyFacts) -> str:
        lines = [safe(attorney.name), *(f"[{safe(role)}]" for role in attorney.roles)]
        lines += [safe(line) for line in attorney.contact_lines]
        if attorney.terminated:
            lines.append(f"Terminated: {us(attorney.terminated)}")
        return "<br>".join(lines)


def _open(entry: EntryFacts, doc_id: str, shown: str) -> str:
    call = f"return doDocPostURL('{doc_id}','{entry.case_id}');"
    return f'<a href="/docs1/{doc_id}{markup.asked(entry)}" onclick="{call}" title="Open Document">{shown}</a>'


def _plain(title: str, value: str) -> str:
    return f"<table width='100%'><tr><td><b>{title}</b></td></tr><tr><td><span>{value}</span></td></tr></table>"


def _raw_line(line: str) -> str:
    """A line of a party that no column holds; one that was a bold label with a value is that again."""
    label, mark, value = line.partition(":\t")
    return f"<b>{safe(label)}:</b>{safe(value)}" if mark else safe(line)


def _below(below: Originating) -> str:
    """The court below: its office, and its number linked where the directory knows the court."""
    number = safe(below.docket_number or below.alien_number)
    try:
        directory = court(below.court_id) if below.court_id else None
    except NoSuchCourt:
        directory = None
    if directory is None and not below.court_id:
        return f"AGENCY-1 : {number}"
    code = f"{directory.prefix}-1" if directory else "1"
    host = markup.PUBLIC_HOST.format(court=safe(below.court_id))
    return f'{code} : <a href="{host}/cgi-bin/DktRpt.pl?caseNumber={number}&amp;caseId=0">{number}</a>'
