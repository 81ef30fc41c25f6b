"""What each mistake is made in: an app with a stack, and constructs with all that they need but the mistake."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
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

if TYPE_CHECKING:
    from constructs_lib.access import Rule

__all__ = ["BALANCER", "ENTRY", "POOL", "Here", "Mistake", "refused"]

ROOT: Final = Path(__file__).parents[2]
ENTRY: Final = ROOT / "lambda_src" / "shares"
BALANCER: Final = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/a/0123456789abcdef"
POOL: Final = verified.UserPool("eu-west-1_a", client_ids=["a"])
_REMEDY: Final = re.compile(
    r"\b(write|use|say|give|leave|name|make|keep|put|add|choose|rename|did you mean|take|build|set|see|call|drop|begin|"
    r"there is|it has|knows|takes|needs?|must|declare|of the form|by themselves|is its|pass|"
    r"available)\b",
    re.IGNORECASE,
)
_FORM: Final = re.compile(r"[^;]+; .+|[A-Z]\w+ '\w+': [A-Z].+", re.DOTALL)
"""`<construct, option or value> <problem>; <remedy>`, or an error of the CDK with the construct's name before it."""


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


def refused(make: Mistake) -> None:
    """Make a mistake, and see that an error of ours says what to write instead."""
    with pytest.raises((ValueError, AssertionError)) as caught:
        make(Here())
    assert "constructs_lib" in str(caught.traceback[-1].path), caught.value
    assert _FORM.fullmatch(str(caught.value)), caught.value
    assert _REMEDY.search(str(caught.value)), caught.value
