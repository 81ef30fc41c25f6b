"""A user pool, an identity pool for its users, and one IAM role per kind of caller."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from aws_cdk import RemovalPolicy, Stack
from constructs import Construct

from constructs_lib.access.language import OWNER
from constructs_lib.argument_checks import checked
from constructs_lib.auth.authentication_factors import Factors
from constructs_lib.auth.claim_writers import check_writers
from constructs_lib.auth.clients import WebClient
from constructs_lib.auth.existing_pools import ExistingPools, use_pools
from constructs_lib.auth.grants import Grants
from constructs_lib.auth.messages import Messages
from constructs_lib.auth.new_pools import create_pools
from constructs_lib.auth.option_checks import Options
from constructs_lib.auth.protection import Protection
from constructs_lib.auth.sign_in import SignIn
from constructs_lib.auth.subject_checks import check_subject
from constructs_lib.auth.triggers import Triggers, allow_function, check_admin_actions
from constructs_lib.auth.user_claims import Claim, named
from constructs_lib.cdk_tokens import is_token
from constructs_lib.function_wrappers import function_of
from constructs_lib.regions import check_region

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from aws_cdk import aws_cognito as cognito
    from aws_cdk import aws_iam as iam

    from constructs_lib.access import Statement, Subject
    from constructs_lib.access.value_formats import Form
    from constructs_lib.auth.attributes import Attribute
    from constructs_lib.auth.clients import Client, ResourceServer
    from constructs_lib.auth.domains import Domain
    from constructs_lib.auth.groups import Group
    from constructs_lib.auth.identity_providers import IdentityProviders
    from constructs_lib.auth.owner_kinds import Owner
    from constructs_lib.auth.pools import Pools
    from constructs_lib.auth.providers import Provider
    from constructs_lib.auth.role_rules import RoleRule
    from constructs_lib.auth.triggers import Function

_WEB: Final = (WebClient(),)
_NO_CLAIMS: Final[Mapping[str, Claim]] = MappingProxyType({})


@checked
class Auth(Construct):
    """A user pool, an identity pool for its users, and the IAM roles of guests, signed-in users and groups.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        guests: Whether callers who have not signed in get credentials. Default: there is no guest role.
        groups: User-pool groups, each with a role that includes the permissions of signed-in users and owners. Default:
            no groups.
        owner: The value that identifies an owner. "identity": the identity-pool ID, which guests and users of every
            provider have. "sub": the user pool's `sub`, passed to IAM as the principal tag `sub`, so that the token's
            `sub`, the folder and the row's key have one value; guests then own nothing. Default: "identity".
        tenant: The claim that contains a user's tenant, for `{tenant}` in places and `allow.tenant`. Default: no
            tenants.
        claims: Further claims that places can contain, by placeholder name: `{"department": Claim(...)}` for
            `{department}` and `allow.claim("department")`. Default: no further claims.
        sign_in: How users sign in and who can sign up. Default: users sign in by e-mail, and anyone can sign up.
        factors: How users authenticate. Default: by password, with an optional one-time password as second factor.
        attributes: User attributes beyond those that sign-in requires. Default: no further attributes.
        clients: The app clients. The first one that users sign in with is `user_pool_client`. Default: one web
            client.
        resource_servers: APIs whose scopes clients can request. Default: only the scopes of OpenID Connect exist.
        providers: Identity providers of the user pool: Google, Facebook, Amazon, Apple, OpenID Connect, SAML. Default:
            users sign in to the user pool only.
        identity_providers: Identity providers of the identity pool, which bypass the user pool. Default: no such
            providers.
        domain: The domain of the hosted pages and the token endpoint. Default: no domain, and apps use their own
            sign-in pages.
        triggers: Lambda functions that the user pool invokes. Default: no functions.
        messages: The texts and senders of e-mail and SMS messages. Default: English texts from Cognito's default
            sender.
        protection: The feature plan, threat protection, firewall and logs. Default: Cognito's default plan and nothing
            else.
        role_rules: Rules on claims that choose a signed-in user's role. Default: a user gets the role of their group
            with the lowest precedence, or the authenticated role if they are in no group.
        user_pool_name: The name of the user pool. Default: CloudFormation generates a name.
        identity_pool_name: The name of the identity pool. Default: CloudFormation generates a name.
        removal_policy: What happens to the user pool when it leaves the stack. Default: RETAIN (it stays, with deletion
            protection).

    Raises:
        ValueError: For options that Cognito would refuse, alone or together. The message names the remedy.

    Attributes:
        user_pool: The user pool.
        user_pool_client: The client whose tokens APIs accept.
        clients: Every client, by its name.
        domain: The domain of the hosted pages; None without.
        owner: The value of the argument.
        claims: The claims that places can contain, by their keys, including `tenant`.
        guests: The value of the argument.
        guest_role: The role of callers who have not signed in; None without guests.
        authenticated_role: The role of signed-in users who are in no group.
        group_roles: The role of each group, by its name.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        guests: bool = False,
        groups: Sequence[Group] = (),
        owner: Owner = "identity",
        tenant: Claim | None = None,
        claims: Mapping[str, Claim] = _NO_CLAIMS,
        sign_in: SignIn | None = None,
        factors: Factors | None = None,
        attributes: Sequence[Attribute] = (),
        clients: Sequence[Client] = _WEB,
        resource_servers: Sequence[ResourceServer] = (),
        providers: Sequence[Provider] = (),
        identity_providers: IdentityProviders | None = None,
        domain: Domain | None = None,
        triggers: Triggers | None = None,
        messages: Messages | None = None,
        protection: Protection | None = None,
        role_rules: Sequence[RoleRule] = (),
        user_pool_name: str | None = None,
        identity_pool_name: str | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
        _existing: ExistingPools | None = None,
    ) -> None:
        super().__init__(scope, id)
        if _existing is not None:
            self._open(use_pools(self, _existing))
            return
        options = Options(
            guests=guests,
            groups=tuple(groups),
            owner=owner,
            claims=named(tenant, claims),
            sign_in=sign_in or SignIn(),
            factors=factors or Factors(),
            attributes=tuple(attributes),
            clients=tuple(clients),
            resource_servers=tuple(resource_servers),
            providers=tuple(providers),
            identity_providers=identity_providers,
            domain=domain,
            triggers=triggers or Triggers(),
            messages=messages or Messages(),
            protection=protection or Protection(),
            role_rules=tuple(role_rules),
            user_pool_name=user_pool_name,
            identity_pool_name=identity_pool_name,
            removal_policy=removal_policy,
        )
        self._open(create_pools(self, options))

    @classmethod
    def from_existing(
        cls,
        scope: Construct,
        id: str,
        *,
        user_pool: cognito.IUserPool,
        user_pool_client: cognito.IUserPoolClient,
        further_clients: Mapping[str, cognito.IUserPoolClient] | None = None,
        identity_pool_id: str | None = None,
        identity_providers: IdentityProviders | None = None,
        triggers: Triggers | None = None,
        guests: bool = False,
        groups: Sequence[Group] = (),
        owner: Owner = "identity",
        tenant: Claim | None = None,
        claims: Mapping[str, Claim] = _NO_CLAIMS,
        role_rules: Sequence[RoleRule] = (),
        authenticated_role: iam.IRole | None = None,
        guest_role: iam.IRole | None = None,
        group_roles: Mapping[str, iam.IRole] | None = None,
    ) -> Auth:
        """Use existing pools and roles, of another stack or from outside the app.

        Without `authenticated_role` the roles are created and attached to the identity pool, which must not have an
        attachment yet. With it nothing is created or attached; permissions are added to the given roles.

        Args:
            scope: The parent construct.
            id: The construct's ID.
            user_pool: The user pool. An imported user pool is in the region that its ID names.
            user_pool_client: The client whose tokens the identity pool and APIs accept; it is "Client" in `clients`.
            further_clients: Further clients whose tokens they accept, by a name of letters and digits. Default: no
                further clients.
            identity_pool_id: The identity pool. Default: a new one is created for the user pool.
            identity_providers: Providers of a new identity pool, including other user pools. Default: no such
                providers.
            triggers: Functions that the user pool invokes, if a stack of this app creates it; CloudFormation cannot
                change an imported pool. Default: no further triggers.
            guests: Whether the new or existing identity pool gives guests credentials. Default: there is no guest role,
                and rules cannot name guests.
            groups: Groups to create in the user pool, with new roles. Default: no groups.
            owner: The value that identifies an owner, as for a new Auth. "identity": the identity-pool ID. "sub"
                creates the principal tag with the roles. Default: "identity".
            tenant: The claim that contains a user's tenant. Make sure that no client may write it and that a token
                trigger enforces its form, and confirm that with `kept_by_trigger=True`. Default: no tenants.
            claims: Further claims that places can contain, under the same condition. Default: no further claims.
            role_rules: Rules on claims that choose a role. The attributes that users may write are unknown: make sure
                that they cannot write these claims. Default: groups choose.
            authenticated_role: The existing role of signed-in users. Default: roles are created.
            guest_role: The existing role of guests, only with an `authenticated_role`. Default: rules cannot name
                guests.
            group_roles: The existing roles of groups, by name, only with an `authenticated_role`. Default: rules cannot
                name groups.

        Raises:
            ValueError: For options that contradict each other, an identity pool that already has roles, groups or
                roles of another region or account than the pools', or triggers of an imported user pool.
        """
        existing = ExistingPools(
            user_pool=user_pool,
            user_pool_client=user_pool_client,
            further_clients=further_clients or {},
            identity_pool_id=identity_pool_id,
            identity_providers=identity_providers,
            triggers=triggers,
            guests=guests,
            groups=groups,
            owner=owner,
            claims=named(tenant, claims),
            role_rules=role_rules,
            authenticated_role=authenticated_role,
            guest_role=guest_role,
            group_roles=group_roles or {},
        )
        return cls(scope, id, _existing=existing)

    @property
    def identity_pool(self) -> cognito.CfnIdentityPool:
        """The identity pool that this construct created.

        Raises:
            ValueError: For an existing identity pool.
        """
        resource = self._pools.identity_pool.resource
        if resource is None:
            raise ValueError(f"{self.node.path!r} has an existing identity pool; use identity_pool_id")
        return resource

    def callers(self) -> Iterator[tuple[frozenset[Subject], iam.IRole]]:
        """Yield each role with everything its callers act for: a group's member is also authenticated and an owner."""
        return self._grants.callers()

    def check_subject(self, subject: Subject) -> None:
        """Refuse a subject that this Auth does not have.

        Raises:
            ValueError: For a guest without guests, a guest owner under `owner="sub"`, a group or claim this Auth lacks,
                or a role of its users in place of a function.
        """
        check_subject(
            subject,
            guests=self.guests,
            owner=self.owner,
            groups=self.group_roles,
            claims=self.claims,
            roles=[role for _, role in self.callers()],
        )

    def check_scopes(self, scopes: Iterable[str]) -> None:
        """Refuse scopes that no token can have; the scopes of an existing user pool are unknown and accepted.

        Raises:
            ValueError: For a scope that is neither of OpenID Connect nor of a resource server.
        """
        self._pools.clients.check_scopes(scopes)

    def check_reach(self, scope: Construct) -> None:
        """Refuse a construct whose stack cannot refer to this Auth.

        Raises:
            ValueError: For a stack of another account, or of another region without `cross_region_references`.
        """
        self._grants.reach(scope)

    def allow(
        self, scope: Construct, subject: Subject, statements: Sequence[Statement], *, everyone: bool | str = False
    ) -> None:
        """Grant a subject permissions in any AWS service.

        Every group's role also gets the permissions of signed-in users and owners.

        In an ARN's name `{owner}` is the caller and `{tenant}`, or another claim, the caller's value:
        `Statement(actions=("iot:Publish",), resources=(f"arn:{partition}:iot:{region}:{account}:topic/{{owner}}/*",))`.
        Owned places are recorded in the template's metadata, and the proof checks every policy against them.

        Args:
            scope: The construct that the permissions apply to; the policy is in its stack.
            subject: The callers.
            statements: The permissions: exact actions, and whole ARNs that may end in `*` if they contain an owner.
            everyone: True opens the resources of every owner, `"tenant"` those of every owner of the caller's tenant:
                the placeholders after it become `*`. Default: only the caller's own.

        Raises:
            ValueError: For a subject that this Auth does not have; an action that does not exist, that manages
                permissions, or that a guest's session does not allow; an ARN that the actions do not apply to; a
                placeholder where an ID is not allowed, or that does not fit the subject; a condition key that no
                request has; policies beyond IAM's limits.
        """
        self.check_subject(subject)
        self._grants.in_any_service(scope, subject, statements, everyone=everyone)

    def grant(self, scope: Construct, subject: Subject, statements: Iterable[Statement]) -> None:
        """Grant a subject compiled permissions without checks, with IAM policy variables in them.

        Args:
            scope: The construct that the permissions apply to; the policy is in its stack.
            subject: The callers.
            statements: The permissions.

        Raises:
            ValueError: For a subject that this Auth does not have, or policies beyond IAM's limits.
        """
        self.check_subject(subject)
        self._grants.to_subject(scope, subject, statements)

    def allow_roles(self, scope: Construct, given: Mapping[iam.IRole, Sequence[Statement]]) -> None:
        """Grant permissions to roles of this construct, and to no other role.

        Args:
            scope: The construct that the permissions apply to; the policies are in its stack.
            given: The permissions by role; the roles are those that `callers` yields.

        Raises:
            ValueError: For policies beyond IAM's limits, or a stack that cannot grant the roles permissions, as
                `check_reach`.
        """
        self._grants.to_roles(scope, given)

    def allow_admin(self, function: Function, *actions: str, writes_claims: bool = False) -> None:
        """Allow a function to use administrator actions on the user pool. It can be a trigger of that pool.

        Args:
            function: The function.
            actions: Exact actions, such as `cognito-idp:AdminAddUserToGroup`.
            writes_claims: True lets it write claims that access depends on, such as users' tenants. Default: actions
                that can write them are refused if there are such claims.

        Raises:
            ValueError: For a wildcard, another service's action, one that does not exist or is not on a user pool, a
                function whose role is unknown, or an action that writes claims without `writes_claims`.
        """
        checked = check_admin_actions(actions)
        check_writers(self.claims, checked, declared=writes_claims, how="allow_admin(..., writes_claims=True)")
        allow_function(self, function_of(function), checked, self.user_pool.user_pool_arn, purpose="AdminPolicy")

    def add_callback_urls(self, *urls: str, client: str | None = None, logout_urls: Sequence[str] = ()) -> None:
        """Allow hosted sign-in to return to further addresses, such as a distribution's in this stack.

        An existing client must be created by a stack of this app: CloudFormation cannot change an imported client.

        The address of an API whose routes accept tokens would be a circular dependency, because that API names the
        client: give it a custom domain.

        Args:
            urls: The addresses.
            client: The client's name. Default: the first one that users sign in with.
            logout_urls: Addresses that hosted sign-out may return to. Default: no further address.

        Raises:
            ValueError: For an unknown or imported client, no domain, or an address Cognito would not return to.
        """
        self._pools.clients.add_callback_urls(urls, client=client, logout_urls=logout_urls)

    def variable(self, placeholder: str) -> str:
        """Return the IAM policy variable of a placeholder.

        Args:
            placeholder: `owner`, `tenant`, or the key of another claim.

        Raises:
            ValueError: For one that this Auth does not have.
        """
        if placeholder not in self.variables:
            known = ", ".join(map(repr, self.variables))
            raise ValueError(f"placeholder {placeholder!r} is not declared by this Auth; use one of {known}")
        return self.variables[placeholder]

    def _open(self, pools: Pools) -> None:
        """Set the pools, and the roles that later grants apply to."""
        stack = Stack.of(self)
        region = stack.region
        if not is_token(region):
            check_region(f"env of stack {stack.node.path!r}: region", region)
        self._pools = pools
        self.user_pool: cognito.IUserPool = pools.user_pool
        self.user_pool_client: cognito.IUserPoolClient = pools.clients.first
        self.clients: Mapping[str, cognito.IUserPoolClient] = pools.clients.by_name
        self.domain: cognito.UserPoolDomain | None = pools.domain
        self.identity_pool_id: str = pools.identity_pool.id
        """The identity pool's ID."""
        placeholders, roles = pools.placeholders, pools.roles
        self.owner: Owner = placeholders.owner
        self.claims: Mapping[str, Claim] = placeholders.claims
        self.forms: Mapping[str, Form] = placeholders.forms
        """The form of each placeholder's values."""
        self.variables: Mapping[str, str] = placeholders.variables(region)
        """The IAM policy variable of each placeholder: `owner`, and the keys of claims."""
        self.owner_variable: str = self.variables[OWNER]
        """The IAM policy variable that stands for the caller."""
        self.guests: bool = roles.guest is not None
        self.guest_role: iam.IRole | None = roles.guest
        self.authenticated_role: iam.IRole = roles.authenticated
        self.group_roles: Mapping[str, iam.IRole] = roles.groups
        self._grants = Grants(self, stack, pools, self.variables)
