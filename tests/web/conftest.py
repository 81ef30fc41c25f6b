"""The built page in a real browser, with real AWS host names that lead to the local cloud and nowhere else."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from constructs_lib.cli.serve_page import build_page
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.hosting.headers import content_security_policy
from tests.pictures import keep_picture

REPOSITORY = Path(__file__).parents[2]
WEB = REPOSITORY / "examples" / "web"
ALLOWED, FOREIGN = "http://localhost:5173", "http://localhost:5999"
"""An origin the document stack lets in, and one it does not."""


POLICY = content_security_policy(["https://*.us-east-1.amazonaws.com"])
"""What a `Hosting` sends with the page: the page must work under it."""


class _Site(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output clean."""


@pytest.fixture(scope="session")
def built() -> Path:
    """Build the page from its locked packages."""
    return build_page(WEB)


@pytest.fixture(scope="session")
def site(built: Path, documents: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve the build as any web server would, the configuration beside it, and yield the port."""
    folder = tmp_path_factory.mktemp("site") / "site"
    shutil.copytree(built, folder)
    (folder / "amplify_outputs.json").write_text(json.dumps(amplify_outputs(documents.outputs)))
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Site, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser(site: int, documents: Any) -> Iterator[Browser]:
    """Start Chromium; every AWS host name leads to the local cloud, every other name nowhere.

    For a module, because a worker can have one Playwright at a time, and other tests start theirs.
    """
    # Without one on PATH, the one that `playwright install chromium` brings.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    cloud = urlsplit(documents.cloud.tls_endpoint_url).port
    rules = [
        f"MAP *.amazonaws.com 127.0.0.1:{cloud}",
        *(f"MAP {urlsplit(origin).netloc} 127.0.0.1:{site}" for origin in (ALLOWED, FOREIGN)),
        "MAP * ~NOTFOUND",
        "EXCLUDE 127.0.0.1",
    ]
    flags = [f"--host-resolver-rules={', '.join(rules)}", "--ignore-certificate-errors", "--no-sandbox"]
    with sync_playwright() as playwright:
        if chromium is None and not Path(playwright.chromium.executable_path).exists():
            pytest.fail("there is no Chromium for the browser tests: on Debian and Ubuntu, apt-get install chromium")
        started = playwright.chromium.launch(executable_path=chromium, args=flags)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Yield a function that opens the page as a new visitor, at an origin."""
    contexts = []

    def opened(origin: str) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 860}, accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(f"{origin}/")
        return page

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def photograph(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Return a function that keeps a picture of the page if pictures are asked for, numbered in order."""
    taken: list[str] = []

    def take(page: Page, name: str) -> None:
        taken.append(name)
        test = request.node.name.removeprefix("test_")[:40]
        keep_picture(page, f"web/{test}-{len(taken):02}-{name}")

    return take
