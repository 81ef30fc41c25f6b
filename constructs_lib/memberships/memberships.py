"""Memberships of users in several tenants, with a role in each and one active tenant."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access import SubjectKind, allow
from constructs_lib.api import Route
from constructs_lib.argument_checks import checked
from constructs_lib.auth import RoleRule, Tenant
from constructs_lib.cors_origins import check_origins
from constructs_lib.functions import PythonFunction

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.access import Subject
    from constructs_lib.auth import Auth

_CLAIM: Final = "tenant"
_ROLE_CLAIM: Final = "tenant_role"
_MEMBER: Final = "member"
_FORM: Final = Tenant().form
_INDEX: Final = "by-tenant"
# In a checkout the code is beside the library; the installed package contains it.
_CHECKOUT: Final = Path(__file__).parents[2] / "lambda_src"
_INSTALLED: Final = Path(__file__).parent / "runtime"
_ADMIN_ACTIONS: Final = ("AdminGetUser", "AdminCreateUser", "AdminUserGlobalSignOut", "ListUsers")
_WRITES: Final = ("PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")


class TenantTrigger(PythonFunction):
    """The token trigger of `Memberships`, for any version.

    Attributes:
        kept_claims: The claim that it sets, and the form that it enforces.
        group_names: The groups that it names.
    """

    kept_claims: Mapping[str, str]
    group_names: Sequence[str]


@checked
class Memberships(Construct):
    """A table of the members of each tenant, the token trigger that reads it, and an API that manages it.

    A user may belong to several tenants, of which one is active: the last one selected through the API. The trigger
    sets it as the claim `tenant` of their tokens, with their role there as the claim `tenant_role`. A user who has
    selected none, or is not a member of it any more, has neither claim and no access to a tenant's data.

    ```python
    members = Memberships(self, "Members")
    auth = Auth(self, "Auth", tenant=members.tenant, groups=[Group("admins")], role_rules=members.role_rules,
                triggers=Triggers(pre_token_generation=members.pre_token))
    Api(self, "Api", auth=auth, routes=[*members.routes(auth, founders=[allow.authenticated])])
    ```

    Args:
        scope: The parent construct.
        id: The construct's ID.
        form: The form of tenant names, as for `Tenant`. Default: 3 to 36 lowercase letters, digits and hyphens.
        administrators: The group of users who manage their tenant's members. Default: `admins`. A tenant always keeps
            one.
        roles: Further groups that a membership can assign. Default: a user is an administrator or `member`.
        removal_policy: What happens to the table when the stack is deleted. Default: RETAIN (it is kept, with deletion
            protection).

    Raises:
        ValueError: For an invalid form, a duplicate role, or one called `member`, which means no group.

    Attributes:
        tenant: The claim, for `Auth(tenant=...)`.
        pre_token: The trigger, for `Triggers(pre_token_generation=...)`. It can only query the table.
        role_rules: The rules by which the identity pool gives members the role of their group, for
            `Auth(role_rules=...)`; the Auth needs a `Group` for each role.
        table: The table: partition key `person` (a `sub`), sort key `entry`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        form: str = _FORM,
        administrators: str = "admins",
        roles: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        every = (administrators, *roles)
        _check_roles(every)
        self.tenant: Tenant = Tenant(_CLAIM, form=form)
        self.role_rules: Sequence[RoleRule] = tuple(RoleRule(_ROLE_CLAIM, role, group=role) for role in every)
        self._administrators = administrators
        self.table = _create_table(self, removal_policy)
        self._environment = {
            "MEMBERSHIPS_TABLE": self.table.table_name,
            "TENANT_FORM": form,
            "TENANT_ROLES": json.dumps(sorted(every)),
        }
        self.pre_token: TenantTrigger = TenantTrigger(
            self,
            "Trigger",
            entry=_code() / "memberships",
            handler="trigger.py:handler",
            environment={**self._environment, "TENANT_CLAIM": _CLAIM},
            # Cognito's timeout.
            timeout=Duration.seconds(5),
        )
        self.pre_token.kept_claims = {_CLAIM: form}
        self.pre_token.group_names = every
        _allow(self.pre_token, ["Query"], self.table.table_arn)

    def routes(self, auth: Auth, *, founders: Sequence[Subject] = (), cors_origins: Sequence[str] = ()) -> list[Route]:
        """Create the function that manages memberships, and return its routes.

        Signed-in users: `GET /memberships`, `PUT /memberships/active`, `DELETE /memberships/{membership}`.
        Administrators of a tenant: `GET` and `POST /tenants/{tenant}/members`, `PUT` and `DELETE
        /tenants/{tenant}/members/{person}`. The function checks in the table whether the caller administers the tenant,
        so that a former administrator is refused at once.

        Args:
            auth: The Auth that uses `tenant`, `pre_token` and `role_rules`. Its users sign in by e-mail.
            founders: The callers who may create a tenant with `POST /tenants`, for themselves or, by e-mail, for
                another user. Default: no such route.
            cors_origins: For a REST API, whose functions add the CORS headers: the origins of the API. Default: no page
                of another origin can read the responses. An HTTP API adds the headers itself.

        Raises:
            ValueError: For an Auth of another stack, with another tenant or other rules, or whose users do not sign in
                by e-mail.
        """
        self._check_auth(auth)
        check_origins(cors_origins)
        for founder in founders:
            if founder.kind not in {SubjectKind.AUTHENTICATED, SubjectKind.GROUP}:
                raise ValueError(
                    f"founders=[allow.{founder}] includes callers who are not signed in; use allow.authenticated or "
                    "allow.group(...)"
                )
            auth.check_subject(founder)
        function = PythonFunction(
            self,
            "Function",
            entry=_code() / "memberships",
            handler="handler.py:handler",
            shared=[_code() / "caller.py"],
            environment={
                **self._environment,
                "TENANT_ADMINISTRATORS": self._administrators,
                "USER_POOL_ID": auth.user_pool.user_pool_id,
                **({"CORS_ORIGINS": ",".join(cors_origins)} if cors_origins else {}),
            },
        )
        _allow(function, ["Query", *_WRITES], self.table.table_arn)
        _allow(function, ["Query"], f"{self.table.table_arn}/index/{_INDEX}")
        # The tenant is not a user attribute, so creating an account writes no tenant.
        auth.allow_admin(function, *(f"cognito-idp:{action}" for action in _ADMIN_ACTIONS), writes_claims=True)
        everybody, looking_after = [allow.authenticated], [allow.group(self._administrators)]
        listed = (
            ("GET", "/memberships", everybody),
            ("PUT", "/memberships/active", everybody),
            ("DELETE", "/memberships/{membership}", everybody),
            ("GET", "/tenants/{tenant}/members", looking_after),
            ("POST", "/tenants/{tenant}/members", looking_after),
            ("PUT", "/tenants/{tenant}/members/{person}", looking_after),
            ("DELETE", "/tenants/{tenant}/members/{person}", looking_after),
            *([("POST", "/tenants", [*founders])] if founders else []),
        )
        return [Route(method, path, function, access=access) for method, path, access in listed]

    def _check_auth(self, auth: Auth) -> None:
        here, there = Stack.of(self), Stack.of(auth)
        if here is not there:
            raise ValueError(
                f"{self.node.path!r} is in stack {here.node.path!r} and {auth.node.path!r} in {there.node.path!r}, "
                "and the pool depends on its trigger and these routes on the pool; create both in one stack"
            )
        claim = auth.claims.get(_CLAIM)
        if claim is None or (claim.claim, claim.form) != (self.tenant.claim, self.tenant.form):
            raise ValueError(
                f"{auth.node.path!r} does not have the tenant of {self.node.path!r}; add tenant=members.tenant and "
                "triggers=Triggers(pre_token_generation=members.pre_token)"
            )
        for each in auth.node.find_all():
            if isinstance(each, cognito.CfnIdentityPoolRoleAttachment):
                mappings = json.dumps(Stack.of(auth).resolve(each.role_mappings))
                if f'"{_ROLE_CLAIM}"' not in mappings:
                    raise ValueError(
                        f"{auth.node.path!r} has no role rule for administrators; add role_rules=members.role_rules, "
                        "and a rule for each of its other groups"
                    )
        pool = auth.user_pool.node.default_child
        if isinstance(pool, cognito.CfnUserPool) and "email" not in (pool.username_attributes or ()):
            raise ValueError(
                f"{auth.node.path!r} has sign_in without e-mail, and members are invited by e-mail; remove "
                "sign_in=SignIn(username=True), or add members in the app"
            )


