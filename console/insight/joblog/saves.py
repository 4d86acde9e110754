"""What a job's log says of saving its caches."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import unquote

from ...model.cache import Save, Saved

_CREATING = re.compile(r"Creating cache (.+?)(?:\.\.\.|…)(?:\s+(?:#|←|<-).*)?$")
_POLICY = re.compile(r"Not uploading cache (.+) due to policy\b")
_UPLOADING = re.compile(r"Uploading cache\S* to (\S+)")
_LOCAL = re.compile(r"No URL provided, cache will (?:not be|be not) uploaded|Cache archive size \(.+?\) is too big")
_SAME = re.compile(r"Archive is up to date!|(?:WARNING: )?No files to cache")
_CREATED = re.compile(r"Created cache\b")
_FAILED = re.compile(r"(?:WARNING: )?Failed to create cache\b")
_TROUBLE = re.compile(r"(?:FATAL|ERROR): ")
_OBJECT = re.compile(r"/project/\d+/(.+)$")
_TAIL = re.compile(
    r"Creating cache |Not uploading cache |Uploading |Created cache|Failed to create cache|No URL provided, "
    r"|Cache archive size |Archive is up to date|.+: found \d+ matching|(?:WARNING|FATAL|ERROR|INFO): "
    r"|Runtime platform |Skipping cache archiving|Cleaning up |Job succeeded|\.\.\.$|Using (?:presigned|GoCloud) URL"
)
_MOST = 1_000


@dataclass(slots=True)
class Saves:
    """Reads the lines of a save stage."""

    done: list[Save] = field(default_factory=list)
    remote: bool = False
    """Whether anything was uploaded: this runner's cache is shared."""
    local: bool = False
    _key: str | None = None
    _outcome: Saved | None = None
    _troubled: bool = False

    def read(self, text: str) -> bool:
        """Takes one line; whether it meant something here."""
        if found := _CREATING.match(text):
            self._close(self._outcome)
            self._key = found[1]
        elif found := _POLICY.match(text):
            self._close(self._outcome)
            self._add(found[1], Saved.SKIPPED_POLICY)
        elif found := _UPLOADING.match(text):
            self._key = self._key or key_of(found[1])
            self._outcome, self.remote, self._troubled = Saved.UPLOADED, True, False
        elif self._key is None:
            return False
        elif _LOCAL.match(text):
            self._outcome, self.local = Saved.STORED_LOCAL, self.local or text.startswith("No URL")
        elif _SAME.match(text):
            self._outcome = Saved.UP_TO_DATE
        elif _FAILED.match(text):
            self._close(Saved.FAILED)
        elif _CREATED.match(text):
            self._close(self._outcome or Saved.STORED_LOCAL)  # old runners say nothing when there is no URL
        else:
            self._troubled = self._troubled or _TROUBLE.match(text) is not None
            return False
        return True

    def _add(self, key: str, outcome: Saved) -> None:
        if len(self.done) < _MOST:
            self.done.append(Save(key, outcome))

    def _close(self, outcome: Saved | None) -> None:
        if self._key is not None and (outcome or self._troubled):
            self._add(self._key, Saved.FAILED if self._troubled or outcome is None else outcome)
        self._key, self._outcome, self._troubled = None, None, False

    def clear(self) -> None:
        """What was read was not the runner's."""
        self.done, self._key, self._outcome = [], None, None
        self.remote = self.local = self._troubled = False

    def result(self, restored: Collection[str]) -> tuple[Save, ...]:
        """Every save in log order; one cut off by the log's end counts by what its lines told.

        A copy may lack the line that names the key; then the object's URL ends in one of the `restored` keys.
        """
        self._close(self._outcome)
        return tuple(Save(_fit(one.key, restored), one.outcome) for one in self.done)


def in_tail(text: str) -> bool:
    """Whether a line is one that the runner prints after a script has ended, and a script's output seldom is."""
    return not text or _TAIL.match(text) is not None


def key_of(url: str) -> str:
    """The key in an object's URL: what follows `/project/ID/`, or the whole path."""
    path = unquote(url.partition("?")[0])
    found = _OBJECT.search(path)
    return found[1] if found else path.rpartition("://")[2].partition("/")[2] or path


def _fit(key: str, restored: Collection[str]) -> str:
    return next((one for one in restored if key == one or key.endswith("/" + one)), key)
