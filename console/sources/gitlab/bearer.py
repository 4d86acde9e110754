"""The token, held so that neither a repr, nor a traceback with locals, nor an error's text can show it."""

from collections.abc import Generator

import httpx

from ...ports import SourceError, Trouble


class Bearer(httpx.Auth):
    """Sends the token as `Authorization: Bearer`, which takes every kind of token but a job's."""

    __slots__ = ("_text",)

    def __init__(self, text: str, address: str) -> None:
        """Raises SourceError when `text` is empty or could not stand in a header; h11 would quote it in full."""
        self._text = text.strip()
        if not self._text or not self._text.isascii() or not self._text.isprintable():
            wrong = "holds characters no token has" if self._text else "is empty"
            raise SourceError(
                f"The token for GitLab at {address} {wrong}",
                trouble=Trouble.UNAUTHENTICATED,
                remedy="Check where the config says the token comes from.",
            )

    def __repr__(self) -> str:
        return "Bearer([token])"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """httpx's way to sign a request; its headers hide this one in their repr."""
        request.headers["Authorization"] = f"Bearer {self._text}"
        yield request

    def reveal(self) -> str:
        """The token itself, for a library that wants it; never keep it in a variable."""
        return self._text

    def hide(self, body: bytes) -> bytes:
        """What the server sent without the token, should it repeat it; before any of it is cut off."""
        return body.replace(self._text.encode(), b"[token]")
