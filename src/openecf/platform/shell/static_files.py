"""Static files with a hash in their name and a year of cache, made once by ``openecf assets``."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):
    """Names files by the manifest; a file that was not collected (tests, development) keeps its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        return self.hashed_files.get(self.hash_key(self.clean_name(name)), name)
