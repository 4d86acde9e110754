"""A wrong file is explained: where, which key, what was found, what is allowed, the nearest right key."""

import subprocess
import sys
from pathlib import Path

import pytest

from console.config import ConfigError, Problem, read

GITLAB = """
[contexts.work.gitlab]
url = "https://gitlab.example.com"
token = { env = "GITLAB_TOKEN" }
groups = ["llm"]
"""
TOKEN = "glpat-Xy7Zq2Lm9Kp4Rt8Wv3Bn"


def problems(tmp_path: Path, text: str) -> tuple[Problem, ...]:
    """What is wrong with a config of this text; the whole error is checked not to hold a token or a traceback."""
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        read(path)
    shown = str(raised.value)
    assert shown.startswith(f"{path}: ")
    assert TOKEN not in shown
    assert TOKEN not in repr(raised.value)
    assert raised.value.__cause__ is None
    return raised.value.problems


def only(tmp_path: Path, text: str) -> Problem:
    found = problems(tmp_path, text)
    assert len(found) == 1, found
    return found[0]


def test_a_right_file_has_its_defaults_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GITLAB, encoding="utf-8")
    name, context = read(path).context()
    assert (name, context.docker, context.production) == ("work", (), False)
    assert context.gitlab is not None
    assert context.gitlab.timeout_seconds == 20


def test_a_missing_file_names_the_command_that_makes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such file") as raised:
        read(tmp_path / "none.toml")
    assert raised.value.missing
    assert "console init" in raised.value.remedy


def test_broken_toml_has_its_line(tmp_path: Path) -> None:
    problem = only(tmp_path, GITLAB + "broken =\n")
    assert problem.line == 6
    assert "not valid TOML" in problem.found
    assert "column 9" in problem.found


def test_bytes_that_are_not_utf_8_have_their_line(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(ConfigError, match="line 2: is not UTF-8"):
        read(path)


@pytest.mark.parametrize(
    ("text", "key", "line", "nearest"),
    [
        ("defualt_context = 'work'" + GITLAB, "defualt_context", 1, "default_context"),
        (GITLAB + "tiemout_seconds = 3\n", "contexts.work.gitlab.tiemout_seconds", 6, "timeout_seconds"),
        (GITLAB + "[ui]\nmuose = 'on'\n", "ui.muose", 7, "mouse"),
        (GITLAB + "[ui]\nmouse = 'onn'\n", "ui.mouse", 7, "on"),
        (GITLAB + "[contexts.work.goals]\nhit_ration = 0.5\n", "contexts.work.goals.hit_ration", 7, "hit_ratio"),
        (
            GITLAB
            + "[contexts.work.prometheus]\nurl='http://p'\n[contexts.work.prometheus.queries]\nruner_busy='up'\n",
            "contexts.work.prometheus.queries.runner_busy".replace("runner", "runer"),
            9,
            "runner_busy",
        ),
        (
            GITLAB + "[[contexts.work.docker]]\nname='a'\nhost='unix:///a'\n[[contexts.work.docker]]\nname='b'\n"
            "host='unix:///b'\ntls_kee='x'\n",
            "contexts.work.docker[1].tls_kee",
            12,
            "tls_key",
        ),
    ],
)
def test_an_unknown_key_is_named_with_its_line_and_the_nearest_right_one(
    tmp_path: Path, text: str, key: str, line: int, nearest: str
) -> None:
    problem = only(tmp_path, text)
    assert (problem.key, problem.line, problem.nearest) == (key, line, nearest)


@pytest.mark.parametrize(
    ("text", "key", "found", "allowed"),
    [
        (GITLAB + "timeout_seconds = 0\n", "contexts.work.gitlab.timeout_seconds", "0", "a number above 0 to 300"),
        (GITLAB + "timeout_seconds = nan\n", "contexts.work.gitlab.timeout_seconds", "nan", "a number above 0 to 300"),
        (GITLAB + "[sync]\nbackfill_days = 1.5\n", "sync.backfill_days", "1.5", "a whole number from 1 to 365"),
        (GITLAB + "[sync]\nbackfill_days = true\n", "sync.backfill_days", "true", "a whole number from 1 to 365"),
        ("[contexts.work]\nproduction = 'yes'\n", "contexts.work.production", "'yes'", "true or false"),
        (GITLAB + "[keys]\nquit = 3\n", "keys.quit", "3", "text or a list of text"),
        (GITLAB + "projects = 'one'\n", "contexts.work.gitlab.projects", "'one'", "a list"),
        (GITLAB + "projects = [1]\n", "contexts.work.gitlab.projects[0]", "1", "text"),
        ("contexts = 3\n", "contexts", "3", "a table"),
        ("[contexts.'a/b']\n", 'contexts."a/b"', "name 'a/b'", "letters, digits, . _ -"),
        ("default_context = 'wrok'\n" + GITLAB, "default_context", "there is no context 'wrok'", "work"),
        (GITLAB + "[contexts.work.rates]\npriced_on = 2026-01-31\n", "contexts.work.rates.priced_on", "2026-01-31", ""),
    ],
)
def test_a_wrong_value_says_what_was_found_and_what_is_allowed(
    tmp_path: Path, text: str, key: str, found: str, allowed: str
) -> None:
    problem = only(tmp_path, text)
    assert (problem.key, problem.found) == (key, found)
    assert allowed in problem.allowed
    assert problem.line


def test_every_problem_is_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    found = problems(
        tmp_path, GITLAB.replace('"https://', '"gopher://') + "[ui]\nmouse = 1\n[sync]\nbackfill_days = 0\n"
    )
    assert [one.key for one in found] == ["contexts.work.gitlab.url", "ui.mouse", "sync.backfill_days"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GITLAB + "[contexts.work.rates]\ndefault_per_minute = 1\n", "currency"),
        (GITLAB + "[[contexts.work.docker]]\nname='a'\nhost='unix:///a'\n" * 2, "own name"),
        ("contexts = {}\n", "at least one"),
        (GITLAB + "[history]\nurl = 'sqlite:///x.db'\n" + GITLAB.replace("work", "home"), "{context} in history.url"),
        (GITLAB + "[history]\nurl = 'postgresql://u:hunter22@h/x'\n", "without a password"),
    ],
)
def test_values_that_do_not_fit_together_are_told(tmp_path: Path, text: str, says: str) -> None:
    problem = only(tmp_path, text)
    assert says in problem.allowed
    assert "hunter22" not in str(problem)


