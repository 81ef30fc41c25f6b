"""What looks like a mistake and is none: each with the reason why nothing is said."""

from typing import Final

import pytest

from constructs_lib.access import allow
from constructs_lib.api import jwt
from constructs_lib.auth import Tenant
from constructs_lib.functions import Invocable
from constructs_lib.services import ServiceRoute
from constructs_lib.verified import LoadBalancer, UserPool, VerifiedCallers
from tests.mistakes.here import BALANCER, POOL, Here, Mistake

READ: Final = allow.authenticated.to("read")


def calls_itself(here: Here) -> object:
    function = here.function()
    return Invocable(here.stack, "Open", auth=here.auth(), function=function, access=[allow.function(function)])


TAKEN: Final[dict[str, tuple[Mistake, str]]] = {
    "an attribute in capitals": (lambda here: here.auth(tenant=Tenant("custom:Org-Id")), "Cognito takes it"),
    "a subject twice": (lambda here: here.files({"a/*": [READ, allow.authenticated.to("write")]}), "rules add up"),
    "rules that overlap": (lambda here: here.files({"a/*": [READ, allow.authenticated.to("get")]}), "rules add up"),
    "a folder without rules": (lambda here: here.files({"a/*": [READ], "a/b/*": []}), "it closes what is inside"),
    "no folder at all": (lambda here: here.files({}), "closed to all but functions that are granted it"),
    "a table without rules": (lambda here: here.rows([]), "closed to all but functions that are granted it"),
    "a partition without rules": (lambda here: here.rows([], partitions={"a": []}), "closed"),
    "a function that calls itself": (calls_itself, "recursion"),
    "a verb twice": (lambda here: here.rows([]).grant(here.function(), "read", "read"), "verbs are a set"),
    "many routes of a service": (
        lambda here: here.service([ServiceRoute(f"/r{number}", access=[jwt()]) for number in range(101)]),
        "a quota that AWS raises",
    ),
    "a balancer elsewhere": (
        lambda _: LoadBalancer(BALANCER, pool=UserPool("us-east-1_a", client_ids=["a"])), "AWS says nothing against it",
    ),
    "a source twice": (lambda _: VerifiedCallers(print, sources=[POOL, POOL]), "the first decides"),  # type: ignore[arg-type] # any callable
}  # fmt: skip


@pytest.mark.parametrize("name", TAKEN)
def test_it_is_taken(name: str) -> None:
    make, reason = TAKEN[name]
    make(Here())
    assert reason
