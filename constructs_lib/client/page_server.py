"""Serves a built page on this machine and forwards its AWS calls to the local cloud.

The page is the same build that runs on AWS. A short script is added to it: calls to `https://<host>.amazonaws.com/...`
become `/_aws/<host>.amazonaws.com/...` on this server, which forwards them with the `Host` for which they were signed.
Signatures therefore stay valid, any browser works, and nothing leaves the machine. `page_requests` defines the refused
requests.
"""

import functools
import http.client
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from constructs_lib.client.page_requests import PREFIX, address_of, refusal

_HOP_BY_HOP: Final = {"connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "host"}
_REPLACED: Final = {*_HOP_BY_HOP, "sec-fetch-site"}
_TIMEOUT_SECONDS: Final = 60
_POLL_SECONDS: Final = 0.05
_LARGEST_BODY: Final = 5 * 1024**3
"""The maximum size of one PUT to S3."""
_FROM_A_PAGE: Final = {"Sec-Fetch-Site": "same-origin"}
"""Marks requests of a page for the emulator, in any browser: it then refuses an administrator's key too."""
_REDIRECT: Final = Path(__file__).with_name("redirect.js")


@contextmanager
def page_server(folder: Path, configuration: Mapping[str, Any], *, endpoint_url: str, port: int = 0) -> Iterator[str]:
    """Serve a built page until the block ends.

    Args:
        folder: The build, with an `index.html`. Addresses without a file get the page too, as in any single-page app.
        configuration: Served as `/amplify_outputs.json`.
        endpoint_url: The local cloud.
        port: The port on the loopback interface. By default a free one.

    Yields:
        The page's address.

    Raises:
        ValueError: The folder has no page, or the port is in use; the message names the remedy.
    """
    if not (folder / "index.html").is_file():
        raise ValueError(
            f"{folder} does not contain index.html; build the page first, for example with `npm run build`"
        )
    try:
        server = _PageServer(folder, configuration, endpoint_url, port)
    except OSError as error:
        raise ValueError(
            f"port {port} is not available ({error.strerror}); stop the process that uses it, or choose another"
        ) from error
    serve = functools.partial(server.serve_forever, poll_interval=_POLL_SECONDS)
    thread = threading.Thread(target=serve, name="page-server", daemon=True)
    with server:
        thread.start()
        try:
            yield f"http://localhost:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


class _PageServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, configuration: Mapping[str, Any], endpoint_url: str, port: int) -> None:
        self.folder = folder
        self.configuration = json.dumps(configuration).encode()
        self.cloud = urlsplit(endpoint_url).netloc
        super().__init__(("127.0.0.1", port), _Handler)

    def page(self) -> bytes:
        page = (self.folder / "index.html").read_text(encoding="utf-8")
        script = _REDIRECT.read_text(encoding="utf-8")
        return page.replace("<head>", f"<head><script>{script}</script>", 1).encode()


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _PageServer

    def __init__(self, request: Any, address: Any, server: _PageServer) -> None:
        super().__init__(request, address, server, directory=str(server.folder))

    def parse_request(self) -> bool:
        """Refuse requests that this server's page does not send, before any other processing."""
        if not super().parse_request():
            return False
        refused = refusal(self.command, self.path, self.headers.items(), self.server.server_port)
        if refused is None:
            return True
        # The rest of a refused request is not read, so the connection must be closed.
        self.close_connection = True
        self.send_error(*refused)
        return False

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith(PREFIX):
            self._pass_on()
        elif path == "/amplify_outputs.json":
            self._answer(self.server.configuration, "application/json")
        elif Path(self.translate_path(path)).is_file() and path != "/index.html":
            super().do_GET()
        else:
            self._answer(self.server.page(), "text/html; charset=utf-8")

    def do_HEAD(self) -> None:
        if self.path.startswith(PREFIX):
            self._pass_on()
        else:
            super().do_HEAD()

    def do_POST(self) -> None:
        self._pass_on()

    do_PUT = do_DELETE = do_PATCH = do_OPTIONS = do_POST  # noqa: N815 - the base class's names

    def _pass_on(self) -> None:
        if not self.path.startswith(PREFIX):
            self.close_connection = True
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        host, target = address_of(self.path)
        length = self._length()
        if length is None:
            self.close_connection = True
            self.send_error(HTTPStatus.LENGTH_REQUIRED, "the request must say how long its body is")
            return
        body = self.rfile.read(length)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _REPLACED}
        connection = http.client.HTTPConnection(self.server.cloud, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(self.command, target, body or None, {**headers, **_FROM_A_PAGE, "Host": host})
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self.send_error(HTTPStatus.BAD_GATEWAY, f"the local cloud does not answer: {error}")
            return
        finally:
            connection.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in {*_HOP_BY_HOP, "content-length", "date", "server"}:
                self.send_header(name, value)
        # The response to a HEAD request has the length of the omitted body.
        self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _length(self) -> int | None:
        """Return the length of the request's body; None if it is missing or duplicate."""
        lengths = self.headers.get_all("Content-Length", ["0"])
        if "Transfer-Encoding" in self.headers or len(lengths) != 1 or not re.fullmatch("[0-9]{1,12}", lengths[0]):
            return None
        return int(lengths[0]) if int(lengths[0]) <= _LARGEST_BODY else None

    def _answer(self, content: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Print nothing, because the page shows errors."""
