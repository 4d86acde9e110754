"""Themes: the bundled ones can be read by everybody, and a broken one says what is wrong."""

import colorsys
from itertools import combinations
from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from console import theme
from tests.host import Host

NAMES = sorted(theme.theme_files())
TRUE_COLOUR = [name for name in NAMES if name != "sixteen"]
TEXT = ("foreground", "success", "warning", "error", "primary")
STATUS = tuple(name for name in theme.OUR_OWN if not name.startswith("match-"))
GROUNDS = ("background", "surface", "panel")

# Rows: what a dichromat's eye makes of linear red, green and blue. Source: G. M. Machado, M. M. Oliveira,
# L. A. F. Fernandes, IEEE Trans. Visualization and Computer Graphics 15 (2009), severity 1.0.
EYES = {
    "protanopia": ((0.152, 1.053, -0.205), (0.115, 0.786, 0.099), (-0.004, -0.048, 1.052)),
    "deuteranopia": ((0.367, 0.861, -0.228), (0.280, 0.673, 0.047), (-0.012, 0.043, 0.969)),
    "tritanopia": ((1.256, -0.077, -0.179), (-0.078, 0.931, 0.148), (0.005, 0.691, 0.304)),
}


def linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1, 0..1."""
    red, green, blue = (linear(part) for part in Color.parse(colour).normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio by WCAG 2.1, 1..21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def seen(colour: str, eye: str) -> tuple[float, float, float]:
    """CIE L*a*b* of a colour as that eye sees it."""
    rgb = [linear(part) for part in Color.parse(colour).normalized]
    red, green, blue = (min(1.0, max(0.0, sum(k * v for k, v in zip(row, rgb, strict=True)))) for row in EYES[eye])
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def bundled(name: str) -> Theme:
    return theme.read_theme(theme.bundled() / f"{name}.toml")


def colour(one: Theme, name: str) -> str:
    return one.variables.get(name) or getattr(one, name)


def test_five_themes_are_shipped() -> None:
    assert NAMES == ["colour-blind", "dark", "high-contrast", "light", "sixteen"]


@pytest.mark.parametrize("name", NAMES)
def test_a_bundled_theme_sets_every_variable_of_ours(name: str) -> None:
    assert set(theme.OUR_OWN) <= set(bundled(name).variables)


@pytest.mark.parametrize("name", TRUE_COLOUR)
def test_text_can_be_read_on_every_ground(name: str) -> None:
    one = bundled(name)
    least = 7.0 if name == "high-contrast" else 4.5
    for text in (*TEXT, *STATUS):
        for ground in GROUNDS:
            ratio = contrast(colour(one, text), colour(one, ground))
            assert ratio >= least, f"{text} on {ground}: {ratio:.2f}"


@pytest.mark.parametrize("name", TRUE_COLOUR)
def test_the_cursor_and_a_match_can_be_read(name: str) -> None:
    one = bundled(name)
    for part in ("block-cursor", "match"):
        assert contrast(colour(one, f"{part}-foreground"), colour(one, f"{part}-background")) >= 4.5


@pytest.mark.parametrize("eye", sorted(EYES))
def test_the_colour_blind_theme_keeps_statuses_and_series_apart(eye: str) -> None:
    one = bundled("colour-blind")
    for group in (("status-success", "status-failed", "status-running"), tuple(f"series-{n}" for n in range(1, 5))):
        for a, b in combinations(group, 2):
            difference = sum(
                (p - q) ** 2 for p, q in zip(seen(colour(one, a), eye), seen(colour(one, b), eye), strict=True)
            )
            assert difference**0.5 >= 20, f"{a} and {b}: {difference**0.5:.0f}"


@pytest.mark.parametrize("name", TRUE_COLOUR)
def test_good_and_bad_differ_in_more_than_one_hue_step(name: str) -> None:
    one = bundled(name)
    good, bad = (Color.parse(colour(one, f"status-{word}")).normalized for word in ("success", "failed"))
    assert abs(colorsys.rgb_to_hsv(*good)[0] - colorsys.rgb_to_hsv(*bad)[0]) > 0.1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('primary = "blurple"', "primary is 'blurple'"),
        ("primary = 3", "primary is 3"),
        ('primary = "#fff"\nsucess = "#0f0"', "sucess is not known; did you mean success?"),
        ('primary = "#fff"\ndark = "yes"', "dark is 'yes'"),
        ('primary = "#fff"\ntext_alpha = 7', "text_alpha is 7"),
        ('primary = "#fff"\nvariables = 3', "variables is 3"),
        ('primary = "#fff"\n[variables]\nstatus-failed = "rad"', "variables.status-failed is 'rad'"),
        ('primary = "#fff"\n[variables]\nborder = 3', "variables.border is 3"),
        ('primary = "#fff"\n[variables]\nborder = "red; } * {"', "variables.border"),
        ('success = "#fff"', "primary is missing"),
        ("primary = ", "Invalid value (at end of document)"),
        ('name = "x"\nprimary = "#fff"', "name is not known"),
    ],
)
def test_a_broken_theme_names_its_file_and_key(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text)
    with pytest.raises(theme.ThemeError, match=r"mine\.toml") as caught:
        theme.read_theme(path)
    assert told in str(caught.value)


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(theme.ThemeError, match=r"mine\.toml"):
        theme.read_theme(path)


def test_a_theme_of_ones_own_wins_over_the_one_we_ship(tmp_path: Path) -> None:
    (tmp_path / "dark.toml").write_text('primary = "#123456"')
    host = Host()
    assert theme.install(host, "dark", tmp_path) == ""
    assert host.current_theme.primary == "#123456"


def test_a_broken_chosen_theme_gives_the_default_and_a_notice(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('primary = "blurple"')
    host = Host()
    assert "mine.toml: primary is 'blurple'" in theme.install(host, "mine", tmp_path)
    assert host.theme == theme.DEFAULT


def test_an_unknown_theme_names_the_nearest() -> None:
    assert "did you mean light?" in theme.install(Host(), "ligth")


def test_the_others_come_later_and_a_broken_one_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text('primary = "#123456"')
    (tmp_path / "bad.toml").write_text("primary = ")
    host = Host()
    assert "light" not in host.available_themes
    (notice,) = theme.install_others(host, tmp_path)
    assert "bad.toml" in notice
    assert {"light", "mine", "sixteen"} <= set(host.available_themes)
    assert "bad" not in host.available_themes


async def test_no_color_takes_the_sixteen_colour_theme_without_its_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    from textual.widgets import Static

    monkeypatch.setenv("NO_COLOR", "1")
    host = Host(Static("words"), theme_name="dark")
    async with host.run_test() as pilot:
        await pilot.pause()
        assert host.theme == "sixteen"


@pytest.mark.parametrize("name", [*NAMES, "nord", "textual-light", "ansi-dark"])
async def test_every_theme_draws_a_screen_with_our_variables(name: str) -> None:
    from textual.widgets import DataTable, Footer, Input, Static

    class Coloured(Static):
        DEFAULT_CSS = "Coloured {" + "".join(f"color: ${name};" for name in theme.OUR_OWN) + "}"

    host = Host(Coloured("words"), Input(), DataTable(), Footer(), theme_name=name)
    async with host.run_test() as pilot:
        await pilot.pause()
        assert "words" in host.shown()
        assert host.theme == name


async def test_the_theme_can_be_changed_while_the_app_runs() -> None:
    host = Host()
    async with host.run_test() as pilot:
        theme.install_others(host)
        host.theme = "sixteen"
        await pilot.pause()
        assert host.theme_variables["status-failed"] == "ansi_bright_red"
