"""Reads a log line by line and hands each line to those it concerns."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from ...model.cache import JobLog, Outcome, Section
from .attempts import Attempts, overall
from .errors import ErrorFinder
from .kinds import WORDS
from .lines import take_apart
from .saves import Saves, in_tail
from .stages import Stages, is_script

_PARTIAL = 4_096
"""Characters kept of a line that may go on."""


@dataclass(slots=True)
class Reader:
    """One log under way."""

    stages: Stages = field(default_factory=Stages)
    attempts: Attempts = field(default_factory=Attempts)
    saves: Saves = field(default_factory=Saves)
    errors: ErrorFinder = field(default_factory=ErrorFinder)
    succeeded: bool = False
    _partial: dict[str, str] = field(default_factory=dict)

    def skips(self, lines: Sequence[bytes]) -> bool:
        """Whether lines of a script's output hold nothing for anybody, as most of a log does."""
        if not (self.stages.sectioned and is_script(self.stages.stage)) or self.errors.expects:
            return False
        low = b"\n" + b"\n".join(lines).lower()
        if b"section_" in low or b"$ " in low or b"job succeeded" in low:
            return False
        return not any(word in low for word in WORDS)

    def read(self, number: int, raw: bytes) -> None:
        """Takes one raw line; `number` counts from 1."""
        line = take_apart(raw)
        for mark in line.marks:
            if self.stages.mark(mark):
                self.attempts.forget()
        if line.marks and line.stream:
            self._partial.pop(line.stream, None)
        for place, text in enumerate(line.texts):
            if place == 0 and line.stream and not line.marks:
                self._joined(number, text, line.stream, line.continues)
            else:
                self._text(number, text)

    def _joined(self, number: int, text: str, stream: str, continues: bool) -> None:
        """A piece of a line of one stream: the next piece may come later, behind pieces of other streams."""
        whole = self._partial.get(stream, "") + text if continues else text
        used = self._text(number, whole)
        self._partial[stream] = "" if used or len(whole) > _PARTIAL else whole

    def _text(self, number: int, text: str) -> bool:
        """Whether the text was a line of the runner's about caches or stages."""
        plain = text.strip()
        if not self.stages.sectioned and self.stages.title(plain):
            self._disown()
            return True
        self._disown()
        used = self.stages.may_restore and self.attempts.read(plain, number)
        if not used and self.stages.may_save:
            used = self.saves.read(plain)
            self._doubt(plain, used)
        if not used:
            self._error(number, plain, text)
        return used

    def _disown(self) -> None:
        if self.stages.disowned:
            self.stages.disowned = False
            self.saves.clear()

    def _doubt(self, text: str, used: bool) -> None:
        """In a log without sections and titles a save is believed only while nothing but the runner speaks."""
        untitled = not self.stages.sectioned and not self.stages.titled
        if untitled and self.stages.script_begun and not used and not in_tail(text):
            self.saves.clear()

    def _error(self, number: int, plain: str, text: str) -> None:
        stage = self.stages.stage
        if plain.startswith("Job succeeded"):
            self.succeeded = True
        elif plain.startswith("$ ") and is_script(stage):
            if stage != "after_script":
                self.errors.command()
        elif plain.startswith("ERROR: Job failed") or not stage or stage in _TELLS or stage.startswith("step_"):
            self.errors.read(number, text.rstrip())

    def result(self, keys_per_cache: Sequence[int] | None) -> JobLog:
        """What the whole log tells."""
        self._disown()
        saves = self.saves.result([one.key for one in self.attempts.made])
        remote = True if self.saves.remote else False if self.saves.local else None
        chains = self.attempts.restores({one.key for one in saves}, remote, keys_per_cache)
        restore = tuple(one for chain in chains for one in chain)
        sections = tuple(
            Section(one.name, None if one.seconds is None else timedelta(seconds=one.seconds))
            for one in self.stages.spans
        )
        error = None if self.succeeded else self.errors.result
        return JobLog(restore, saves, overall(chains) if restore else self._untried(bool(saves)), sections, error)

    def _untried(self, saved: bool) -> Outcome:
        """Without one attempt: whether the log shows that there was none to make."""
        if self.attempts.disabled:
            return Outcome.UNKNOWN
        if self.attempts.policies or (self.stages.restore_seen and self.stages.restore_over):
            return Outcome.NONE
        if saved or self.stages.restore_seen:
            return Outcome.UNKNOWN
        return Outcome.NONE if self.stages.from_top and self.stages.script_begun else Outcome.UNKNOWN


_TELLS = frozenset({"prepare_executor", "prepare_script", "get_sources", "resolve_secrets", "build_script"})
"""Stages whose errors end a job; those of caches, artifacts and after_script do not."""
