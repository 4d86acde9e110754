"""Only what differs is sent, and the terminal shows the same as if everything was."""

from collections.abc import Sequence
from itertools import pairwise
from random import Random

import pyte
import pytest
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from console.driver.shown import Shown, difference

CONSOLE = Console(color_system="truecolor", force_terminal=True)
PLAIN, RED, BLUE = Style.parse("white on black"), Style.parse("bold red on black"), Style.parse("blue on black")
SIZE = (12, 3)
assert CONSOLE._color_system is ColorSystem.TRUECOLOR


def strip(*parts: tuple[str, Style]) -> Strip:
    return Strip([Segment(text, style) for text, style in parts])


def layout(lines: Sequence[Sequence[Strip]]) -> LayoutUpdate:
    return LayoutUpdate([list(line) for line in lines], Region(0, 0, *SIZE))


def sent(shown: Shown, update: LayoutUpdate | ChopsUpdate, size: tuple[int, int] = SIZE) -> str:
    return shown.changes(update, size).render_segments(CONSOLE)


def picture(*sequences: str) -> list[list[tuple[str, str, bool]]]:
    screen = pyte.Screen(*SIZE)
    stream = pyte.Stream(screen)
    for one in sequences:
        stream.feed(one)
    return [
        [(char.data, char.fg, char.bold) for char in map(line.__getitem__, range(SIZE[0]))] for line in _rows(screen)
    ]


def _rows(screen: pyte.Screen) -> list[dict[int, pyte.screens.Char]]:
    return [screen.buffer[y] for y in range(SIZE[1])]


def test_the_same_picture_again_sends_nothing() -> None:
    shown = Shown()
    lines = [[strip(("agent-brain ", PLAIN))]] * 3
    assert sent(shown, layout(lines))
    assert sent(shown, layout(lines)) == ""


def test_one_changed_letter_sends_that_letter() -> None:
    shown = Shown()
    sent(shown, layout([[strip(("13m running ", PLAIN))]]))
    assert picture(changed := sent(shown, layout([[strip(("14m running ", PLAIN))]])))[0][1][0] == "4"
    assert "running" not in changed
    assert changed.startswith("\x1b[1;2H")


def test_what_was_sent_before_the_terminal_was_taken_anew_is_sent_again() -> None:
    shown = Shown()
    lines = [[strip(("agent-brain ", PLAIN))]]
    whole = sent(shown, layout(lines))
    shown.forget()
    assert sent(shown, layout(lines)) == whole


def test_another_size_sends_everything() -> None:
    shown = Shown()
    lines = [[strip(("agent-brain ", PLAIN))]]
    whole = sent(shown, layout(lines))
    assert sent(shown, layout(lines), (13, 3)) == whole


def test_a_partial_update_sends_the_pieces_it_touches() -> None:
    shown = Shown()
    left, right = strip(("left  ", PLAIN)), strip(("right ", PLAIN))
    sent(shown, layout([[left, right]]))
    update = ChopsUpdate([{0: strip(("LEFT  ", PLAIN)), 6: strip(("RIGHT ", PLAIN))}], [(0, 6, 12)], [[6, 12]])
    changed = sent(shown, update)
    assert "RIGHT" in changed
    assert "LEFT" not in changed


def test_pieces_of_other_widths_replace_what_they_cover() -> None:
    shown = Shown()
    one, two = layout([[strip(("abcdefghijkl", PLAIN))]]), layout([[strip(("abc", RED)), strip(("xyzghijkl", RED))]])
    first, second, third = sent(shown, one), sent(shown, two), sent(shown, one)
    assert picture(first, second, third) == picture(first)


@pytest.mark.parametrize(("old", "new"), [("a日本b", "a日x b"), ("é́x", "e\u0301y"), ("✓✓✗", "✓✗✗")])
def test_wide_and_joining_characters_stay_whole(old: str, new: str) -> None:
    before, after = strip((old, PLAIN)).adjust_cell_length(12), strip((new, PLAIN)).adjust_cell_length(12)
    shown = Shown()
    first, second = sent(shown, layout([[before]])), sent(shown, layout([[after]]))
    assert picture(first, second) == picture(sent(Shown(), layout([[after]])))


def test_a_part_never_begins_with_a_character_that_joins_the_one_before() -> None:
    start, part = difference(strip(("e", PLAIN), ("\u0300x", RED)), strip(("e", PLAIN), ("\u0301x", RED)))
    assert (start, part.text) == (0, "e\u0301x")


@pytest.mark.parametrize("seed", range(20))
def test_any_sequence_of_pictures_looks_as_if_all_was_sent(seed: int) -> None:
    random, shown, stream = Random(seed), Shown(), ""
    for _ in range(12):
        update = layout([_random_line(random) for _ in range(SIZE[1])])
        stream += sent(shown, update)
        assert picture(stream) == picture(sent(Shown(), update))


def _random_line(random: Random) -> list[Strip]:
    """Twelve columns in one to three pieces of one to three segments."""
    cuts = sorted({0, *random.sample(range(1, 12), random.randint(0, 2)), 12})
    return [_random_strip(random, end - start) for start, end in pairwise(cuts)]


def _random_strip(random: Random, width: int) -> Strip:
    texts = "".join(random.choice("aab ") for _ in range(width))
    cut = random.randint(0, width)
    styles = random.choices((PLAIN, RED, BLUE), k=2)
    return Strip([Segment(texts[:cut], styles[0]), Segment(texts[cut:], styles[1])])
