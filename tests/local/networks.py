"""A network with a proxy that keeps a log, its own certificate authority, and registries that only the proxy finds."""

import base64
import datetime as dt
import hashlib
import io
import json
import socket
import ssl
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAME = "registry.test"


@dataclass(frozen=True, slots=True)
class Network:
    """Addresses of the network's parts, and the requests that the proxy received.

    Attributes:
        proxy: The proxy's address.
        registry: The address of the registries behind it.
        ca: The certificate of its authority.
        log: The requests that the proxy received, host and port.
    """

    proxy: str
    registry: str
    ca: Path
    log: list[str] = field(default_factory=list)


def wheel() -> bytes:
    """Return a wheel of a package with one module."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        archive.writestr("demo.py", "VALUE = 1\n")
        archive.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("demo-1.0.dist-info/RECORD", "demo.py,,\n")
    return output.getvalue()


def tarball() -> bytes:
    """Return an npm package."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w:gz") as archive:
        content = json.dumps({"name": "demo", "version": "1.0.0"}).encode()
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return output.getvalue()


class _Registries(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        whole = tarball()
        integrity = "sha512-" + base64.b64encode(hashlib.sha512(whole).digest()).decode()
        version = {"name": "demo", "version": "1.0.0",
                   "dist": {"tarball": f"https://{NAME}/demo.tgz", "integrity": integrity}}  # fmt: skip
        pages = {
            "/simple/demo/": (b'<a href="/demo-1.0-py3-none-any.whl">demo-1.0-py3-none-any.whl</a>', "text/html"),
            "/demo-1.0-py3-none-any.whl": (wheel(), "application/octet-stream"),
            "/demo": (json.dumps({"name": "demo", "dist-tags": {"latest": "1.0.0"}, "versions": {"1.0.0": version}})
                      .encode(), "application/json"),
            "/demo.tgz": (whole, "application/octet-stream"),
        }  # fmt: skip
        body, kind = pages.get(self.path, (b"", ""))
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - the base class's name

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output clean."""


@contextmanager
def network(folder: Path) -> Iterator[Network]:
    """Start it, on loopback, until the block ends."""
    ca, certificate = _certificates(folder)
    with ExitStack() as stack:
        registries = ThreadingHTTPServer(("127.0.0.1", 0), _Registries)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        registries.socket = context.wrap_socket(registries.socket, server_side=True)
        log: list[str] = []

        class Proxy(BaseHTTPRequestHandler):
            def do_CONNECT(self) -> None:
                log.append(self.path)
                if not self.path.startswith(NAME):
                    self.send_error(502)
                    return
                with socket.create_connection(("127.0.0.1", registries.server_port)) as other:
                    self.send_response(200)
                    self.end_headers()
                    _carry(self.connection, other)

            def do_GET(self) -> None:
                log.append(self.path)
                self.send_error(502)

            do_POST = do_PUT = do_HEAD = do_GET  # noqa: N815 - the base class's names

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
                """Keep the test's output clean."""

        proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        for server in (registries, proxy):
            stack.enter_context(server)
            threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
            stack.callback(server.shutdown)
        yield Network(f"http://127.0.0.1:{proxy.server_port}", f"https://{NAME}/", ca, log)


def _carry(one: socket.socket, other: socket.socket) -> None:
    def copy(source: socket.socket, target: socket.socket) -> None:
        try:
            while block := source.recv(65536):
                target.sendall(block)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return

    back = threading.Thread(target=copy, args=[other, one], daemon=True)
    back.start()
    copy(one, other)
    back.join()


def _certificates(folder: Path) -> tuple[Path, Path]:
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("the network", NAME)]
    ca, leaf = (
        x509.CertificateBuilder()
        .subject_name(names[number])
        .issuer_name(names[0])
        .public_key(keys[number].public_key())
        .serial_number(number + 1)
        .not_valid_before(dt.datetime.now(dt.UTC) - dt.timedelta(days=1))
        .not_valid_after(dt.datetime.now(dt.UTC) + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not number, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(keys[0], hashes.SHA256())
        for number in range(2)
    )
    (folder / "ca.pem").write_bytes(ca.public_bytes(serialization.Encoding.PEM))
    key = keys[1].private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(leaf.public_bytes(serialization.Encoding.PEM) + key)
    return folder / "ca.pem", folder / "server.pem"
