"""The page server hands out the page, its configuration, and carries AWS calls to the local cloud and nowhere else."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from constructs_lib.client.page_server import page_server

BUCKET = "_aws/files.s3.eu-west-1.amazonaws.com"


@pytest.fixture
def cloud() -> Iterator[str]:
    """Yield a stand-in that answers with what it was asked."""

    class Echo(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.send_response(403)
            self.send_header("ETag", '"e"')
            self.end_headers()
            site = self.headers.get_all("Sec-Fetch-Site")
            self.wfile.write(f"{self.command} {self.headers['Host']} {self.path} {body.decode()} {site}".encode())

        do_GET = do_PUT  # noqa: N815 - the base class's names

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Echo) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture
def page(tmp_path: Path, cloud: str) -> Iterator[str]:
    (tmp_path / "index.html").write_text("<html><head><title>T</title></head></html>", encoding="utf-8")
    (tmp_path / "app.js").write_text("1", encoding="utf-8")
    with page_server(tmp_path, {"version": "1.5"}, endpoint_url=cloud) as address:
        yield address


def get(address: str) -> requests.Response:
    return requests.get(address, timeout=5)


def test_the_page_comes_with_the_redirect_before_everything_else_and_at_every_address(page: str) -> None:
    for path in ("", "index.html", "my/files"):
        text = get(page + path).text
        assert text.startswith("<html><head><script>")
        assert text.index("XMLHttpRequest") < text.index("<title>")


def test_files_and_the_configuration_are_served_as_they_are(page: str) -> None:
    assert get(page + "app.js").text == "1"
    assert get(page + "amplify_outputs.json").json() == {"version": "1.5"}


def test_an_aws_call_reaches_the_cloud_under_its_own_host_and_path_and_its_answer_comes_back(page: str) -> None:
    answer = requests.put(f"{page}{BUCKET}/private/us%3A1/a?x=%20y", data="body", timeout=5)
    assert answer.status_code == 403
    assert answer.text == "PUT files.s3.eu-west-1.amazonaws.com /private/us%3A1/a?x=%20y body ['same-origin']"
    assert answer.headers["ETag"] == '"e"'


@pytest.mark.parametrize("path", ["_aws/example.com/x", "_aws/127.0.0.1/x", "_aws/evil.amazonaws.com.example.com/"])
def test_no_other_host_is_called(page: str, path: str) -> None:
    assert get(page + path).status_code == 404


def test_a_renamed_address_and_another_origins_page_get_nothing(page: str) -> None:
    renamed = requests.get(page, headers={"Host": "evil.example.com"}, timeout=5)
    foreign = requests.put(f"{page}{BUCKET}/x", headers={"Origin": "http://evil.example.com"}, data="x", timeout=5)
    assert (renamed.status_code, foreign.status_code) == (421, 403)
    assert "PUT" not in foreign.text


@pytest.mark.parametrize("said", [{"Transfer-Encoding": "chunked"}, {"Content-Length": "9" * 5000}])
def test_a_body_of_unsaid_length_is_refused(page: str, said: dict[str, str]) -> None:
    call = requests.Request("PUT", f"{page}{BUCKET}/x").prepare()
    call.headers.update(said)
    with requests.Session() as session:
        assert session.send(call, timeout=5).status_code == 411


def test_a_cloud_that_does_not_answer_is_said(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    with page_server(tmp_path, {}, endpoint_url="http://127.0.0.1:9") as address:
        answer = get(f"{address}{BUCKET}/x")
    assert answer.status_code == 502
    assert "the local cloud does not answer" in answer.text


def test_a_folder_without_a_page_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="build the page first, for example with `npm run build`"),
        page_server(tmp_path, {}, endpoint_url="http://127.0.0.1:9"),
    ):
        pass


def test_a_taken_port_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "index.html").touch()
    with page_server(tmp_path, {}, endpoint_url="http://127.0.0.1:9") as address:
        taken = int(address.rstrip("/").rpartition(":")[2])
        with (
            pytest.raises(ValueError, match=f"port {taken} is not available .* or choose another"),
            page_server(tmp_path, {}, endpoint_url="http://127.0.0.1:9", port=taken),
        ):
            pass
