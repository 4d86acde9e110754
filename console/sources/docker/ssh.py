"""HTTP to an engine behind ssh, through the system's own ssh client.

The SDK's ssh transport needs paramiko even when it calls the ssh client, asks for passwords on the operator's screen
and knows no timeout, since it reads from a pipe. Here ssh talks to one end of a socket pair, so the other end is a
socket as good as any: it times out, and it can be shut down while somebody reads.
"""

import shlex
import shutil
import socket
import subprocess
import tempfile
from errno import ENOENT
from typing import Any, BinaryIO

import urllib3
import urllib3.connection

from .address import Address


class SshFailed(ConnectionError):
    """ssh ended without an answer; the text is what it said."""


def command(address: Address, timeout_seconds: float) -> list[str]:
    """The ssh command whose input and output are the engine's socket.

    BatchMode: it never asks. No forwarding and no control master of ours: a session of the operator's that shares our
    connection would end with it.
    """
    options = {
        "BatchMode": "yes",
        "ConnectTimeout": str(max(1, round(timeout_seconds))),
        "ServerAliveInterval": "10",
        "ServerAliveCountMax": "3",
        "ClearAllForwardings": "yes",
        "ControlMaster": "no",
    }
    words = ["ssh", "-T", *(word for name, value in options.items() for word in ("-o", f"{name}={value}"))]
    if address.user:
        words += ["-l", address.user]
    if address.port:
        words += ["-p", str(address.port)]
    there = f"docker --host unix://{shlex.quote(address.path)}" if address.path else "docker"
    return [*words, "--", address.host, f"{there} system dial-stdio"]


class SshConnection(urllib3.connection.HTTPConnection):
    """One HTTP connection over one ssh process."""

    def __init__(self, words: list[str], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._words = words
        self._ssh: subprocess.Popen[bytes] | None = None
        self._stderr: BinaryIO | None = None
        self._said = ""

    def connect(self) -> None:
        """Starts ssh; raises FileNotFoundError without one."""
        if shutil.which(self._words[0]) is None:
            raise FileNotFoundError(ENOENT, "No such program", self._words[0])
        ours, theirs = socket.socketpair()
        # What ssh says goes to a file: nobody reads a pipe meanwhile, and a full one would stop it.
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the process
        with theirs:
            # A session of its own: Ctrl+C in our terminal is not for it, and it has no terminal to ask on.
            self._ssh = subprocess.Popen(
                self._words,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=self._stderr,
                start_new_session=True,
            )
        ours.settimeout(self.timeout)
        self.sock = ours

    def getresponse(self) -> Any:
        """The answer; raises SshFailed when ssh ended instead."""
        try:
            return super().getresponse()
        except ConnectionError as error:
            self.close()
            raise SshFailed(self._said) from error

    def close(self) -> None:
        """Ends ssh as well, and keeps what it said; called again, does nothing."""
        super().close()
        if self._ssh is not None:
            self._ssh.kill()
            self._ssh.wait()
            self._ssh = None
        if self._stderr is not None:
            self._stderr.seek(0)
            self._said = self._stderr.read(4_000).decode(errors="replace").strip()
            self._stderr.close()
            self._stderr = None


class SshPool(urllib3.connectionpool.HTTPConnectionPool):
    """The connections of one client, each with its ssh."""

    def __init__(self, words: list[str], timeout: float) -> None:
        super().__init__("localhost", timeout=timeout, maxsize=2)
        self._words = words
        self._seconds = timeout

    def _new_conn(self) -> SshConnection:
        return SshConnection(self._words, self._seconds)
