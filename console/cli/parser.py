"""Parsers for the command line; loaded only when there are arguments."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from types import ModuleType

from . import options
from .verbs import VERBS, Verb

EXIT_CODES = """exit codes:
  0    done; of doctor: healthy, warnings allowed
  1    failed: a source did not answer, or doctor found something broken
  2    wrong arguments or config
  70   a fault of the console itself; a crash report was written
  130  interrupted with Ctrl+C
  141  whoever read the output went away"""
ENVIRONMENT = """environment:
  CONSOLE_CONFIG      config file
  CONSOLE_DATA_DIR    folder of the history
  CONSOLE_STATE_DIR   folder of the last screen and crash reports
  NO_COLOR            no colours"""


def root() -> ArgumentParser:
    """For `console` without a verb."""
    width = max(len(verb.name) for verb in VERBS)
    verbs = "\n".join(f"  {verb.name:<{width}}  {verb.summary}" for verb in VERBS)
    parser = ArgumentParser(
        prog="console",
        usage="console [options] [verb ...]",
        description="A terminal control centre for a fleet of GitLab projects. Without a verb the app opens.",
        epilog=f"verbs (console VERB --help):\n{verbs}\n\n{EXIT_CODES}\n\n{ENVIRONMENT}",
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("-V", "--version", action="store_true", help="print the version")
    options.add(parser)
    return parser


def of_verb(verb: Verb, module: ModuleType) -> ArgumentParser:
    """For one verb; its own arguments come from its module, its long description from the module's DESCRIPTION."""
    parser = ArgumentParser(
        prog=f"console {verb.name}",
        description=getattr(module, "DESCRIPTION", verb.summary[:1].upper() + verb.summary[1:] + "."),
        epilog=getattr(module, "EPILOG", None),
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    module.arguments(parser)
    options.add(parser)
    return parser
