"""Where in a job a line of its log stands: by the runner's sections, or by titles in copies that have none.

A script can print whatever the runner prints. So a stage counts only where the runner could be in it: nothing is
restored once a script has begun, and what looks like a save is taken back when the script turns out to go on.
"""

import re
from dataclasses import dataclass, field

from .lines import STAGES, Mark

_CLOCK = r"(?:(\d{1,2}):)?(\d{2}):(\d{2})"
_CLOCK_LINE = re.compile(_CLOCK)
_TITLE = re.compile(
    r"(?P<title>Resolving secrets|Preparing the \".{1,80}\" executor|Preparing environment"
    r"|Getting source from Git repository|Deleting all tracked and untracked files due to source fetch failure"
    r"|Restoring cache|Downloading artifacts|Executing \"\w{1,80}\" stage of the job script"
    r"|Running after_script|Running after script\.\.\."
    r"|Saving cache(?: for (?:successful|failed) job)?|Uploading artifacts for (?:successful|failed) job"
    rf"|Cleaning up (?:project directory and )?file based variables)(?:\s+(?P<clock>{_CLOCK}))?"
)
_STAGE_OF_TITLE = (
    ("Resolving", "resolve_secrets"),
    ("Preparing the", "prepare_executor"),
    ("Preparing env", "prepare_script"),
    ("Getting", "get_sources"),
    ("Deleting", "clear_worktree"),
    ("Restoring", "restore_cache"),
    ("Downloading", "download_artifacts"),
    ("Executing", "step_script"),
    ("Running", "after_script"),
    ("Saving cache for failed", "archive_cache_on_failure"),
    ("Saving", "archive_cache"),
    ("Uploading artifacts for successful", "upload_artifacts_on_success"),
    ("Uploading", "upload_artifacts_on_failure"),
    ("Cleaning", "cleanup_file_variables"),
)
_BEFORE_CACHES = ("resolve_secrets", "prepare_executor", "prepare_script", "get_sources", "clear_worktree")
_MOST_SECTIONS = 5_000
"""A script may print any number of markers; more than these are not kept."""


def is_script(stage: str) -> bool:
    """Whether commands of the job itself run in a stage."""
    return stage == "build_script" or stage == "after_script" or stage.startswith("step_")


@dataclass(slots=True)
class Span:
    """One section as far as it is known."""

    name: str
    start: int | None = None
    seconds: int | None = None


@dataclass(slots=True)
class Stages:
    """Follows the stages of one log from its first line on."""

    stage: str = ""
    """The stage we are in; empty: not known, or between stages."""
    sectioned: bool = False
    titled: bool = False
    script_begun: bool = False
    script_titled: bool = False
    from_top: bool = False
    """Whether the log shows what comes before the caches."""
    restore_seen: bool = False
    restore_over: bool = False
    disowned: bool = False
    """Set when what looked like a save must have been the script's; the reader of saves clears it."""
    spans: list[Span] = field(default_factory=list)
    _open: dict[str, Span] = field(default_factory=dict)
    _clocked: bool = False
    _doubtful: str = ""
    _last_title: Span | None = None

    def mark(self, mark: Mark) -> bool:
        """A section starts or ends; whether the restore begins once more, so that its first try no longer counts."""
        if mark.name not in STAGES and not mark.name.startswith("step_"):
            self._span(mark)
            return False
        self.sectioned = True
        again = (mark.kind, mark.name) == ("start", "restore_cache") and self.restore_seen and not self.script_begun
        if mark.kind == "start":
            self._enter_section(mark)
        else:
            self._leave_section(mark)
        return again

    def _enter_section(self, mark: Mark) -> None:
        before_scripts = not is_script(mark.name) and not mark.name.startswith(("archive_", "upload_", "cleanup_"))
        if self.script_begun and before_scripts:
            return  # the runner never goes back: a script prints this
        self._span(mark)
        self._enter(mark.name)

    def _leave_section(self, mark: Mark) -> None:
        if is_script(mark.name):
            self._disown()
        if mark.name == "restore_cache":
            self.restore_over = True
        if mark.name in self._open:
            self._span(mark)
        if mark.name == self.stage:
            self.stage = ""

    def _enter(self, stage: str) -> None:
        self.stage = stage
        if stage in _BEFORE_CACHES:
            self.from_top = True
        if stage == "restore_cache":
            self.restore_seen = True
        elif self.restore_seen:
            self.restore_over = True
        if is_script(stage):
            self.script_begun = True
            self._disown()

    def _disown(self) -> None:
        self.disowned = True
        self.spans = [span for span in self.spans if not span.name.startswith("archive_")]

    def _span(self, mark: Mark) -> None:
        if mark.kind == "start":
            if len(self.spans) < _MOST_SECTIONS:
                self._open[mark.name] = Span(mark.name, mark.unix)
                self.spans.append(self._open[mark.name])
        elif (span := self._open.pop(mark.name, None)) is not None and span.start is not None:
            span.seconds = max(0, mark.unix - span.start)

    def title(self, text: str) -> bool:
        """Takes a line of a log without sections; whether it was a title or a clock, and so no more than that."""
        if clock := _CLOCK_LINE.fullmatch(text):
            return self._clock(_seconds(clock))
        self._doubtful = ""
        if found := _TITLE.fullmatch(text):
            name = next(stage for start, stage in _STAGE_OF_TITLE if text.startswith(start))
            self._titled(name, _seconds(_CLOCK_LINE.fullmatch(found["clock"])) if found["clock"] else None)
            return True
        self._last_title = None
        if text.startswith("Running with gitlab-"):
            self.from_top = True
        if text.startswith("$ "):
            self._command()
        return False

    def _titled(self, name: str, seconds: int | None) -> None:
        if seconds is not None:
            self._clocked = True
        elif self._clocked:
            self._doubtful = name  # until the next line shows its clock, as every title of this log did
            return
        self._begin(name, seconds)

    def _clock(self, seconds: int | None) -> bool:
        if self._doubtful:
            name, self._doubtful = self._doubtful, ""
            self._begin(name, seconds)
            return True
        if self._last_title is None:
            return False
        self._clocked = True
        self._last_title.seconds, self._last_title = seconds, None
        return True

    def _begin(self, name: str, seconds: int | None) -> None:
        if name == "restore_cache" and self.script_begun:
            if self.script_titled:
                return
            self.script_begun = False  # the commands so far were those that fetch the sources
        self.titled = True
        self.script_titled = self.script_titled or is_script(name)
        if len(self.spans) < _MOST_SECTIONS:
            self._last_title = Span(name, seconds=seconds)
            self.spans.append(self._last_title)
        self._enter(name)
        if seconds is not None:
            self._last_title = None

    def _command(self) -> None:
        if self.stage in _BEFORE_CACHES:
            return  # pre-clone and pre-get-sources hooks print their commands too
        if not is_script(self.stage):
            self._enter("step_script")
        self._disown()

    @property
    def may_restore(self) -> bool:
        """Whether a line here can be the runner's word on restoring."""
        return self.stage == "restore_cache" if self.sectioned else not self.script_begun

    @property
    def may_save(self) -> bool:
        """Whether a line here can be the runner's word on saving."""
        if self.sectioned or (self.titled and self.script_begun):
            return self.stage.startswith("archive_cache")
        return True


def _seconds(clock: re.Match[str] | None) -> int | None:
    if clock is None:
        return None
    hours, minutes, seconds = clock.groups()[-3:]
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds)
