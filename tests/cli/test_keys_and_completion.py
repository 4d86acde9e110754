"""What `console keys` and `console completion` print."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from console.cli import main
from console.cli.bindings import of_class, uses
from console.cli.options import Options
from console.cli.screen import launch
from console.cli.verbs import VERBS
from console.config import places, read
from console.config.keys import KeyUse

HEAD = "[contexts.work]\n[contexts.home]\nproduction = true\n"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("CONFIG", "DATA_DIR", "STATE_DIR"):
        monkeypatch.setenv(f"CONSOLE_{name}", str(tmp_path / name))
    (tmp_path / "CONFIG").write_text(HEAD)
    return tmp_path / "CONFIG"


def test_every_binding_of_the_app_has_an_id_of_its_own() -> None:
    ids = [use.id for use in uses()]
    assert len(set(ids)) == len(ids)
    assert {"app.quit", "pane.back", "rows.open"} <= set(ids)


def test_bindings_are_scoped_by_where_they_are_valid() -> None:
    class Binding:
        id, key, description = "rows.sort", "s,S", "Sort"

    class Holder:
        BINDINGS = (Binding, ("x", "anonymous"))

    assert list(of_class(Holder)) == [KeyUse("rows.sort", ("s", "S"), "panes", "Sort")]


def test_keys_are_listed_as_the_config_has_them(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(HEAD + '[keys]\n"app.quit" = "x"\n')
    assert main(["keys", "--format", "json"]) == 0
    listed = {one["id"]: one for one in json.loads(capsys.readouterr().out)}
    assert listed["app.quit"] == {"id": "app.quit", "keys": ["x"], "text": "Quit", "changed": True}
    assert listed["app.filter"]["keys"] == ["/"]
    assert listed["app.keys"]["keys"] == ["?"]
    assert main(["keys"]) == 0
    assert "app.quit *" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('"app.quit" = "r"', "r is already app.refresh"),
        ('"app.qiut" = "x"', "did you mean app.quit?"),
        ('"app.quit" = "ctrl+a"', "tmux and screen take it"),
    ],
)
def test_keys_that_cannot_be_are_a_wrong_config(
    config: Path, capsys: pytest.CaptureFixture[str], keys: str, says: str
) -> None:
    config.write_text(f"{HEAD}[keys]\n{keys}\n")
    assert main(["keys"]) == 2
    shown = capsys.readouterr().err
    assert says in shown
    assert f"{config}: line 5: keys." in shown


def test_the_app_gets_the_keys_contexts_and_folders_of_the_config(config: Path) -> None:
    config.write_text(HEAD + '[keys]\n"app.quit" = ["x", "%"]\n[theme]\nname = "light"\n')
    where = places()
    made = launch(read(config), where, Options(read_only=True))
    assert made.context == "work"
    assert made.keys == {"app.quit": "x,percent_sign"}
    assert made.theme == "light"
    assert [(one.name, one.production, one.read_only) for one in made.contexts] == [
        ("work", False, True),
        ("home", True, True),
    ]
    assert made.state_path("work") == where.state / "last" / "work.bin"
    assert launch(read(config), where, Options(theme="dark", context="home")).theme == "dark"


def test_completions_know_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    for shell in ("bash", "zsh", "fish"):
        assert main(["completion", shell]) == 0
        shown = capsys.readouterr().out
        assert all(verb.name in shown for verb in VERBS)


def test_bash_completes_verbs_choices_and_options(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    if not shutil.which("bash"):
        pytest.skip("bash is not installed")
    assert main(["completion", "bash"]) == 0
    script = tmp_path / "completion"
    script.write_text(capsys.readouterr().out)

    def complete(*words: str) -> set[str]:
        quoted = " ".join(f"'{word}'" for word in words)
        code = f". {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _console; echo ${{COMPREPLY[@]}}"
        return set(subprocess.check_output(["bash", "-c", code], text=True).split())

    assert complete("console", "do") == {"doctor"}
    assert complete("console", "show", "c") == {"cache"}
    assert complete("console", "--read-only", "doctor", "--j") == {"--json"}


def test_context_names_are_completed_and_a_missing_config_breaks_nothing(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["completion", "bash", "--contexts"]) == 0
    assert capsys.readouterr().out == "work\nhome\n"
    config.unlink()
    assert main(["completion", "bash", "--contexts"]) == 0
    assert capsys.readouterr() == ("", "")
