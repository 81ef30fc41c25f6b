"""What each mistake is made in: an app with a stack, and constructs with all that they need but the mistake."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from constructs_lib import verified
from constructs_lib.api import Api, Route
from constructs_lib.auth import Auth, Group, PrefixDomain, ServerClient, Tenant, Triggers, WebClient
from constructs_lib.database import OwnedTable
from constructs_lib.functions import PythonFunction
from constructs_lib.hosting import Hosting
from constructs_lib.memberships import Memberships
from constructs_lib.services import LoadBalancedService, ServiceRoute
from constructs_lib.storage import Storage
from tests.error_form import problem_of

if TYPE_CHECKING:
    from constructs_lib.access import Rule


ROOT: Final = Path(__file__).parents[2]
ENTRY: Final = ROOT / "lambda_src" / "shares"
BALANCER: Final = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/0123456789abcdef"
POOL: Final = verified.UserPool("eu-west-1_a", client_ids=["a"])
_OF_THE_CDK: Final = re.compile(r"[A-Z]\w+ '\w+': [A-Z].+", re.DOTALL)
"""An error of the CDK with the construct's name before it."""
_CONSTRUCT: Final = re.compile(r"'S/C\d+[/']")
_NAMED: Final = {
    "a service: no routes": "routes=[]",
    "memberships: no trigger": "claim 'tenant'",
    "storage grant no verb": "verbs=()",
    "tenant custom empty": "attribute=''",
}
"""What an error names where the mistake does not contain it."""


class Here:
    """An app of one stack."""

    def __init__(self) -> None:
        self.app = App(context={"aws:cdk:bundling-stacks": []})
        self.stack = Stack(self.app, "S")
        self._numbers = itertools.count()

    def id(self) -> str:
        """Return an ID that nothing has yet."""
        return f"C{next(self._numbers)}"

    def auth(self, **options: Any) -> Auth:
        return Auth(self.stack, self.id(), **options)

    def tenants(self, **options: Any) -> Auth:
        return self.auth(tenant=Tenant(), **options)

    def function(self, **options: Any) -> PythonFunction:
        return PythonFunction(self.stack, self.id(), entry=ENTRY, **options)

    def files(self, access: Mapping[str, Sequence[Rule]], auth: Auth | None = None, **options: Any) -> Storage:
        return Storage(self.stack, self.id(), auth=auth or self.auth(), access=access, **options)

    def rows(self, access: Sequence[Rule], auth: Auth | None = None, **options: Any) -> OwnedTable:
        return OwnedTable(self.stack, self.id(), auth=auth or self.auth(), access=access, **options)

    def api(self, routes: Sequence[Route], auth: Auth | None = None, **options: Any) -> Api:
        return Api(self.stack, self.id(), auth=auth or self.auth(), routes=routes, **options)

    def page(self, folder: Path, **options: Any) -> Hosting:
        return Hosting(self.stack, self.id(), build=folder, **options)

    def vpc(self) -> ec2.Vpc:
        return ec2.Vpc(self.stack, self.id())

    def certificate(self) -> acm.ICertificate:
        arn = "arn:aws:acm:us-east-1:111122223333:certificate/1"
        return acm.Certificate.from_certificate_arn(self.stack, self.id(), arn)

    def signing_in(self) -> Auth:
        return self.auth(domain=PrefixDomain("an-app"), clients=[WebClient(), ServerClient(name="Server")])

    def service(self, routes: Sequence[ServiceRoute], auth: Auth | None = None, **options: Any) -> LoadBalancedService:
        needed = {"domain_name": "a.example.com", "targets": [], "port": 80}
        return LoadBalancedService(
            self.stack,
            self.id(),
            auth=auth or self.signing_in(),
            vpc=self.vpc(),
            certificate=self.certificate(),
            routes=routes,
            **{**needed, **options},
        )

    def member_routes(self, *, pools: Mapping[str, Any] | None = None, **options: Any) -> list[Route]:
        """Return the routes of memberships, on an Auth that has what they need, or other options."""
        members = Memberships(self.stack, self.id())
        given = {
            "tenant": members.tenant,
            "groups": [Group("admins")],
            "role_rules": members.role_rules,
            "triggers": Triggers(pre_token_generation=members.pre_token),
        }
        return members.routes(self.auth(**{**given, **(pools or {})}), **options)


Mistake: TypeAlias = Callable[[Here], object]


def refused(name: str, make: Mistake) -> None:
    """Make a mistake, and see that an error of ours names it and then says what to write instead."""
    with pytest.raises((ValueError, AssertionError)) as caught:
        make(Here())
    error = caught.value
    assert "constructs_lib" in str(caught.traceback[-1].path), error
    if isinstance(error.__cause__, RuntimeError):
        assert _OF_THE_CDK.fullmatch(str(error)), error
        return
    problem = problem_of(str(error))
    assert problem, error
    assert _NAMED[name] in problem if name in _NAMED else _is_named(problem, make), error


def _is_named(problem: str, make: Mistake) -> bool:
    """Return whether the problem names an option or value of the mistake, a part of such a value, or the construct."""
    assert isinstance(make, FunctionType)
    written = {*_written(make.__code__)}
    quoted = re.findall(r"'([^']{3,})'", problem)
    return (
        any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", problem) for word in written)
        or any(part in word for part in quoted for word in written)
        or _CONSTRUCT.search(problem) is not None
    )


def _written(code: CodeType) -> Iterator[str]:
    """Yield the options and values that code contains; of other names what a message may make of them."""
    for name in code.co_names:
        yield from (f"{name}:", f"allow.{name}")
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _written(value)
        elif isinstance(value, tuple):
            yield from map(str, value)
        elif value is not None:
            yield str(value) or "''"
