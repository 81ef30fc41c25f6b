"""A page whose host name was made to mean this machine gets nothing from `up --web`, and runs nothing on it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from constructs_lib.client.page_server import page_server

pytestmark = pytest.mark.slow
HOST = "cloudformation.us-east-1.amazonaws.com"
TEMPLATE = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "intruder"}}}}


@pytest.fixture
def page(documents: Any, tmp_path: Path) -> Iterator[str]:
    (tmp_path / "index.html").write_text("<head></head>")
    with page_server(tmp_path, {}, endpoint_url=documents.cloud.endpoint_url) as address:
        yield address


def create_stack(documents: Any, name: str) -> str:
    """Return a call that an administrator signed, as a link: below AWS's own host, with path and query."""
    given = documents.cloud.session().get_credentials()
    query = urlencode({"Action": "CreateStack", "Version": "2010-05-15", "StackName": name,
                       "TemplateBody": json.dumps(TEMPLATE)})  # fmt: skip
    request = AWSRequest("GET", f"https://{HOST}/?{query}")
    SigV4QueryAuth(Credentials(given.access_key, given.secret_key), "cloudformation", "us-east-1").add_auth(request)
    return str(request.url).removeprefix("https://")


def names(documents: Any) -> list[str]:
    return [stack["StackName"] for stack in documents.cloud.stacks()]


def test_a_renamed_address_an_administrators_link_and_the_controls_get_nothing(documents: Any, page: str) -> None:
    port = page.rstrip("/").rpartition(":")[2]
    evil = {"Host": f"evil.example.com:{port}"}
    link = f"{page}_aws/{create_stack(documents, 'intruder')}"
    reset = f"{page}_aws/{HOST}/_ministack/reset"
    answers = [
        requests.get(page, headers=evil, timeout=5),
        requests.get(link, headers=evil, timeout=5),
        requests.get(link, timeout=5),
        requests.post(reset, timeout=5),
        requests.post(f"{page}_aws/{HOST}//_ministack/reset", timeout=5),
    ]
    assert [answer.status_code for answer in answers] == [421, 421, 403, 404, 404]
    assert "intruder" not in names(documents)


def test_what_is_carried_the_emulator_knows_to_be_a_pages(documents: Any) -> None:
    url = f"{documents.cloud.endpoint_url}/{create_stack(documents, 'behind').partition('/')[2]}"
    marked = requests.get(url, headers={"Host": HOST, "Sec-Fetch-Site": "same-origin"}, timeout=5)
    assert marked.status_code == 403
    assert "behind" not in names(documents)
    assert requests.get(url, headers={"Host": HOST}, timeout=5).status_code == 200
    documents.cloud.session().client("cloudformation").delete_stack(StackName="behind")
