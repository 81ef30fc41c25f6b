"""A stack with files of everybody's and of owners', both on CloudFront, synthesized once."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk.assertions import Template
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from constructs_lib.access import allow
from constructs_lib.api import Api, anyone
from constructs_lib.auth import Auth
from constructs_lib.cdn import PrivateFiles, PublicFiles
from constructs_lib.storage import Storage
from tests.synthesis import CONTEXT

ACCESS = {
    "public/*": [allow.guest.to("read"), allow.authenticated.to("read", "write")],
    "private/{owner}/*": [allow.owner.to("read", "write", "delete")],
}


def public_pem(bits: int = 2048) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


PEM = public_pem()


class Made:
    """A stack, an Auth and a Storage; what is served is up to the test."""

    def __init__(self, access: Any = None, **options: Any) -> None:
        # Without its packages the signing function is made in no time.
        self.stack = Stack(App(context={**CONTEXT, "aws:cdk:bundling-stacks": []}), "Stack")
        self.auth = Auth(self.stack, "Auth", guests=True)
        self.storage = Storage(self.stack, "Files", auth=self.auth, access=access or ACCESS, **options)

    def public(self, access: Any = None, **options: Any) -> PublicFiles:
        return PublicFiles(
            self.stack, "Public", storage=self.storage, access=access or {"public/*": [anyone]}, **options
        )

    def private(self, **options: Any) -> PrivateFiles:
        secret = secretsmanager.Secret.from_secret_name_v2(self.stack, "Secret", "signing-key")
        given = {"auth": self.auth, "storage": self.storage, "public_keys": [PEM], "private_key": secret, **options}
        return PrivateFiles(self.stack, "Private", **given)

    def resources(self) -> dict[str, Any]:
        found: dict[str, Any] = Template.from_stack(self.stack).to_json()["Resources"]
        return found


@pytest.fixture
def made() -> Callable[..., Made]:
    return Made


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Public and private files, and the API that owners get their addresses from."""
    made = Made()
    made.public()
    Api(made.stack, "Api", auth=made.auth, routes=[made.private().route()], access_logs=False)
    return {"Resources": made.resources()}


def only(resources: dict[str, Any], kind: str, beginning: str = "") -> dict[str, Any]:
    """Return the properties of the one resource of a type whose logical ID begins so."""
    [found] = [each for name, each in resources.items() if each["Type"] == kind and name.startswith(beginning)]
    properties: dict[str, Any] = found["Properties"]
    return properties


def to_cloudfront(resources: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the statements by which the bucket lets CloudFront in."""
    statements = only(resources, "AWS::S3::BucketPolicy")["PolicyDocument"]["Statement"]
    return [each for each in statements if each["Principal"] == {"Service": "cloudfront.amazonaws.com"}]
