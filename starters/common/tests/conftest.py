"""Fixtures: the template for AWS, the app on the local cloud, and its users."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template
from stack import MyAppStack

from constructs_lib.client import AppClient, ClientSettings, User
from constructs_lib.local import LocalCloud

PROJECT = Path(__file__).parents[1]
PASSWORD = "Correct-horse-1"


@dataclass(frozen=True, slots=True)
class Deployed:
    """The app on the local cloud.

    Attributes:
        cloud: The local cloud.
        client: A client without a signed-in user.
        names: The names and addresses of its resources, as its `ClientConfig` and its outputs have them.
    """

    cloud: LocalCloud
    client: AppClient
    names: Mapping[str, str]


@pytest.fixture(scope="session")
def template() -> dict[str, Any]:
    """Synthesize the stack for AWS, with the construct paths by which the tests name resources."""
    context = json.loads((PROJECT / "cdk.json").read_text())["context"]
    # Without the CDK's own validation, which takes two seconds: `app.py` validates whenever it is deployed.
    app = App(context={**context, "aws:cdk:enable-path-metadata": True}, builtin_cloud_formation_validation=False)
    return dict(Template.from_stack(MyAppStack(app, "MyApp", local=False)).to_json())


@pytest.fixture(scope="session")
def deployed() -> Iterator[Deployed]:
    """Deploy to the local cloud that `make up` has started, or to one that is stopped after the tests."""
    with LocalCloud(PROJECT) as cloud:
        settings = ClientSettings.from_stack(cloud.deploy()["MyApp"])
        yield Deployed(cloud, AppClient(settings, endpoint_url=cloud.endpoint_url), settings.others)


@pytest.fixture(scope="session")
def person(deployed: Deployed) -> Callable[..., User]:
    """Return a function that signs up a new user, with the code from their e-mail, and signs them in."""

    def sign_up_and_in(name: str, *groups: str) -> User:
        address = f"{name}-{uuid4().hex[:8]}@example.com"
        deployed.client.sign_up(address, PASSWORD)
        deployed.client.confirm(address, deployed.cloud.mailbox.last_code(address))
        pool_id, idp = deployed.client.settings.user_pool_id, deployed.cloud.session().client("cognito-idp")
        for group in groups:
            idp.admin_add_user_to_group(UserPoolId=pool_id, Username=address, GroupName=group)
        return deployed.client.sign_in(address, PASSWORD)

    return sign_up_and_in
