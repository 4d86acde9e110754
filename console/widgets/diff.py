"""Where two lines differ, so that only that part is drawn again."""

from collections.abc import Sequence

from rich.cells import cell_len

from .cells import Span


def changed_columns(old: Sequence[Span], new: Sequence[Span]) -> tuple[int, int] | None:
    """First and one past the last terminal column in which two lines differ; None when they look alike."""
    if old == new:
        return None
    before, after = _columns(old), _columns(new)
    size = max(len(before), len(after))
    before += [(" ", "")] * (size - len(before))
    after += [(" ", "")] * (size - len(after))
    differing = [at for at in range(size) if before[at] != after[at]]
    if not differing:
        return None
    start, end = differing[0], differing[-1] + 1
    # A wide character occupies two columns: take in both halves.
    while start > 0 and after[start][0] == "":
        start -= 1
    while end < size and (after[end][0] == "" or before[end][0] == ""):
        end += 1
    return start, end


def _columns(spans: Sequence[Span]) -> list[tuple[str, str]]:
    """One entry a terminal column; the second half of a wide character is empty."""
    columns: list[tuple[str, str]] = []
    for text, tone in spans:
        if text.isascii():
            columns.extend((char, tone) for char in text)
            continue
        for char in text:
            width = cell_len(char)
            if width == 0 and columns:
                columns[-1] = (columns[-1][0] + char, tone)
            elif width:
                columns.append((char, tone))
                columns.extend([("", tone)] * (width - 1))
    return columns
