"""Every way an engine fails to answer, as one SourceError whose text helps an operator."""

import errno
import socket
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from http.client import IncompleteRead

import msgspec
import requests
import urllib3
from docker.errors import APIError, DockerException

from ...ports import SourceError, Trouble
from ...text import clean
from .address import Address
from .events import Overrun, StreamEnded
from .ssh import SshFailed

FAILURES = (
    DockerException,
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    OSError,
    ValueError,
    StreamEnded,
    Overrun,
)
"""What asking an engine can raise; anything else is a mistake of ours. A ValueError is an answer that is no JSON."""


def explain(error: BaseException, where: str, address: Address, timeout_seconds: float) -> SourceError:
    """`error` in an operator's words; `where` names the engine and its address."""
    if isinstance(error, SourceError):
        return error
    causes = list(_causes(error))
    rules: tuple[Callable[[BaseException, str], SourceError | None], ...] = (
        _of_stream,
        _of_answer,
        partial(_of_ssh, address=address),
        _of_tls,
        partial(_of_system, timeout_seconds=timeout_seconds),
    )
    for rule in rules:
        for cause in causes:
            if (found := rule(cause, where)) is not None:
                return found
    odd = (ValueError, urllib3.exceptions.HTTPError, requests.TooManyRedirects)
    if any(isinstance(cause, odd) for cause in causes):
        return _no_engine(where)
    return SourceError(f"{where} failed: {clean(str(error), 300)}", trouble=Trouble.BROKEN)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all it wraps, the innermost first: the SDK, requests and urllib3 each wrap another's errors."""
    seen: list[BaseException] = []
    ahead: list[object] = [error]
    while ahead:
        one = ahead.pop(0)
        if isinstance(one, BaseException) and one not in seen:
            seen.append(one)
            ahead += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
    yield from reversed(seen)


def _of_stream(cause: BaseException, where: str) -> SourceError | None:
    match cause:
        case StreamEnded():
            return SourceError(f"{where} ended its stream of events.", trouble=Trouble.UNREACHABLE)
        case Overrun():
            return SourceError(f"{where} sends events faster than they are taken; they are read anew.")
        case msgspec.ValidationError():
            return SourceError(
                f"{where} gave an answer of a shape this console does not know: {clean(str(cause), 200)}.",
                remedy="Check that the address leads to a Docker engine, and report this line with its version.",
            )
    return None


def _of_answer(cause: BaseException, where: str) -> SourceError | None:
    if not isinstance(cause, APIError) or cause.status_code is None:
        return None
    said = clean(str(cause.explanation or ""), 300)
    match cause.status_code:
        case 401:
            return SourceError(
                f"{where} wants to know who asks: {said}", trouble=Trouble.UNAUTHENTICATED, remedy=_LOGIN
            )
        case 403:
            return SourceError(f"{where} forbids it: {said}", trouble=Trouble.FORBIDDEN, remedy=_ASK_ADMIN)
        case 404:
            return SourceError(f"{where} knows no such thing: {said}", trouble=Trouble.MISSING)
        case 400 if "HTTP request to an HTTPS server" in said:
            return SourceError(f"{where} speaks TLS, and it was asked without.", trouble=Trouble.TLS, remedy=_SET_TLS)
        case 400 if "client version" in said:
            return SourceError(f"{where} refuses our API version: {said}", trouble=Trouble.UNSUPPORTED)
    return SourceError(f"{where} answered {cause.status_code}: {said}", trouble=Trouble.BROKEN, remedy=_ENGINE_LOG)


def _of_ssh(cause: BaseException, where: str, address: Address) -> SourceError | None:
    if isinstance(cause, FileNotFoundError) and address.kind == "ssh":
        return SourceError(
            f"{where} is reached through ssh, and no ssh client is on PATH.",
            trouble=Trouble.UNREACHABLE,
            remedy="Install openssh-client.",
        )
    if not isinstance(cause, SshFailed):
        return None
    said = clean(" ".join(str(cause).split()), 300) or "the connection ended without a word"
    by_hand = (
        f"ssh {f'-p {address.port} ' if address.port else ''}{f'{address.user}@' if address.user else ''}{address.host}"
    )
    trouble, remedy = Trouble.UNREACHABLE, f"Try `{by_hand} docker version` by hand."
    if "Permission denied" in said and "docker" not in said:
        trouble, remedy = Trouble.UNAUTHENTICATED, "Load your key with ssh-add, or name it in ~/.ssh/config."
    elif "Host key verification failed" in said:
        trouble, remedy = Trouble.UNAUTHENTICATED, f"Check the host's key and accept it with `{by_hand}` once."
    elif "permission denied" in said.lower():
        trouble, remedy = Trouble.FORBIDDEN, "Add the remote user to the group docker there, and log in again."
    elif "not found" in said:
        trouble, remedy = Trouble.MISSING, "Install the docker command on that machine."
    return SourceError(f"{where} is not reached through ssh: {said}", trouble=trouble, remedy=remedy)


