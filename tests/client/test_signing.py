"""A signed request carries the AWS host's name and signature wherever it is sent."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from botocore.credentials import ReadOnlyCredentials

from constructs_lib.client.signing import send_signed

API = "https://abc.execute-api.eu-west-1.amazonaws.com/shares?limit=2"
CREDENTIALS = ReadOnlyCredentials("AKIDEXAMPLE", "secret", "session", None)


@pytest.fixture
def server() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield a loopback server's address and what it has received."""
    received: list[dict[str, Any]] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            received.append({"path": self.path, "headers": dict(self.headers), "body": body})
            self.send_response(302)
            self.send_header("Location", "https://elsewhere.example/")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Recorder) as http:
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{http.server_port}", received
        http.shutdown()
        thread.join()


def test_the_request_goes_to_the_endpoint_signed_for_the_aws_host(
    server: tuple[str, list[dict[str, Any]]],
) -> None:
    endpoint, received = server
    response = send_signed(
        "POST", API, credentials=CREDENTIALS, region="eu-west-1", json_body={"a": 1}, endpoint_url=endpoint
    )
    [request] = received
    assert response.status_code == 302, "a redirect is handed back, not followed with the signature"
    assert request["path"] == "/shares?limit=2"
    assert request["body"] == b'{"a": 1}'
    assert request["headers"]["Host"] == "abc.execute-api.eu-west-1.amazonaws.com"
    assert request["headers"]["X-Amz-Security-Token"] == "session"
    authorization = request["headers"]["Authorization"]
    assert "/eu-west-1/execute-api/aws4_request" in authorization
    assert "SignedHeaders=content-type;host;x-amz-date;x-amz-security-token" in authorization


def test_without_credentials_nothing_is_signed(server: tuple[str, list[dict[str, Any]]]) -> None:
    endpoint, received = server
    send_signed("POST", API, credentials=None, region="eu-west-1", endpoint_url=endpoint)
    assert "Authorization" not in received[0]["headers"]