@pytest.mark.parametrize(
    "text",
    [
        GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'"{TOKEN}"'),
        GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'["{TOKEN}"]'),
        GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'{{ value = "{TOKEN}" }}'),
        GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'{{ env = ["{TOKEN}"] }}'),
        GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'{{ env = "A", file = "{TOKEN}" }}'),
        GITLAB.replace("https://", f"https://root:{TOKEN}@"),
        GITLAB + f"{TOKEN} = 1\n",
        GITLAB + f'proxy = "http://user:{TOKEN}@proxy"\n',
        GITLAB + f"[contexts.work.prometheus]\nurl='http://p'\nheaders = {{ Authorization = 'Bearer {TOKEN}' }}\n",
        GITLAB + f"[contexts.work.prometheus]\nurl='http://p'\nheaders = {{ Authorization = ['Bearer {TOKEN}'] }}\n",
        GITLAB + f"[contexts.work.prometheus]\nurl='http://p'\nheaders = {{ X-Api-Key = '{TOKEN}' }}\n",
        GITLAB + f"token_value = '{TOKEN}'\n",
        GITLAB + f"groups = '{TOKEN}\n",
        GITLAB + f"[ui]\nmouse = '{TOKEN}'\n",
    ],
)
def test_a_secret_written_into_the_file_is_refused_and_never_echoed(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_an_inline_token_is_told_what_to_write_instead(tmp_path: Path) -> None:
    problem = only(tmp_path, GITLAB.replace('{ env = "GITLAB_TOKEN" }', f'"{TOKEN}"'))
    assert problem.key == "contexts.work.gitlab.token"
    assert problem.line == 4
    assert '{ env = "NAME" }' in problem.allowed


def test_a_context_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(GITLAB + GITLAB.replace("work", "home"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"no context 'wok'; allowed: work, home; did you mean work\?"):
        read(path).context("wok")


def test_control_characters_in_values_do_not_reach_the_terminal(tmp_path: Path) -> None:
    problem = only(tmp_path, GITLAB + '[ui]\nmouse = "\\u001b[31mon\\u0007"\n')
    assert problem.found == "'on'"


def test_reading_a_right_config_loads_nothing_that_paint_does_not_need() -> None:
    root = Path(__file__).parents[2]
    example = root / "config.example.toml"
    code = (
        "import sys; from pathlib import Path; from console.config import read; "
        f"read(Path({str(example)!r})); print(*sys.modules)"
    )
    loaded = set(subprocess.check_output([sys.executable, "-c", code], text=True, cwd=root).split())
    heavy = {"argparse", "subprocess", "httpx", "sqlalchemy", "gitlab", "docker", "textual", "tomli_w", "difflib"}
    assert not loaded & (heavy | {"console.config.problems", "console.config.write"})
