"""Amplify JS in Node, configured by the file we write, with AWS's own host names."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from constructs_lib.cli.serve_page import build_page
from constructs_lib.client.amplify import amplify_outputs
from constructs_lib.local.toolchain import node

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
WEB = HERE.parents[1] / "examples" / "web"


def test_an_unmodified_amplify_client_does_what_it_may_and_is_refused_the_rest(documents: Any, tmp_path: Path) -> None:
    build_page(WEB)
    outputs = tmp_path / "amplify_outputs.json"
    outputs.write_text(json.dumps(amplify_outputs(documents.outputs)))
    cloud = documents.cloud
    environment = {
        "PATH": os.environ["PATH"],
        "NODE_EXTRA_CA_CERTS": str(cloud.ca_file),
        "LOCAL_CLOUD_KEY": f"Bearer {cloud.keys.secret_key}",
        "LOCAL_CLOUD_MESSAGES": f"{cloud.endpoint_url}/_ministack/ses/messages",
        "LOCAL_CLOUD_TLS_PORT": str(urlsplit(cloud.tls_endpoint_url).port),
    }
    command = [str(node()), "--import", str(HERE / "redirect.mjs"), str(HERE / "amplify.mjs"), str(WEB), str(outputs)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    own = f"private/{result.pop('identityId')}/hello.txt"
    assert result.pop("shares")["ok"]["title"] == "From Node"
    assert result.pop("guestLists").keys() == result.pop("guestShares").keys() == {"ok"}
    assert result == {
        "guestWrites": {"refused": "AccessDenied"},
        "guestPosts": {"refused": 403},
        "signedIn": True,
        "uploads": {"ok": own},
        "reads": {"ok": "hello"},
        "lists": {"ok": [own]},
        "readsOthers": {"refused": "AccessDenied"},
        "listsAll": {"refused": "AccessDenied"},
        "removesOthers": {"refused": 403},
        "removes": {"ok": True},
    }
