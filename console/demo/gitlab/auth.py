"""Who asks: tokens, their scopes, and what GitLab answers to those that do not suffice."""

from dataclasses import dataclass

from starlette.requests import Request

from .answers import ApiError

TOKEN = "glpat-demo-full-access"
READ_ONLY_TOKEN = "glpat-demo-read-api"
EXPIRED_TOKEN = "glpat-demo-expired"
REVOKED_TOKEN = "glpat-demo-revoked"
REPOSITORY_TOKEN = "glpat-demo-read-repository"


@dataclass(frozen=True, slots=True)
class Token:
    id: int
    name: str
    scopes: tuple[str, ...]
    expires_in_days: int
    """After the world's start; below 0: expired."""
    revoked: bool = False

    @property
    def active(self) -> bool:
        return not self.revoked and self.expires_in_days > 0


TOKENS = {
    TOKEN: Token(51, "console", ("api",), 180),
    READ_ONLY_TOKEN: Token(52, "console-read-only", ("read_api",), 12),
    EXPIRED_TOKEN: Token(53, "console-last-year", ("api",), -3),
    REVOKED_TOKEN: Token(54, "console-leaked", ("api",), 90, revoked=True),
    REPOSITORY_TOKEN: Token(55, "clone-only", ("read_repository",), 90),
}
READS = frozenset({"api", "read_api"})
WRITES = frozenset({"api"})


def presented(request: Request) -> str | None:
    """The token that came with the request."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return request.headers.get("private-token") or (bearer.strip() if scheme.lower() == "bearer" else None)


def token_of(request: Request, expired: bool = False) -> Token:
    """The token of this request, whatever its scopes; raises ApiError 401 as GitLab words it.

    `expired`: every token is treated as one that has run out.
    """
    token = TOKENS.get(presented(request) or "")
    if token is None:
        raise ApiError(401, {"message": "401 Unauthorized"})
    if token.revoked:
        raise _invalid("Token was revoked. You have to re-authorize from the user.")
    if expired or not token.active:
        raise _invalid("Token is expired. You can either do re-authorization or token refresh.")
    return token


def need(token: Token, scopes: frozenset[str]) -> None:
    """Raises ApiError 403 unless the token has one of these scopes."""
    if not scopes & set(token.scopes):
        raise ApiError(
            403,
            {
                "error": "insufficient_scope",
                "error_description": "The request requires higher privileges than provided by the access token.",
                "scope": " ".join(sorted(scopes)),
            },
        )


def _invalid(description: str) -> ApiError:
    return ApiError(401, {"error": "invalid_token", "error_description": description})
