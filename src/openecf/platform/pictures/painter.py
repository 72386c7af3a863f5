"""Drawing a picture anew, in a process of its own that a hostile file cannot take down with it.

``python -m openecf.platform.pictures.painter FROM TO`` reads a PNG or JPEG, writes another of the same look, and prints
one JSON object: ``kind`` (``png`` or ``jpeg``) or ``wrong`` (a key of ``redrawing.REASONS``). What a camera or a program
wrote beside the picture (places, names, thumbnails, a file hidden behind its end) is not in the new one.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MEMORY = 1_000_000_000
SECONDS = 20
"""Of the processor."""
PIXELS = 40_000_000
"""More than any screen, and than most cameras. Four bytes each, twice, while it is drawn."""
PLAIN = ("1", "L", "LA", "RGB", "RGBA")
"""The modes of a PNG that are kept as they are."""
KINDS = {"PNG": "png", "JPEG": "jpeg"}


def draw(source: str, target: str) -> dict[str, str]:
    """What came of it. Only the two kinds are tried: other decoders never see the file."""
    try:
        with Image.open(source, formats=tuple(KINDS)) as sent:
            if sent.width * sent.height > PIXELS:
                return {"wrong": "too-many-pixels"}
            kind = sent.format or ""
            upright = ImageOps.exif_transpose(sent)
            if kind == "JPEG":
                upright = upright.convert("RGB")
            elif upright.mode not in PLAIN:
                upright = upright.convert("RGBA")
            # From its dots: what was written beside them (a JPEG's comment among it) would be saved along.
            Image.frombytes(upright.mode, upright.size, upright.tobytes()).save(target, kind, quality=90)
            return {"kind": KINDS[kind]}
    except UnidentifiedImageError:
        return {"wrong": "not-a-picture"}
    except (MemoryError, RecursionError, Image.DecompressionBombError):
        return {"wrong": "too-many-pixels"}
    except (OSError, SyntaxError, ValueError, TypeError, LookupError, AttributeError, OverflowError, EOFError):
        return {"wrong": "broken"}


def main() -> None:
    """One picture, then the end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")
    sys.stdout.write(json.dumps(draw(sys.argv[1], sys.argv[2])))


if __name__ == "__main__":
    main()
