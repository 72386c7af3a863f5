"""The inspection of a PDF, in a process of its own that a hostile file cannot take down with it.

``python -m openecf.platform.pdf.inspector`` answers paths with findings; ``apart`` says how, and ends it when it takes
too long.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator

import pikepdf

from openecf.platform.pdf.addresses import is_beside, opens_only_the_web
from openecf.platform.pdf.apart import answer_all

MEMORY = 1_500_000_000
OBJECTS = 400_000
NODES = 4_000_000
PAGES = 20_000
"""More than the longest trial's transcript; a file of more is split."""
UNPACKED = 64_000_000
"""What one object stream may unpack to. Whoever prints or stamps the document later has to unpack it too."""

SCRIPTS = frozenset({"/JavaScript"})
ACTIONS = frozenset({"/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/RichMediaExecute", "/Rendition"})
MEDIA_ACTIONS = frozenset({"/Movie", "/Sound"})
LINKS = frozenset({"/URI", "/GoToR", "/Thread"})
MEDIA = frozenset({"/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"})
FILE_NAMES = ("/F", "/UF", "/DOS", "/Mac", "/Unix")
HEAD = 1024
CHAIN = 1_000
"""Actions one after another, more than any document has."""
TOLD = frozenset({
    "/S", "/Subtype", "/Type", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AA", "/OpenAction", "/F", "/Ref", "/Base",
})  # fmt: skip
"""A dictionary with none of these keys says nothing that is looked for."""

AFTER_THE_END = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe)\b", re.IGNORECASE)


class _Found(Exception):
    """Something that no court takes."""


