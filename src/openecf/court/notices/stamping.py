"""The stamp of a whole notice, at the end of its text and of its HTML: the court's signature over all that both show."""

from __future__ import annotations

from openecf.kernel import notice_stamps
from openecf.kernel.notice_parts import parts_of
from openecf.kernel.notice_stamps import TITLE
from openecf.platform.config import this_site

_END = "</body>"


def stamped(*, text: str, html: str, subject: str) -> tuple[str, str]:
    """A notice's text and HTML with their stamp. It is made of the text: the HTML says the same."""
    site = this_site()
    parts = {**parts_of(text), "Subject": subject}
    lines = notice_stamps.sign(court=site.id, parts=parts, key=site.signing_key).lines()
    shown, end, after = html.rpartition(_END)
    in_html = "".join(f"<br>\n{line}" for line in lines)
    return (
        "\n".join([text.rstrip(), "", TITLE, *lines, ""]),
        f"{shown}<p><strong>{TITLE}</strong>{in_html}</p>\n{end}{after}",
    )
