"""Static files with a hash in their name and a year of cache, made once by ``openecf assets``."""

from __future__ import annotations

from functools import cached_property

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):
    """Names files by the manifest; a file that was not collected (tests, development) keeps its plain name."""

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        return self.hashed_files.get(self.hash_key(self.clean_name(name)), name)

    @cached_property
    def _known(self) -> dict[str, str]:
        return {}

    def url(self, name: str, force: bool = False) -> str:
        """The address of a file. The manifest was read when the process began, so each is worked out once."""
        if name not in self._known:
            self._known[name] = super().url(name, force)
        return self._known[name]