def _check_roles(roles: Sequence[str]) -> None:
    for role in roles:
        allow.group(role)
        if role == _MEMBER:
            raise ValueError(f"role {role!r} is the role of members without a group; use another name")
    if twice := [role for role in roles if roles.count(role) > 1]:
        raise ValueError(
            f"role {twice[0]!r} is listed twice or is that of administrators, which always exists; remove it"
        )


def _create_table(scope: Construct, removal_policy: RemovalPolicy) -> dynamodb.TableV2:
    def key(name: str) -> dynamodb.Attribute:
        return dynamodb.Attribute(name=name, type=dynamodb.AttributeType.STRING)

    return dynamodb.TableV2(
        scope,
        "Table",
        partition_key=key("person"),
        sort_key=key("entry"),
        global_secondary_indexes=[
            dynamodb.GlobalSecondaryIndexPropsV2(index_name=_INDEX, partition_key=key("tenant"), sort_key=key("person"))
        ],
        point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
            point_in_time_recovery_enabled=True
        ),
        deletion_protection=removal_policy is not RemovalPolicy.DESTROY,
        removal_policy=removal_policy,
    )


def _allow(function: PythonFunction, actions: Sequence[str], resource: str) -> None:
    function.role.add_to_principal_policy(
        iam.PolicyStatement(actions=[f"dynamodb:{action}" for action in actions], resources=[resource])
    )


def _code() -> Path:
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT
