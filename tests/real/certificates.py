"""A certificate authority of our own, and what it signs, made by openssl."""

import subprocess
from pathlib import Path

EXTENSIONS = """\
[server]
subjectAltName = IP:127.0.0.1, DNS:localhost
extendedKeyUsage = serverAuth
[client]
extendedKeyUsage = clientAuth
"""


class Certificates:
    """Files of an authority, and of a server on loopback and a client that it vouches for: (certificate, key) each."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        (folder / "extensions").write_text(EXTENSIONS)
        self.ca, key = self._path("ca.pem"), self._path("ca-key.pem")
        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        self._openssl("req", "-x509", *curve, "-days", "2", "-subj", "/CN=ca", "-keyout", key, "-out", self.ca)
        self.server, self.client = (self._signed(name, key, curve) for name in ("server", "client"))

    def _signed(self, name: str, ca_key: str, curve: list[str]) -> tuple[str, str]:
        certificate, key, request = (self._path(f"{name}{end}") for end in (".pem", "-key.pem", ".csr"))
        self._openssl("req", "-new", *curve, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        signing = ["-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2"]
        extensions = ["-extfile", self._path("extensions"), "-extensions", name]
        self._openssl("x509", "-req", "-in", request, *signing, *extensions, "-out", certificate)
        return certificate, key

    def _path(self, name: str) -> str:
        return str(self._folder / name)

    def _openssl(self, *words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True)