def _nodes(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Every dictionary of the file, each once: indirect objects by their list, what they hold inline by a stack."""
    left = NODES
    for count, top in enumerate(pdf.objects):
        if count > OBJECTS:
            raise _Found("too-complex")
        stack = [top]
        while stack:
            left -= 1
            if left < 0:
                raise _Found("too-complex")
            node = stack.pop()
            if isinstance(node, pikepdf.Dictionary | pikepdf.Stream):
                yield node
                children = node.stream_dict.as_dict() if isinstance(node, pikepdf.Stream) else node.as_dict()
                stack.extend(child for child in children.values() if _inline(child))
            elif isinstance(node, pikepdf.Array):
                stack.extend(child for child in node.as_list() if _inline(child))


def _inline(child: object) -> bool:
    return isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect


def _name(node: pikepdf.Object, key: str) -> str:
    value = node.get(key)
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _look_at(node: pikepdf.Object) -> bool:
    """Refuse what acts by itself or fetches from elsewhere; answer whether this is a link to the outside."""
    keys = TOLD.intersection(node.keys())
    if not keys:
        return False
    action, subtype, kind = (_name(node, key) if key in keys else "" for key in ("/S", "/Subtype", "/Type"))
    if action in SCRIPTS or ("/JS" in keys and kind in {"", "/Action"}) or "/JavaScript" in keys:
        raise _Found("script")
    if action in MEDIA_ACTIONS or subtype in MEDIA:
        raise _Found("media")
    if action in ACTIONS:
        raise _Found("action")
    if subtype == "/FileAttachment" or kind == "/EmbeddedFile" or "/EmbeddedFiles" in keys or "/EF" in keys:
        raise _Found("embedded")
    if isinstance(node, pikepdf.Stream) and (
        ("/F" in keys and node.get("/F") is not None) or isinstance(node.get("/Ref"), pikepdf.Dictionary)
    ):
        raise _Found("elsewhere")
    if "/OpenAction" in keys:
        _refuse_more_than_a_jump([node.get("/OpenAction")])
    if "/AA" in keys and isinstance(triggers := node.get("/AA"), pikepdf.Dictionary):
        _refuse_more_than_a_jump(list(triggers.as_dict().values()))
    # What is put before every address of the document that has no beginning of its own.
    if isinstance(base := node.get("/Base") if "/Base" in keys else None, pikepdf.String):
        _refuse_unless(opens_only_the_web(str(base)))
    return action in LINKS and _leads_outside(node, action)


def _refuse_unless(harmless: bool) -> None:
    if not harmless:
        raise _Found("action")


def _refuse_more_than_a_jump(started: list[object]) -> None:
    """Of what a reader starts without a click, nothing but a jump to a place in the document is taken.

    A script is called one where the walk comes to it; here it may still be anything.
    """
    for _turn in range(CHAIN):
        if not started:
            return
        one = started.pop()
        if isinstance(one, pikepdf.Dictionary):
            kind = _name(one, "/S")
            if kind in SCRIPTS or "/JS" in one:
                raise _Found("script")
            _refuse_unless(kind in {"", "/GoTo"})
            following = one.get("/Next")
            started.extend(following.as_list() if isinstance(following, pikepdf.Array) else [following])
    raise _Found("too-complex")


def _leads_outside(node: pikepdf.Object, action: str) -> bool:
    """Whether a link opens the web, or a file that lies beside the document; what opens anything else is refused."""
    if action == "/URI":
        address = node.get("/URI")
        _refuse_unless(not isinstance(address, pikepdf.String) or opens_only_the_web(str(address)))
        return True
    file = node.get("/F")
    if isinstance(file, pikepdf.Dictionary):
        rule = opens_only_the_web if _name(file, "/FS") == "/URL" else is_beside
        names = [file.get(key) for key in FILE_NAMES]
    else:
        rule, names = is_beside, [file]
    for name in names:
        _refuse_unless(not isinstance(name, pikepdf.String) or rule(str(name)))
    # A thread of articles may be the document's own.
    return action == "/GoToR" or file is not None


def _unpacks_too_far(node: pikepdf.Object) -> bool:
    """Whether an object stream grows beyond all bounds. Its reader swallows that it ran out of memory over it."""
    if not isinstance(node, pikepdf.Stream) or _name(node, "/Type") != "/ObjStm":
        return False
    kind = node.get("/Filter")
    if isinstance(kind, pikepdf.Array) and len(kind) == 1:
        kind = kind[0]
    if kind is None:
        return False
    if kind != pikepdf.Name.FlateDecode:
        return True
    unpacking = zlib.decompressobj()
    return len(unpacking.decompress(node.read_raw_bytes(), UNPACKED + 1)) > UNPACKED


def _is_something_else_too(path: str) -> bool:
    """Whether the same bytes are also an archive, or carry a page of the web behind their end."""
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.infolist():
                return True
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        pass
    with open(path, "rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - 65_536))
        return bool(AFTER_THE_END.search(file.read().rpartition(b"%%EOF")[2]))


def _has_open_fields(root: pikepdf.Object) -> bool:
    """Whether a form was not flattened. Signature fields alone are a signed document, not a form."""
    form = root.get("/AcroForm")
    if not isinstance(form, pikepdf.Dictionary):
        return False
    if "/XFA" in form:
        return True
    pending = list(form.get("/Fields", []))
    for _ in range(OBJECTS):
        if not pending:
            return False
        field = pending.pop()
        if _name(field, "/FT") not in {"", "/Sig"}:
            return True
        pending.extend(field.get("/Kids", []))
    raise _Found("too-complex")


def inspect(path: str) -> dict[str, object]:
    """What is wrong with a PDF, or how many pages it has and what a court may or may not accept in it."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if not head:
        return {"wrong": "empty"}
    # Not "somewhere near the start", as readers allow: an archive that holds a PDF is no PDF.
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\0").startswith(b"%PDF-"):
        return {"wrong": "not-pdf"}
    try:
        with pikepdf.open(path, attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                return {"wrong": "encrypted"}
            links = False
            if "/Collection" in pdf.Root or _is_something_else_too(path):
                return {"wrong": "embedded"}
            # What it claims first: counting hundreds of thousands takes long.
            claimed = pdf.Root.Pages.get("/Count")
            pages = claimed if isinstance(claimed, int) and claimed > PAGES else len(pdf.pages)
            if pages > PAGES:
                return {"wrong": "too-many-pages"}
            for node in _nodes(pdf):
                if _unpacks_too_far(node):
                    return {"wrong": "too-complex"}
                links = _look_at(node) or links
            forms = _has_open_fields(pdf.Root)
            if not pages:
                return {"wrong": "malformed"}
            return {"pages": pages, "forms": forms, "external_links": links}
    except pikepdf.PasswordError:
        return {"wrong": "encrypted"}
    except _Found as found:
        return {"wrong": str(found)}
    except (MemoryError, RecursionError):
        return {"wrong": "too-complex"}
    except (
        pikepdf.PdfError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
        RuntimeError,
        OverflowError,
        zlib.error,
    ):
        return {"wrong": "malformed"}


if __name__ == "__main__":
    answer_all(inspect, memory=MEMORY)
