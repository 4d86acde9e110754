"""Reading tokens, and the part of the grammar that names series: `metric{label="value"}`."""

import re
from typing import NoReturn

from console.demo.promql.errors import QueryParseError
from console.demo.promql.labels import NAME
from console.demo.promql.lexer import Token, unquoted
from console.demo.promql.nodes import Selector
from console.demo.promql.series import Matcher

NO_MATCHER = "vector selector must contain at least one non-empty matcher"
_MATCH_OPERATORS = frozenset(("=", "!=", "=~", "!~"))


class SelectorParser:
    """A cursor over the tokens of one query, and the rules for selectors and lists of labels."""

    def __init__(self, query: str, found: list[Token]) -> None:
        self.query, self.tokens, self.index = query, found, 0

    @property
    def here(self) -> Token:
        """The token that comes next. Raises QueryParseError when the lexer failed there."""
        token = self.tokens[self.index]
        if token.kind == "error":
            raise QueryParseError(self.query, token.start, token.text)
        return token

    def at(self, symbol: str) -> bool:
        """Whether this symbol comes next."""
        return self.here.kind == "symbol" and self.here.text == symbol

    def take(self) -> Token:
        """The token that comes next, passed over."""
        token = self.here
        self.index += 1
        return token

    def skip_word(self, word: str) -> bool:
        """Pass over a keyword if it comes next, and tell whether it did."""
        found = self.here.word == word
        self.index += found
        return found

    def expect(self, symbol: str, where: str = "") -> Token:
        """Pass over this symbol; anything else is an error."""
        return self.take() if self.at(symbol) else self.unexpected(where)

    def unexpected(self, where: str = "") -> NoReturn:
        """Fail at the token that comes next."""
        self.fail(f"unexpected {self.here.described}{where}")

    def fail(self, reason: str, position: int | None = None) -> NoReturn:
        """Raise the error that points at `position`, or at the token that comes next."""
        raise QueryParseError(self.query, self.here.start if position is None else position, reason)

    def string(self) -> str:
        """The value of the string literal that comes next."""
        token = self.take()
        try:
            return unquoted(token.text)
        except ValueError as error:
            self.fail(str(error), token.start)

    def label_list(self) -> list[str]:
        """`(a, b)`: names of labels; a last comma is allowed."""
        self.expect("(", ' in grouping opts, expected "("')
        names: list[str] = []
        while not self.at(")"):
            if self.here.kind != "word" or ":" in self.here.text:
                self.unexpected(" in grouping opts, expected label")
            names.append(self.take().text)
            if not self.at(","):
                break
            self.take()
        self.expect(")", ' in grouping opts, expected "," or ")"')
        return names

    def selector(self) -> Selector:
        """`metric`, `metric{…}` or `{…}`."""
        start, matchers = self.here.start, list[Matcher]()
        if self.here.kind == "word":
            if self.here.word in ("bool", "on", "ignoring", "group_left", "group_right"):
                self.unexpected()
            matchers.append(Matcher(NAME, "=", self.take().text))
        if self.at("{"):
            matchers += self.matchers()
        self._check(start, matchers)
        return Selector(start, tuple(matchers))

    def matchers(self) -> list[Matcher]:
        """`{a="b", c=~"d"}`; a last comma is allowed."""
        self.take()
        found: list[Matcher] = []
        while not self.at("}"):
            found.append(self.matcher())
            if not self.at(","):
                break
            self.take()
        self.expect("}", ' in label matching, expected "," or "}"')
        return found

    def matcher(self) -> Matcher:
        """`a="b"`."""
        if self.here.kind != "word":
            self.unexpected(' in label matching, expected identifier or "}"')
        name = self.take()
        if self.here.text not in _MATCH_OPERATORS:
            self.unexpected(" in label matching, expected label matching operator")
        op = self.take().text
        if self.here.kind != "string":
            self.unexpected(" in label matching, expected string")
        value = self.string()
        try:
            return Matcher(name.text, op, value)
        except re.error as error:
            self.fail(f"error parsing regexp: {error.msg}: `^(?:{value})$`", name.start)

    def _check(self, start: int, matchers: list[Matcher]) -> None:
        names = [one.value for one in matchers if one.name == NAME and one.op == "="]
        if len(names) > 1:
            self.fail(f'metric name must not be set twice: "{names[0]}" or "{names[1]}"', start)
        if all(matcher.accepts("") for matcher in matchers):
            self.fail(NO_MATCHER, start)
