"""`console completion`: what a shell needs to complete verbs, options and context names."""

from argparse import ArgumentParser, Namespace
from importlib import import_module

from .guard import OK
from .options import Options
from .verbs import VERBS

DESCRIPTION = "Print a completion script. bash: source <(console completion bash); zsh: the same after compinit; "
DESCRIPTION += "fish: console completion fish | source."
SHELLS = ("bash", "zsh", "fish")


def arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="the shell to complete in")
    parser.add_argument("--contexts", action="store_true", help="print the names of the config's contexts instead")


def run(options: Options, arguments: Namespace) -> int:
    """Print the script; with --contexts, which the scripts call, one name a line, nothing where there is no config."""
    if arguments.contexts:
        from ..config import ConfigError, places, read

        try:
            print(*read(places(options.config).config).config.contexts, sep="\n")
        except ConfigError:
            return OK  # a half-written config must not break the operator's command line
        return OK
    print({"bash": _bash, "zsh": _zsh, "fish": _fish}[arguments.shell]())
    return OK


def words() -> dict[str, tuple[str, ...]]:
    """By verb, and by the empty string for none: its options and the choices of its positional arguments."""
    from . import parser

    parsers = {"": parser.root()}
    for verb in VERBS:
        parsers[verb.name] = parser.of_verb(verb, import_module(f".{verb.module}", __package__))
    return {name: tuple(dict.fromkeys(_words(one))) for name, one in parsers.items()}


def _words(parser: ArgumentParser) -> list[str]:
    found: list[str] = []
    for action in parser._actions:
        if not action.option_strings:
            found += [str(choice) for choice in action.choices or ()]
        found += [option for option in action.option_strings if option.startswith("--")]
    return found


def _bash() -> str:
    cases = "\n".join(
        f'        {name or "none"}) words="{" ".join(some)}" ;;' for name, some in words().items() if name
    )
    verbs = " ".join(verb.name for verb in VERBS)
    return f"""_console() {{
    local current="${{COMP_WORDS[COMP_CWORD]}}" before="${{COMP_WORDS[COMP_CWORD-1]}}" verb="" word words
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case " {verbs} " in *" $word "*) verb="$word"; break ;; esac
    done
    case "$before" in
        --context)
            words="$(console completion bash --contexts 2>/dev/null)"
            COMPREPLY=($(compgen -W "$words" -- "$current")); return ;;
        --config) COMPREPLY=($(compgen -f -- "$current")); return ;;
    esac
    case "$verb" in
{cases}
        *) words="{verbs} {" ".join(words()[""])}" ;;
    esac
    COMPREPLY=($(compgen -W "$words" -- "$current"))
    [ "$verb" = explain ] && COMPREPLY+=($(compgen -f -- "$current"))
    return 0
}}
complete -o filenames -F _console console"""


def _zsh() -> str:
    return f"autoload -U +X bashcompinit && bashcompinit\n{_bash()}"


def _fish() -> str:
    lines = ["complete -c console -f"]
    lines += [f"complete -c console -n __fish_use_subcommand -a {verb.name} -d '{verb.summary}'" for verb in VERBS]
    for name, some in words().items():
        when = f"__fish_seen_subcommand_from {name}" if name else "__fish_use_subcommand"
        for word in some:
            value = f"-l {word[2:]}" if word.startswith("--") else f"-a {word}"
            lines.append(f"complete -c console -n '{when}' {value}")
    lines.append("complete -c console -l context -x -a '(console completion fish --contexts)'")
    lines.append("complete -c console -l config -r -F")
    lines.append("complete -c console -n '__fish_seen_subcommand_from explain' -F")
    return "\n".join(lines)
