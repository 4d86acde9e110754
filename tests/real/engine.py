"""A real Docker engine with Swarm, in a network namespace of its own.

The namespace keeps the engine's bridges and firewall rules away from this machine's, where another engine may run.
HAProxy reaches the containers through it: `server NAME ADDRESS namespace ENGINE.namespace`.
"""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.real.certificates import Certificates
from tests.real.programs import SYSTEM_PATH, Program, need, unavailable, wait_for

if TYPE_CHECKING:
    from docker import DockerClient

BUSYBOX_COMMANDS = ("sh", "httpd", "cat", "echo", "sleep", "od", "dd", "false", "true")
IMAGE = "console-real:1.0.0"
TLS_ADDRESS = "127.0.0.1:2376"
"""Where the engine listens for TLS, in its own namespace."""


class RealEngine:
    """dockerd on a socket in a temporary folder; `client` is the SDK's, for preparing what the console should see."""

    def __init__(self) -> None:
        """Starts the engine, a swarm of one, and imports IMAGE."""
        need("dockerd", "containerd", "runc", "iptables", "ip", "nsenter", "busybox", "openssl", root=True)
        # A short path: the address of a socket holds 107 characters.
        self.folder = Path(tempfile.mkdtemp(prefix="engine-"))
        self.folder.chmod(0o755)  # for the test of another user's permission
        self.namespace = self.folder.name
        self.certificates = Certificates(self.folder / "tls")
        self._program: Program | None = None
        self._client: DockerClient | None = None
        try:
            self._make_namespace()
            _run("ip", "-n", self.namespace, "link", "set", "lo", "up")
            (self.folder / "daemon.json").write_text("{}")  # not this machine's own configuration
            self.start()
            self.client.swarm.init(advertise_addr="127.0.0.1")
            self.load(IMAGE, {})
        except BaseException:
            self.destroy()
            raise

    def _make_namespace(self) -> None:
        try:
            _run("ip", "netns", "add", self.namespace)
        except subprocess.CalledProcessError as refusal:
            unavailable(f"no network namespace can be made: {refusal.stderr.decode().strip()}")

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.folder / "docker.sock"

    @property
    def host(self) -> str:
        """As in DOCKER_HOST."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int:
        """Of dockerd."""
        assert self._program is not None, "the engine does not run"
        return self._program.pid

    @property
    def client(self) -> "DockerClient":
        """A client of the SDK, made when first used after a start."""
        from docker import DockerClient

        if self._client is None:
            self._client = DockerClient(base_url=self.host, version="auto", timeout=30)
        return self._client

    def start(self) -> None:
        """Starts dockerd and waits until it answers."""
        folder = self.folder
        words = ["nsenter", f"--net=/run/netns/{self.namespace}", "dockerd", "--config-file", f"{folder}/daemon.json"]
        words += ["--data-root", f"{folder}/data", "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/pid"]
        words += ["-H", self.host, "-H", f"tcp://{TLS_ADDRESS}", "--tlsverify", "--tlscacert", self.certificates.ca]
        words += ["--tlscert", self.certificates.server[0], "--tlskey", self.certificates.server[1]]
        self._program = Program(words, folder / "log")
        self._program.until(self.answers, "dockerd", 60)

    def answers(self) -> bool:
        """Whether the engine answers a ping."""
        from docker.errors import DockerException

        try:
            return self.client.ping()
        except (DockerException, OSError):
            self._client = None
            return False

    def stop(self) -> None:
        """Stops dockerd; its containers end with it, and its data stays for the next start."""
        if self._client is not None:
            self._client.close()
            self._client = None
        if self._program is not None:
            self._program.stop()
            self._program = None

    def load(self, image: str, files: dict[str, str]) -> None:
        """Imports an image with busybox and `files`: text by path; one that starts with `#!` is executable."""
        repository, _, tag = image.rpartition(":")
        self.client.api.import_image_from_data(_archive(files), repository=repository, tag=tag)

    def run(self, name: str, *words: str, image: str = IMAGE, **options: Any) -> Any:
        """Starts a container in the background; gives the SDK's object."""
        return self.client.containers.run(image, list(words), name=name, detach=True, **options)

    def build(self, image: str, *steps: str) -> None:
        """Builds an image on top of IMAGE with BuildKit, which leaves records in the build cache."""
        need("docker")
        # Debian's client carries BuildKit's; another first on PATH may want a plugin for it.
        client = shutil.which("docker", path=os.pathsep.join(("/usr/bin", SYSTEM_PATH)))
        assert client is not None
        made = subprocess.run(
            [client, "-H", self.host, "build", "-t", image, "-"],
            input="\n".join((f"FROM {IMAGE}", *steps)),
            capture_output=True,
            text=True,
            env={**os.environ, "DOCKER_BUILDKIT": "1"},
        )
        assert made.returncode == 0, made.stderr

    def clear(self) -> None:
        """Removes all services, containers, volumes, images but IMAGE, and the build cache."""
        for service in self.client.services.list():
            service.remove()  # type: ignore[no-untyped-call]
        wait_for(self._emptied, "the containers are gone")
        for volume in self.client.volumes.list():
            volume.remove(force=True)
        for image in self.client.images.list():
            if IMAGE not in image.tags:
                self.client.images.remove(str(image.id), force=True)
        self.client.api.prune_builds(all=True)

    def _emptied(self) -> bool:
        from docker.errors import APIError

        for container in self.client.containers.list(all=True, ignore_removed=True):
            with contextlib.suppress(APIError):  # it is being removed already
                container.remove(force=True)
        return not self.client.containers.list(all=True, ignore_removed=True)

    def destroy(self) -> None:
        """Ends everything that was started, and removes the folder."""
        if self._program is not None:
            with contextlib.suppress(Exception):  # an engine that is broken is to be stopped all the same
                self.clear()
        self.stop()
        for pid in _processes_in(self.folder):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False, capture_output=True)
        for mount in _mounts_in(self.folder):
            subprocess.run(["umount", "-l", mount], check=False, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)


def _archive(files: dict[str, str]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        found = shutil.which("busybox", path=SYSTEM_PATH)
        assert found is not None
        archive.add(os.path.realpath(found), "bin/busybox")
        for command in BUSYBOX_COMMANDS:
            link = tarfile.TarInfo(f"bin/{command}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for path, text in files.items():
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(text.encode()), 0o755 if text.startswith("#!") else 0o644
            archive.addfile(entry, io.BytesIO(text.encode()))
    return content.getvalue()


def _processes_in(folder: Path) -> list[int]:
    """Processes with the folder on their command line: containers' shims outlive an engine that was killed."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(folder).encode() in line.read_bytes():
                found.append(int(line.parent.name))
        except OSError:  # it has ended
            continue
    return found


def _mounts_in(folder: Path) -> list[str]:
    mounts = (line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines())
    return sorted((mount for mount in mounts if mount.startswith(f"{folder}/")), reverse=True)


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True, env={**os.environ, "PATH": SYSTEM_PATH})
