"""From the text of a query to tokens."""

import re
from dataclasses import dataclass

AGGREGATORS = frozenset(
    ["sum", "avg", "min", "max", "count", "group", "stddev", "stdvar", "quantile", "topk", "bottomk", "count_values"],
)
KEYWORDS = frozenset(["by", "without", "on", "ignoring", "group_left", "group_right", "bool", "offset"])
WORD_OPERATORS = frozenset(["and", "or", "unless"])

_DURATION = r"(?:[0-9]+(?:ms|[smhdwy]))+"
_NUMBER = r"0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_PATTERN = rf"""
    (?P<space>(?:\s|\#[^\n]*)+)
  | (?P<duration>{_DURATION}(?![a-zA-Z0-9_.]))
  | (?P<number>(?:{_NUMBER})(?![a-zA-Z0-9_.]))
  | (?P<badnumber>[0-9][a-zA-Z0-9_.]*)
  | (?P<word>[a-zA-Z_COLON][a-zA-Z0-9_COLON]*)
  | (?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)
  | (?P<badstring>["'`])
  | (?P<symbol>=~|!~|==|!=|<=|>=|[-+*/%^<>=(){{}}\[\],:@])
"""
_OUTSIDE = re.compile(_PATTERN.replace("COLON", ":"), re.VERBOSE)
_INSIDE = re.compile(_PATTERN.replace("COLON", ""), re.VERBOSE)
"""Within braces and brackets a colon is no part of a word: labels have none, and `[1h:1m]` needs it."""
_PIECE = re.compile(r"([0-9]+)(ms|[smhdwy])")
_UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000, "y": 31_536_000_000}
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_OPERATORS = frozenset(["+", "-", "*", "/", "%", "^", "==", "!=", "<", ">", "<=", ">=", "=~", "!~"])
_UNCLOSED = {
    "(": "unclosed left parenthesis",
    "[": "unclosed left bracket",
    "{": "unexpected end of input inside braces",
}
_CLOSES = {")": "(", "]": "[", "}": "{"}
_STRAY = {
    ")": "unexpected right parenthesis ')'",
    "]": "unexpected right bracket ']'",
    "}": "unexpected character: '}'",
}
_NUMBERS = ("number", "duration", "badnumber")
_BRACE_SYMBOLS = frozenset(("=", "!=", "=~", "!~", ",", "}"))
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\\": "\\", "'": "'", '"': '"'}


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query. `kind` is duration, number, word, string, symbol, end or error.

    An error's `text` is its reason; it is raised only when the parser comes to it, so that the first
    mistake in the text is the one that is told.
    """

    kind: str
    text: str
    start: int

    @property
    def word(self) -> str:
        """The keyword it may be: words are keywords in any letter case."""
        return self.text.lower() if self.kind == "word" else ""

    @property
    def described(self) -> str:
        """As Prometheus names a token that it did not expect."""
        if self.kind == "end":
            return "end of input"
        if self.kind == "word":
            return _described_word(self)
        if self.kind == "symbol":
            return f"<op:{self.text}>" if self.text in _OPERATORS else f'"{self.text}"'
        shown = self.text[:10].replace('"', '\\"')
        return f'{self.kind} "{shown}"{"..." if len(self.text) > 10 else ""}'


def _described_word(token: Token) -> str:
    for kind, words in (("aggr", AGGREGATORS), ("op", WORD_OPERATORS)):
        if token.word in words:
            return f"<{kind}:{token.text}>"
    if token.word in KEYWORDS:
        return f"<{token.text}>"
    return f'{"metric identifier" if ":" in token.text else "identifier"} "{token.text}"'


def tokens(query: str) -> list[Token]:
    """Every token of a query, ended by one of kind `end` or `error`; never empty."""
    found: list[Token] = []
    opened: list[str] = []
    at = 0
    while at < len(query):
        match = (_INSIDE if opened and opened[-1] in "{[" else _OUTSIDE).match(query, at)
        kind, text = (match.lastgroup or "", match.group()) if match else ("unknown", query[at])
        reason = _mistake(kind, text, opened, query[at + len(text) : at + len(text) + 1])
        if reason:
            return [*found, Token("error", reason, at + (text == ")"))]
        if kind == "symbol":
            _nest(text, opened)
        if kind != "space":
            found.append(Token(kind, text, at))
        at += len(text)
    reason = _UNCLOSED[opened[-1]] if opened else ""
    return [*found, Token("error", reason, at) if reason else Token("end", "", at)]


def _nest(text: str, opened: list[str]) -> None:
    if text in _UNCLOSED:
        opened.append(text)
    elif text in _CLOSES and opened and opened[-1] == _CLOSES[text]:
        opened.pop()


def _mistake(kind: str, text: str, opened: list[str], following: str) -> str:
    """Why this piece cannot stand here, or nothing; `opened` are the brackets around it, innermost last."""
    inside = opened[-1] if opened else ""
    where = " inside braces" if inside == "{" else ""
    if kind == "badstring":
        return "unterminated raw string" if text == "`" else "unterminated quoted string"
    if kind == "unknown":
        if text == "!":
            return f"unexpected character after '!'{where}: '{following}'"
        return f"unexpected character{where}: '{text}'"
    if inside == "[":
        return _bracket_mistake(kind, text)
    if kind == "badnumber" and inside != "{":
        return f'bad number or duration syntax: "{text}"'
    if inside == "{":
        text = text[0] if kind in _NUMBERS else text
        return (
            ""
            if kind not in ("symbol", *_NUMBERS) or text in _BRACE_SYMBOLS
            else f"unexpected character inside braces: '{text}'"
        )
    closes = kind == "symbol" and text in _CLOSES and not (opened and opened[-1] == _CLOSES[text])
    return _STRAY[text] if closes else ""


def _bracket_mistake(kind: str, text: str) -> str:
    if kind in ("number", "badnumber"):
        return "missing unit character in duration"
    return 'bad duration syntax: ""' if kind in ("word", "string") or (kind == "symbol" and text not in "]:") else ""


def duration_ms(text: str) -> int:
    """Milliseconds of `1h30m`; a day is 24 hours, a year 365 days, as in Prometheus. Raises ValueError."""
    if re.fullmatch(_DURATION, text) is None:
        raise ValueError(f'not a valid duration string: "{text}"')
    return sum(int(count) * _UNIT_MS[unit] for count, unit in _PIECE.findall(text))


def number(text: str) -> float:
    """The value of a number literal."""
    return float(int(text, 16)) if text[:2].lower() == "0x" else float(text)


def unquoted(text: str) -> str:
    """The value of a string literal, Go's escapes resolved; back-quoted ones are taken as they are.

    Raises ValueError for an escape that Go does not know.
    """
    if text.startswith("`"):
        return text[1:-1]
    return _ESCAPE.sub(_escaped, text[1:-1])


def _escaped(match: re.Match[str]) -> str:
    code = match.group(1)
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code[0] in "xuU" and len(code) > 1:
        return chr(int(code[1:], 16))
    if code.isdigit() and len(code) == 3:
        return chr(int(code, 8))
    raise ValueError(f"unknown escape sequence U+{ord(code[0]):04X} '{code[0]}'")
