"""PDFs for tests: ordinary ones, and hostile ones built on purpose."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pikepdf
from pikepdf import Array, Dictionary, Name, String


def plain(pages: int = 1, words: str = "MOTION") -> bytes:
    """A PDF of letter-size pages that show ``words``."""
    return built(lambda pdf: None, pages=pages, words=words)


def built(change: Callable[[pikepdf.Pdf], None], *, pages: int = 1, words: str = "MOTION", **saving) -> bytes:
    """A PDF after ``change`` did something to it."""
    pdf = pikepdf.new()
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    for number in range(1, pages + 1):
        page = pdf.add_blank_page(page_size=(612, 792))
        page.Contents = pdf.make_stream(f"BT /F1 12 Tf 72 600 Td ({words} {number}) Tj ET".encode())
        page.Resources = Dictionary(Font=Dictionary(F1=font))
    change(pdf)
    out = io.BytesIO()
    pdf.save(out, **saving)
    return out.getvalue()


def _root(**entries):
    return lambda pdf: [pdf.Root.__setitem__(f"/{key}", value) for key, value in entries.items()]


def _annotation(**entries):
    def change(pdf):
        annotation = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 10, 10]), **entries)
        pdf.pages[0].Annots = pdf.make_indirect(Array([annotation]))

    return change


def _action(**entries):
    return _annotation(Subtype=Name.Link, A=Dictionary(**entries))


def _uri(address):
    return _action(S=Name.URI, URI=String(address))


def _opening(**entries):
    return _root(OpenAction=Dictionary(**entries))


def _stream(**entries):
    def change(pdf):
        stream = pdf.make_stream(b"", **entries)
        pdf.pages[0].Resources.XObject = Dictionary(X1=stream)

    return change


def _embedded(pdf):
    pdf.attachments["notes.txt"] = b"hidden"


def _field(kind):
    def change(pdf):
        field = pdf.make_indirect(
            Dictionary(FT=Name(kind), T=String("name"), Subtype=Name.Widget, Rect=Array([0, 0, 9, 9]))
        )
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))

    return change


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("motion.pdf", plain())
    return out.getvalue()


def _deep() -> bytes:
    """Arrays in arrays, deeper than a parser should follow."""
    return plain().replace(b"/MediaBox [", b"/X " + b"[" * 60_000 + b"]" * 60_000 + b" /MediaBox [", 1)


HOSTILE = {
    "nothing in it": (b"", "empty"),
    "a ZIP called .pdf": (_zip(), "not-pdf"),
    "a web page called .pdf": (b"<html><body>MOTION</body></html>", "not-pdf"),
    "a header and nothing else": (b"%PDF-1.7\n", "malformed"),
    "cut off in the middle": (plain(20)[:900], "malformed"),
    "cross-reference table overwritten": (plain().replace(b"startxref", b"startxxxx"), "malformed"),
    "no pages": (built(lambda pdf: None, pages=0), "malformed"),
    "arrays nested without end": (_deep(), "malformed"),
    "a password": (built(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user="u")), "encrypted"),
    "access restrictions only": (
        built(lambda pdf: None, encryption=pikepdf.Encryption(owner="o", user="")),
        "encrypted",
    ),
    "JavaScript on opening": (built(_root(OpenAction=Dictionary(S=Name.JavaScript, JS=String("x()")))), "script"),
    "named JavaScript": (
        built(
            _root(Names=Dictionary(JavaScript=Dictionary(Names=Array([String("a"), Dictionary(S=Name.JavaScript)]))))
        ),
        "script",
    ),
    "JavaScript on a link": (built(_action(S=Name.JavaScript, JS=String("x()"))), "script"),
    "a program to launch": (built(_action(S=Name.Launch, F=String("cmd.exe"))), "action"),
    "data sent elsewhere": (built(_action(S=Name.SubmitForm, F=String("https://collect.example"))), "action"),
    "data fetched from elsewhere": (built(_action(S=Name.ImportData, F=String("x.fdf"))), "action"),
    "a jump into an embedded file": (built(_action(S=Name.GoToE)), "action"),
    "an action after another": (
        built(_action(S=Name.GoTo, D=Array([]), Next=Dictionary(S=Name.Launch, F=String("a.exe")))),
        "action",
    ),
    "a web page on opening": (built(_opening(S=Name.URI, URI=String("https://www.example.org"))), "action"),
    "another file on opening": (built(_opening(S=Name.GoToR, F=String("other.pdf"), D=Array([0]))), "action"),
    "an article on opening": (built(_opening(S=Name.Thread, D=0)), "action"),
    "a menu's act on opening": (built(_opening(S=Name.Named, N=Name.Print)), "action"),
    "a web page after a jump on opening": (
        built(
            _opening(S=Name.GoTo, D=Array([]), Next=Array([Dictionary(S=Name.URI, URI=String("https://e.example"))]))
        ),
        "action",
    ),
    "a web page when it is closed": (
        built(_root(AA=Dictionary(WC=Dictionary(S=Name.URI, URI=String("https://www.example.org"))))),
        "action",
    ),
    "a web page under the mouse": (
        built(_annotation(Subtype=Name.Link, AA=Dictionary(E=Dictionary(S=Name.URI, URI=String("https://e.example"))))),
        "action",
    ),
    "a link to the reader's disk": (built(_uri("file:///etc/passwd")), "action"),
    "a link that is code": (built(_uri("javascript:alert(1)")), "action"),
    "a link that is code, with a number": (built(_uri("javascript:1/alert(1)")), "action"),
    "a link that is code, in pieces": (built(_uri(" java\nScript:alert(1)")), "action"),
    "a link to a server of files": (built(_uri("\\\\server\\share")), "action"),
    "a link under an address that is code": (built(_root(URI=Dictionary(Base=String("javascript:")))), "action"),
    "a file of a server of files": (
        built(_action(S=Name.GoToR, F=String("\\\\server\\share\\x.pdf"), D=Array([0]))),
        "action",
    ),
    "a file of a server of files, by its long name": (
        built(_action(S=Name.GoToR, F=Dictionary(UF=String("//server/share/x.pdf")), D=Array([0]))),
        "action",
    ),
    "an article of a file on a disk": (built(_action(S=Name.Thread, F=String("/C/x.pdf"), D=0)), "action"),
    "contents that lie in another file": (built(_stream(F=String("secret.txt"))), "elsewhere"),
    "contents that lie on the web": (
        built(_stream(F=Dictionary(FS=Name.URL, F=String("https://collect.example/x")))),
        "elsewhere",
    ),
    "a page of another file": (
        built(_stream(Type=Name.XObject, Subtype=Name.Form, Ref=Dictionary(F=String("other.pdf"), Page=0))),
        "elsewhere",
    ),
    "an embedded file": (built(_embedded), "embedded"),
    "a file attached to a page": (built(_annotation(Subtype=Name.FileAttachment)), "embedded"),
    "a portfolio": (built(_root(Collection=Dictionary(Type=Name.Collection))), "embedded"),
    "a film": (built(_annotation(Subtype=Name.Movie)), "media"),
    "sound": (built(_action(S=Name.Sound)), "media"),
    "rich media": (built(_annotation(Subtype=Name.RichMedia)), "media"),
    "a form that was not flattened": (built(_field("/Tx")), "form"),
    "an XFA form": (built(_root(AcroForm=Dictionary(XFA=String("<xdp/>"), Fields=Array([])))), "form"),
}

GOOD = {
    "an ordinary motion": (plain(10), 10),
    "compressed objects": (built(lambda pdf: None, object_stream_mode=pikepdf.ObjectStreamMode.generate), 1),
    "a link to a web page": (built(_uri("https://www.example.org")), 1),
    "a link without a scheme": (built(_uri("www.example.org:8080/rules?a=b:c")), 1),
    "a link to a mail": (built(_uri("MailTo:clerk@court.example")), 1),
    "a link to a file beside it": (built(_action(S=Name.GoToR, F=String("exhibit.pdf"), D=Array([0]))), 1),
    "an article of its own": (built(_action(S=Name.Thread, D=0)), 1),
    "a jump when a page opens": (built(_annotation(AA=Dictionary(O=Dictionary(S=Name.GoTo, D=Array([]))))), 1),
    "a signature field": (built(_field("/Sig")), 1),
    "a jump on opening": (built(_root(OpenAction=Dictionary(S=Name.GoTo, D=Array([])))), 1),
}

WITH_LINK = GOOD["a link to a web page"][0]
WITH_FORM = HOSTILE["a form that was not flattened"][0]