def _of_tls(cause: BaseException, where: str) -> SourceError | None:
    if isinstance(cause, ssl.SSLCertVerificationError):
        return SourceError(
            f"{where} showed a certificate that is not trusted: {clean(cause.verify_message, 200)}.",
            trouble=Trouble.TLS,
            remedy="Set tls_ca to the CA that signed it, and use the host name it was made for.",
        )
    if not isinstance(cause, ssl.SSLError):
        return None
    reason = (cause.reason or "").replace("_", " ").lower()
    if "wrong version number" in reason or "record layer failure" in reason:
        return SourceError(
            f"{where} does not speak TLS on this port.",
            trouble=Trouble.TLS,
            remedy="Use the engine's TLS port, usually 2376, or leave the tls_* settings out.",
        )
    if "certificate required" in reason or "bad certificate" in reason or "unknown ca" in reason:
        return SourceError(
            f"{where} does not accept our client certificate: {reason}.",
            trouble=Trouble.UNAUTHENTICATED,
            remedy="Set tls_cert and tls_key to a pair signed by the engine's CA.",
        )
    return SourceError(f"{where} failed in TLS: {reason or 'no reason given'}.", trouble=Trouble.TLS, remedy=_SET_TLS)


def _of_system(cause: BaseException, where: str, timeout_seconds: float) -> SourceError | None:
    if isinstance(cause, PermissionError):
        return SourceError(
            f"{where} may not be used by this user: permission denied.",
            trouble=Trouble.FORBIDDEN,
            remedy="Add your user to the group docker (usermod -aG docker USER, then log in again), "
            "use a rootless engine, or reach it by ssh://.",
        )
    if isinstance(cause, FileNotFoundError):
        return SourceError(
            f"{where} has no socket there: the engine does not run, or listens elsewhere.",
            trouble=Trouble.UNREACHABLE,
            remedy="Start it (systemctl start docker), or take the address from `docker context inspect`.",
        )
    if isinstance(cause, ConnectionRefusedError):
        return SourceError(
            f"{where} refuses connections: nothing listens there.",
            trouble=Trouble.UNREACHABLE,
            remedy="Start the engine (systemctl start docker), or correct the address.",
        )
    if isinstance(cause, socket.gaierror):
        return SourceError(
            f"{where} is not found: its host name has no address.",
            trouble=Trouble.UNREACHABLE,
            remedy="Correct the host name, or check the DNS or VPN of this machine.",
        )
    if isinstance(cause, TimeoutError | requests.Timeout | urllib3.exceptions.TimeoutError):
        return SourceError(
            f"{where} did not answer within {timeout_seconds:g} s.",
            trouble=Trouble.UNREACHABLE,
            remedy="Check the network and the engine's load, or raise timeout_seconds.",
        )
    if isinstance(cause, IncompleteRead):
        return SourceError(
            f"{where} broke its answer off in the middle.", trouble=Trouble.UNREACHABLE, remedy=_ENGINE_LOG
        )
    if isinstance(cause, ConnectionError):
        return SourceError(f"{where} hung up.", trouble=Trouble.UNREACHABLE, remedy=_ENGINE_LOG)
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, requests.RequestException):
        name = errno.errorcode.get(cause.errno, str(cause.errno))
        return SourceError(f"{where} is out of reach: {name}.", trouble=Trouble.UNREACHABLE)
    return None


def _no_engine(where: str) -> SourceError:
    return SourceError(
        f"{where} gave no answer of a Docker engine.",
        trouble=Trouble.UNSUPPORTED,
        remedy="Check that the address leads to an engine and not to a web server or proxy.",
    )


_LOGIN = "Set the client certificate that the engine or the proxy before it asks for."
_ASK_ADMIN = "An authorization plugin or proxy decides here: ask its administrator for read access."
_SET_TLS = "Set tls_ca, tls_cert and tls_key as for DOCKER_CERT_PATH."
_ENGINE_LOG = "Look into the engine's log (journalctl -u docker)."
