"""Common generators make typed clients of an API's OpenAPI document; what the API does not take is no valid call."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from pydantic import BaseModel

from constructs_lib.access import allow
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth
from constructs_lib.local.toolchain import node, npm
from constructs_lib.proxies import with_system_certificates
from tests.synthesis import new_function

pytestmark = pytest.mark.slow
GENERATORS = Path(__file__).parent / "generators"
"""The generators with their locks; they are no dependencies of this package."""
BIN = Path(sys.executable).parent
TYPED = """
import createClient from "openapi-fetch";
import type { paths } from "./api";

const client = createClient<paths>({ baseUrl: "https://abc.execute-api.eu-west-1.amazonaws.com/prod" });
client.GET("/shares", { params: { query: { limit: "10" } } });
client.POST("/shares", { body: { title: "A walk", document: "walk.txt" } });
client.DELETE("/users/{owner}/shares/{share_id}", { params: { path: { owner: "o", share_id: "s" } } });
// @ts-expect-error a title is a text
client.POST("/shares", { body: { title: 1, document: "walk.txt" } });
// @ts-expect-error there is no such route
client.GET("/files", {});
// @ts-expect-error the share's ID is missing
client.DELETE("/users/{owner}/shares/{share_id}", { params: { path: { owner: "o" } } });
"""
"""Each line without a remark compiles, and each with one does not: the compiler complains of a remark too many."""
USED = """
import json
from shares_client import Client
from shares_client.api.default import delete_users_by_owner_shares_by_share_id as delete
from shares_client.api.default import get_shares, post_shares
from shares_client.models import Share

client = Client("https://abc.example")
print(json.dumps([each for each in (
    post_shares._get_kwargs(body=Share(title="A walk", document="walk.txt")),
    get_shares._get_kwargs(limit="10"),
    delete._get_kwargs("o", "s"),
)]))
"""


class Share(BaseModel):
    title: str
    document: str


def run(words: Sequence[str | Path], folder: Path) -> str:
    environment = with_system_certificates({name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"})
    done = subprocess.run(
        [str(word) for word in words], cwd=folder, env=environment, check=False, capture_output=True, text=True,
        timeout=120,
    )  # fmt: skip
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> Path:
    stack = Stack(App(), "S")
    function = new_function(stack)
    routes = [
        Route("GET", "/shares", function, access=[allow.authenticated], query=["limit"]),
        Route("POST", "/shares", function, access=[allow.authenticated], body=Share),
        Route("DELETE", "/users/{owner}/shares/{share_id}", function, access=[allow.owner]),
    ]
    api = Api(stack, "Api", auth=Auth(stack, "Auth"), kind="rest", routes=routes)
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    api.write_openapi(path)
    return path


def test_openapi_typescript_types_each_route(document: Path, tmp_path: Path) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(GENERATORS / name, tmp_path)
    run([*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts"], tmp_path)
    said = run([node(), "node_modules/openapi-typescript/bin/cli.js", document, "-o", "api.d.ts"], tmp_path)
    assert (tmp_path / "api.d.ts").exists(), said
    (tmp_path / "use.ts").write_text(TYPED, encoding="utf-8")
    options = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--target", "es2022"]
    assert run([node(), "node_modules/typescript/bin/tsc", *options, "use.ts"], tmp_path) == ""


def test_openapi_python_client_makes_each_call(document: Path, tmp_path: Path) -> None:
    run([BIN / "uv", "venv", "--quiet", "--python", sys.executable, "venv"], tmp_path)
    python = tmp_path / "venv" / "bin" / "python"
    lock = GENERATORS / "requirements.txt"
    run([BIN / "uv", "pip", "install", "--quiet", "--require-hashes", "--python", python, "-r", lock], tmp_path)
    (tmp_path / "settings.yml").write_text("package_name_override: shares_client\nproject_name_override: shares\n")
    words: list[str | Path] = [
        python.with_name("openapi-python-client"),
        "generate",
        "--path",
        document,
        "--config",
        "settings.yml",
    ]
    said = run([*words, "--fail-on-warning", "--output-path", "made"], tmp_path)
    assert "Warning" not in said
    assert run([python, "-c", USED], tmp_path / "made") == (
        '[{"method": "post", "url": "/shares", "json": {"title": "A walk", "document": "walk.txt"}, '
        '"headers": {"Content-Type": "application/json"}}, '
        '{"method": "get", "url": "/shares", "params": {"limit": "10"}}, '
        '{"method": "delete", "url": "/users/o/shares/s"}]\n'
    )
