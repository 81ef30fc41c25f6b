"""Stacks with channels, synthesized once."""

from collections.abc import Callable
from typing import Any, Final

import pytest
from aws_cdk import App, Stack
from aws_cdk.assertions import Template

from constructs_lib.access import allow
from constructs_lib.auth import Auth, Group, Tenant
from constructs_lib.channels import Channels
from tests.synthesis import CONTEXT, new_function


def chat(stack: Stack) -> None:
    auth = Auth(stack, "Auth", guests=True, groups=[Group("editors")], tenant=Tenant())
    function = new_function(stack)
    channels = Channels(
        stack,
        "Channels",
        auth=auth,
        access={
            "/private/{owner}/*": [
                allow.owner.to("subscribe", "publish"),
                allow.group("editors").to("subscribe", everyone=True),
                allow.function(function).to("publish", everyone=True),
            ],
            "/tenants/{tenant}/*": [
                allow.tenant.to("subscribe"),
                allow.group("editors").to("publish"),
                allow.function(function).to("publish", everyone=True),
            ],
            "/news/*": [
                allow.guest.to("subscribe"),
                allow.authenticated.to("subscribe"),
                allow.group("editors").to("publish"),
            ],
        },
    )
    function.add_environment("CHANNELS_URL", channels.url)


def by_sub(stack: Stack) -> None:
    auth = Auth(stack, "Auth", owner="sub")
    Channels(stack, "Channels", auth=auth, access={"/private/{owner}/*": [allow.owner.to("subscribe", "publish")]})


STACKS: Final[dict[str, Callable[[Stack], None]]] = {"chat": chat, "by_sub": by_sub}


@pytest.fixture(scope="session")
def channel_templates() -> dict[str, dict[str, Any]]:
    """Return each template, by the name of the function that makes its stack."""
    app = App(context=CONTEXT)
    stacks = {name: Stack(app, name.replace("_", "-")) for name in STACKS}
    for name, make in STACKS.items():
        make(stacks[name])
    return {name: dict(Template.from_stack(stack).to_json()) for name, stack in stacks.items()}
