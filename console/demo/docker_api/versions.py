"""The API's version in the path: `/v1.47/…`, or none for the newest."""

import re

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.demo.docker_api.answers import ApiError

ENGINE = "27.5.1"
OLDEST, NEWEST = (1, 24), (1, 47)
_PREFIX = re.compile(r"/v(\d{1,4})\.(\d{1,4})(/.*)")


def shown(version: tuple[int, int]) -> str:
    """`1.47`."""
    return f"{version[0]}.{version[1]}"


def check(version: tuple[int, int]) -> None:
    """Raises ApiError, in the engine's words, for a version that it does not speak."""
    if version < OLDEST:
        raise ApiError(
            400,
            f"client version {shown(version)} is too old. Minimum supported API version is {shown(OLDEST)}, "
            "please upgrade your client to a newer version",
        )
    if version > NEWEST:
        raise ApiError(
            400, f"client version {shown(version)} is too new. Maximum supported API version is {shown(NEWEST)}"
        )


class Versioned:
    """Takes the version off the path, keeps it as `docker_api` in the scope, and adds the engine's headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        match = _PREFIX.fullmatch(scope["path"])
        version = (int(match[1]), int(match[2])) if match else NEWEST
        inner = {**scope, "docker_api": version, "path": match[3] if match else scope["path"]}
        inner["raw_path"] = inner["path"].encode()
        try:
            check(version)
        except ApiError as error:
            await error.response(scope, receive, _with_headers(send))
            return
        await self.app(inner, receive, _with_headers(send))


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["Api-Version"] = shown(NEWEST)
            headers["Docker-Experimental"] = "false"
            headers["Ostype"] = "linux"
            headers["Server"] = f"Docker/{ENGINE} (linux)"
        await send(message)

    return sending
