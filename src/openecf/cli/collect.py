"""Collects static files under names that carry a hash, with compressed copies: a process of its own for ``assets``."""

from __future__ import annotations

from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command

import openecf

PACKAGE = Path(openecf.__file__).parent
BUILT = PACKAGE / "platform" / "shell" / "built"


def main() -> None:
    """Collect every part's static files into ``platform/shell/built``."""
    folders = sorted(path for path in PACKAGE.glob("**/static") if path.is_dir() and BUILT not in path.parents)
    settings.configure(
        INSTALLED_APPS=["django.contrib.staticfiles"],
        STATIC_URL="/static/",
        STATIC_ROOT=BUILT,
        STATICFILES_DIRS=folders,
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}},
    )
    django.setup()
    # Nothing is cleared: a site that runs goes on naming the files that it knew when it started.
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main()
