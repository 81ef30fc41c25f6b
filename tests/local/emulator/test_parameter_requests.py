"""The resources that authorize a call for parameters of Systems Manager."""

import json
from typing import Any

import pytest

from tests.local.emulator.conftest import outcome

pytestmark = pytest.mark.slow
START = "arn:aws:ssm:us-east-1:000000000000:parameter/"
REFUSED = "AccessDeniedException"


def statement(resource: str, effect: str = "Allow") -> dict[str, Any]:
    return {"Effect": effect, "Action": "ssm:*", "Resource": resource}


@pytest.fixture(scope="module")
def own(emulator: Any) -> str:
    """Create a parameter of alice and one of bob, and return the path above both."""
    path, client = emulator.name("app"), emulator.admin("ssm")
    for user in ("alice", "bob"):
        client.put_parameter(Name=f"/{path}/{user}/key", Value="x", Type="String")
    return str(path)


@pytest.mark.parametrize("kind", ["grant", "denial"])
def test_every_parameter_that_a_call_names_is_authorized(emulator: Any, own: str, kind: str) -> None:
    grant = [statement(f"{START}{own}/alice/*")]
    denial = [statement("*"), *(statement(f"{START}{own}{end}", "Deny") for end in ("/bob/key", "/bob/", "/"))]
    client = emulator.member(grant if kind == "grant" else denial).client("ssm")
    alice, bob = f"/{own}/alice/key", f"/{own}/bob/key"
    for names, expected in (([alice], "allowed"), ([bob], REFUSED), ([alice, bob], REFUSED), ([bob, alice], REFUSED)):
        assert outcome(client.get_parameters, Names=names) == expected
    for name, expected in ((alice, "allowed"), (f"{alice}:1", "allowed"), (START + alice[1:], "allowed"),
                           (bob, REFUSED), (f"{bob}:1", REFUSED), (START + bob[1:], REFUSED)):  # fmt: skip
        assert outcome(client.get_parameter, Name=name) == expected
    for path, expected in ((f"/{own}/alice/", "allowed"), (f"/{own}/bob/", REFUSED), (f"/{own}/", REFUSED)):
        assert outcome(client.get_parameters_by_path, Path=path, Recursive=True) == expected


def test_a_member_that_an_operation_ignores_does_not_authorize_it(emulator: Any, own: str) -> None:
    client = emulator.member([statement(f"{START}{own}/alice/*")]).client("ssm")
    alice, bob = f"/{own}/alice/key", f"/{own}/bob/key"

    def add(params: dict[str, Any], **_: Any) -> None:
        params["body"] = json.dumps(json.loads(params["body"]) | {"Names": [alice], "Path": alice})

    client.meta.events.register("before-call.ssm.GetParameter", add)
    assert outcome(client.get_parameter, Name=bob) == REFUSED
    assert outcome(client.get_parameter, Name=alice) == "allowed"
