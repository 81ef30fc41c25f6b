"""The example on the local cloud: real sign-ins, real signatures, and everything that would show another's file."""

import base64
import json
import time
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from constructs_lib.client import AppClient, User
from constructs_lib.local import LocalCloud
from tests.conftest import Deployed

pytestmark = pytest.mark.slow

DEPLOYS: Final = ["examples/file_cdn/app.py"]
PASSWORD: Final = "Correct-Horse-7!"


def prepared(cloud: LocalCloud) -> dict[str, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    cloud.session().client("secretsmanager").create_secret(Name="file-cdn/private-key", SecretString=text)
    public = cloud.folder / "file-cdn.pem"
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return {"public_key": str(public)}


class App:
    """The deployed example and its people."""

    def __init__(self, deployed: Deployed) -> None:
        self.cloud = deployed.cloud
        self.outputs = deployed.outputs["FileCdn"]
        self.client = AppClient.from_file(deployed.file, stack="FileCdn", endpoint_url=self.cloud.endpoint_url)
        self.alice, self.bob = self.join("alice@example.com"), self.join("bob@example.com")
        for person in (self.alice, self.bob):
            self.put(person, f"private/{person.identity_id}/mine.txt", b"mine")
        self.put(self.alice, "public/all.txt", b"everybody's")

    def join(self, name: str) -> User:
        self.client.sign_up(name, PASSWORD)
        self.client.confirm(name, self.cloud.mailbox.last_code(name))
        return self.client.sign_in(name, PASSWORD)

    def put(self, person: User, key: str, body: bytes) -> None:
        person.session().client("s3").put_object(Bucket=self.outputs["BucketName"], Key=key, Body=body)

    def address(self, person: User, path: str = "") -> Any:
        return person.request("GET", f"{self.outputs['ApiUrl']}/files/{path or person.identity_id}")

    def get(self, url: str, query: str = "", **headers: str) -> requests.Response:
        """Ask the local cloud for an address of CloudFront, its path as it is written."""
        host, path = urlsplit(url).netloc, url.partition(urlsplit(url).netloc)[2]
        sent = requests.Request("GET", self.cloud.endpoint_url, headers={"Host": host, **headers}).prepare()
        sent.url = f"{self.cloud.endpoint_url}{path}{'?' if query else ''}{query}"
        with requests.Session() as session:
            session.trust_env = False
            return session.send(sent, timeout=30, allow_redirects=False)


@pytest.fixture(scope="module")
def app(deployed: Deployed) -> App:
    return App(deployed)


def test_anyone_gets_what_is_public_and_nothing_else(app: App) -> None:
    served = app.get(f"{app.outputs['PublicUrl']}/public/all.txt")
    assert (served.status_code, served.content) == (200, b"everybody's")
    assert served.headers["content-security-policy"].startswith("sandbox;")
    theirs = f"private/{app.bob.identity_id}/mine.txt"
    for path in (theirs, theirs.replace("/", "%2F"), f"public/../{theirs}", f"%70{theirs[1:]}", f"/{theirs}", ""):
        assert app.get(f"{app.outputs['PublicUrl']}/{path}").status_code == 403, path


def test_an_owner_gets_their_own_files_with_a_signed_address(app: App) -> None:
    answer = app.address(app.alice).json()
    assert answer["url"] == f"{app.outputs['PrivateUrl']}/private/{app.alice.identity_id}/"
    served = app.get(f"{answer['url']}mine.txt", answer["query"])
    assert (served.status_code, served.content) == (200, b"mine")
    cookies = "; ".join(f"CloudFront-{name}={value}" for name, value in parse_qsl(answer["query"]))
    assert app.get(f"{answer['url']}mine.txt", Cookie=cookies).status_code == 200


def test_nobody_gets_anything_of_anothers(app: App) -> None:
    mine, theirs = app.alice.identity_id, app.bob.identity_id
    query = app.address(app.alice).json()["query"]
    root = f"{app.outputs['PrivateUrl']}/private"
    for url in (
        f"{root}/{theirs}/mine.txt",
        f"{root}/{mine}/../{theirs}/mine.txt",
        f"{root}/{mine}/%2e%2e/{theirs}/mine.txt",
        f"{root}/{mine}/..%2F{theirs}/mine.txt",
        f"{root}%2F{theirs}%2Fmine.txt",
        f"{root}/{mine}",
        f"{app.outputs['PublicUrl']}/private/{mine}/mine.txt",
        f"{app.outputs['PublicUrl']}/private/{theirs}/mine.txt",
    ):
        assert app.get(url, query).status_code == 403, url
    assert app.address(app.alice, theirs).status_code == 403
    assert app.address(app.alice, "*").status_code == 403


def test_a_signature_is_for_what_was_signed(app: App) -> None:
    answer = app.address(app.alice).json()
    url, said = f"{answer['url']}mine.txt", dict(parse_qsl(answer["query"]))
    wider = {
        "Statement": [
            {
                "Resource": f"{app.outputs['PrivateUrl']}/*",
                "Condition": {"DateLessThan": {"AWS:EpochTime": int(time.time()) + 300}},
            }
        ]
    }
    text = base64.b64encode(json.dumps(wider).encode()).decode().replace("=", "_")
    for changed in (
        {},
        {**said, "Policy": text},
        {**said, "Signature": said["Signature"][::-1]},
        {**said, "Key-Pair-Id": "K00000000000"},
        {name: value for name, value in said.items() if name != "Hash-Algorithm"},
        {name: value for name, value in said.items() if name != "Policy"},
        {**{name: value for name, value in said.items() if name != "Policy"}, "Expires": str(answer["expires"])},
    ):
        assert app.get(url, urlencode(changed)).status_code == 403, changed
    assert app.get(url, answer["query"]).status_code == 200
