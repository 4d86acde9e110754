"""One raw line of a job log made plain: timestamp header, section markers, carriage returns and escape codes apart.

GitLab stores what the runner sent, byte for byte. A line may hold, in this order: the header of FF_TIMESTAMPS, any
number of section markers each followed by a carriage return and an "erase line" code, and text with colours.
Copies from a browser or an editor lack some of these, or have lost the escape byte and kept the rest of its code.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

LONGEST = 8_192
"""Bytes of one line that are looked at: half from its start, half from its end."""

_HEADER = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f]{2}[OE])([ +])")
_MARK = re.compile(rb"section_(start|end):(\d{1,12}):([A-Za-z0-9_.-]{1,200})(\[[a-z_]+=[^\]\r\n]*\])?")
_ESCAPE = re.compile(
    rb"(?:\x1b|\xe2\x90\x9b|\^\[)\[[0-?]*[ -/]*[@-~]"  # CSI; some copies show the escape byte as its symbol or as ^[
    rb"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?"  # OSC
    rb"|\x1b[PX^_][^\x1b]*(?:\x1b\\)?"  # DCS, SOS, PM, APC
    rb"|\x1b[ -/]*[0-~]?"
)
_BARE = re.compile(r"^\s*(?:\[\d{1,2}(?:;\d{0,2})*[mK])+|(?:\[\d{0,2}(?:;\d{0,2})*[mK]\s*)+$")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})

STAGES = (
    "resolve_secrets",
    "prepare_executor",
    "prepare_script",
    "get_sources",
    "clear_worktree",
    "restore_cache",
    "download_artifacts",
    "step_script",
    "build_script",
    "after_script",
    "archive_cache_on_failure",
    "archive_cache",
    "upload_artifacts_on_success",
    "upload_artifacts_on_failure",
    "cleanup_file_variables",
)
"""Sections the runner itself opens, in the order it runs them; a name that starts another comes first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Start or end of a section."""

    kind: Literal["start", "end"]
    name: str
    unix: int
    collapsed: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line taken apart."""

    marks: tuple[Mark, ...]
    texts: tuple[str, ...]
    """What stands between carriage returns, without escape codes; blank pieces left out."""
    stream: str = ""
    """Such as `01E`; empty: the log has no timestamps."""
    continues: bool = False
    """Whether it goes on with the last line of its stream."""


def take_apart(raw: bytes) -> Line:
    """The parts of one raw line, with or without its line end."""
    if len(raw) > LONGEST:
        raw = raw[: LONGEST // 2] + raw[-LONGEST // 2 :]
    stream, continues = "", False
    if header := _HEADER.match(raw):
        stream, continues = header[2].decode(), header[3] == b"+"
        raw = raw[header.end() :]
    marks: tuple[Mark, ...] = ()
    if b"section_" in raw:
        marks, raw = _marks(raw)
    pieces = raw.split(b"\r") if b"\r" in raw else (raw,)
    texts = tuple(text for piece in pieces if (text := plain(piece)).strip())
    return Line(marks, texts, stream, continues)


def _marks(raw: bytes) -> tuple[tuple[Mark, ...], bytes]:
    found: list[Mark] = []

    def take(match: re.Match[bytes]) -> bytes:
        name, title = _name(match[3].decode())
        kind: Literal["start", "end"] = "start" if match[1] == b"start" else "end"
        found.append(Mark(kind, name, int(match[2]), b"collapsed=true" in (match[4] or b"")))
        return b"\r" + title

    rest = _MARK.sub(take, raw)
    return tuple(found), rest


def _name(word: str) -> tuple[str, bytes]:
    """A section's name, parted from a title that a copy without control bytes glued to it."""
    for stage in STAGES:
        rest = word.removeprefix(stage)
        if rest != word and rest[:1].isupper():
            return stage, rest.encode()
    return word, b""


def plain(piece: bytes) -> str:
    """Text without escape codes, control and direction characters."""
    if b"\x1b" in piece or b"\x90" in piece or b"^[" in piece:
        piece = _ESCAPE.sub(b"", piece)
    text = piece.decode("utf-8", "replace")
    if not (text.isascii() and text.isprintable()):
        text = "".join(char for char in text.replace("\t", "    ") if category(char) not in _INVISIBLE)
    if "[" in text:
        text = _BARE.sub("", text)
    return text


def cut(chunks: Iterable[bytes], longest: int = 65_536) -> Iterator[bytes]:
    """Lines of a log that comes in pieces of any size; a line longer than `longest` bytes comes as several."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n") if rest else chunk.split(b"\n")
        yield from lines
        while len(rest) > longest:
            yield rest[:longest]
            rest = rest[longest:]
    if rest:
        yield rest
