"""Sign-in and the roles it leads to: a user pool, an identity pool on it, and one role per kind of caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from aws_cdk import RemovalPolicy
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_lib.access import Statement, Subject, SubjectKind, allow
from constructs_lib.auth.groups import Group, precedences
from constructs_lib.auth.policies import RolePolicies
from constructs_lib.auth.trust import identity_pool_principal, identity_service
from constructs_lib.auth.user_pool import create_user_pool, create_web_client

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Owner: TypeAlias = Literal["identity", "sub"]
OWNER_TAG: Final = "sub"
"""The principal tag that carries the user-pool `sub` into IAM."""
_MFA: Final = {"off": cognito.Mfa.OFF, "optional": cognito.Mfa.OPTIONAL, "required": cognito.Mfa.REQUIRED}


class Auth(Construct):
    """A user pool, an identity pool on it, and the IAM roles that guests, signed-in users and groups get.

    Args:
        scope: The parent construct.
        id: The construct's ID.
        guests: Whether callers who have not signed in get credentials. False: no guest role exists.
        groups: User-pool groups, each with a role that keeps the rights of signed-in users and owners.
        owner: What an owner is known by. "identity": the identity-pool ID, which guests and users of every
            provider have. "sub": the user pool's `sub`, carried into IAM as the principal tag `sub`, so that the
            token's `sub`, the folder and the row's key are one value; guests own nothing then.
        self_sign_up: Whether people may create their own accounts. True: they may, and confirm by e-mail.
        mfa: Whether users have a second factor, a time-based one-time password. "optional": who wants to.
        callback_urls: Where hosted sign-in may return to. Empty: hosted sign-in is off, only SRP works.
        logout_urls: Where hosted sign-out may return to.
        removal_policy: What becomes of the user pool when the stack goes. RETAIN: it stays, and is protected
            against deletion.

    Raises:
        ValueError: For groups that share a name or precedence, or an unknown word for `owner` or `mfa`.

    Attributes:
        user_pool: Who users are.
        user_pool_client: The public client browsers and phones use.
        identity_pool: What users may touch.
        owner: As given.
        guests: As given.
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
        self_sign_up: bool = True,
        mfa: Literal["off", "optional", "required"] = "optional",
        callback_urls: Sequence[str] = (),
        logout_urls: Sequence[str] = (),
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, id)
        if owner not in {"identity", "sub"}:
            raise ValueError(f"owner={owner!r} is unknown; use 'identity' or 'sub'")
        if mfa not in _MFA:
            raise ValueError(f"mfa={mfa!r} is unknown; use 'off', 'optional' or 'required'")
        ranks = precedences(groups)
        self.owner: Owner = owner
        self.guests = guests
        self.user_pool: cognito.IUserPool = create_user_pool(
            self, self_sign_up=self_sign_up, mfa=_MFA[mfa], removal_policy=removal_policy
        )
        self.user_pool_client: cognito.IUserPoolClient = create_web_client(
            self, self.user_pool, callback_urls=callback_urls, logout_urls=logout_urls
        )
        self.identity_pool = cognito.CfnIdentityPool(
            self,
            "IdentityPool",
            allow_unauthenticated_identities=guests,
            allow_classic_flow=False,
            cognito_identity_providers=[
                cognito.CfnIdentityPool.CognitoIdentityProviderProperty(
                    client_id=self.user_pool_client.user_pool_client_id,
                    provider_name=self._provider_name,
                    # Asks the user pool whether the token was revoked; without it a signed-out user keeps access.
                    server_side_token_check=True,
                )
            ],
        )
        self.guest_role: iam.Role | None = self._role("GuestRole", authenticated=False) if guests else None
        self.authenticated_role: iam.Role = self._role("AuthenticatedRole", authenticated=True)
        self.group_roles: Mapping[str, iam.Role] = {
            group.name: self._role(f"{_id_part(group.name)}Role", authenticated=True) for group in groups
        }
        for group in groups:
            cognito.CfnUserPoolGroup(
                self,
                f"{_id_part(group.name)}Group",
                user_pool_id=self.user_pool.user_pool_id,
                group_name=group.name,
                description=group.description or None,
                precedence=ranks[group.name],
                role_arn=self.group_roles[group.name].role_arn,
            )
        self._attach_roles()
        if owner == "sub":
            cognito.CfnIdentityPoolPrincipalTag(
                self,
                "PrincipalTag",
                identity_pool_id=self.identity_pool_id,
                identity_provider_name=self._provider_name,
                principal_tags={OWNER_TAG: "sub"},
                use_defaults=False,
            )
        self._policies = {role: self._policies_of(role) for role in self._roles()}

    @property
    def identity_pool_id(self) -> str:
        """The identity pool's ID."""
        return self.identity_pool.ref

    @property
    def owner_variable(self) -> str:
        """The IAM policy variable that stands for the caller."""
        return "${aws:PrincipalTag/" + OWNER_TAG + "}" if self.owner == "sub" else f"${{{identity_service(self)}:sub}}"

    def callers(self) -> Iterator[tuple[frozenset[Subject], iam.Role]]:
        """Yield each role with everything its callers act for: a group's member is also authenticated and an owner."""
        if self.guest_role is not None:
            yield frozenset({allow.guest, allow.guest_owner}), self.guest_role
        signed_in = frozenset({allow.authenticated, allow.owner})
        yield signed_in, self.authenticated_role
        for name, role in self.group_roles.items():
            yield signed_in | {allow.group(name)}, role

    def check_subject(self, subject: Subject) -> None:
        """Refuse a subject that cannot exist here.

        Raises:
            ValueError: For a guest without guests, a guest owner under `owner="sub"`, or a group this Auth lacks.
        """
        if subject.kind in {SubjectKind.GUEST, SubjectKind.GUEST_OWNER} and not self.guests:
            raise ValueError(
                f"a rule speaks of a {subject}, but guests are off: write Auth(..., guests=True) or drop it"
            )
        if subject.kind is SubjectKind.GUEST_OWNER and self.owner == "sub":
            raise ValueError(
                "a guest has no user-pool sub and can own nothing under owner='sub': use Auth(owner='identity')"
            )
        if subject.kind is SubjectKind.GROUP and subject.name not in self.group_roles:
            known = ", ".join(map(repr, self.group_roles)) or "none"
            raise ValueError(
                f"a rule speaks of {subject}, which this Auth does not have (it has {known}): "
                f'write Auth(..., groups=[Group("{subject.name}")])'
            )

    def allow(self, scope: Construct, subject: Subject, statements: Iterable[Statement]) -> None:
        """Give a subject rights. What signed-in users and owners get, every group's role gets too.

        Args:
            scope: The construct the rights are about; the policy stands in its stack.
            subject: Who.
            statements: The rights.

        Raises:
            ValueError: For a subject that cannot exist here, or policies past IAM's limits.
        """
        self.check_subject(subject)
        kept = list(statements)
        if subject.kind is SubjectKind.FUNCTION:
            assert subject.function is not None  # noqa: S101 - `allow.function` always sets it
            for statement in kept:
                subject.function.grant_principal.add_to_principal_policy(statement.to_policy_statement())
            return
        for subjects, role in self.callers():
            if subject in subjects:
                self.allow_role(scope, role, kept)

    def allow_role(self, scope: Construct, role: iam.Role, statements: Iterable[Statement]) -> None:
        """Give one of this construct's roles rights, and no other role.

        Args:
            scope: The construct the rights are about; the policy stands in its stack.
            role: One of the roles that `callers` yields.
            statements: The rights.

        Raises:
            ValueError: For policies past IAM's limits.
        """
        self._policies[role].add(scope, statements)

    @property
    def _provider_name(self) -> str:
        return self.user_pool.user_pool_provider_name

    def _roles(self) -> list[iam.Role]:
        return [role for _, role in self.callers()]

    def _role(self, name: str, *, authenticated: bool) -> iam.Role:
        principal = identity_pool_principal(
            self, self.identity_pool_id, authenticated=authenticated, tags=authenticated and self.owner == "sub"
        )
        return iam.Role(self, name, assumed_by=principal)

    def _policies_of(self, role: iam.Role) -> RolePolicies:
        return RolePolicies(role, name=role.node.id.removesuffix("Role") + "Policy", scope=self)

    def _attach_roles(self) -> None:
        roles = {"authenticated": self.authenticated_role.role_arn}
        if self.guest_role is not None:
            roles["unauthenticated"] = self.guest_role.role_arn
        mappings = {
            "userPool": cognito.CfnIdentityPoolRoleAttachment.RoleMappingProperty(
                type="Token",
                # Who is in no group keeps the authenticated role; "Deny" would lock them out.
                ambiguous_role_resolution="AuthenticatedRole",
                identity_provider=f"{self._provider_name}:{self.user_pool_client.user_pool_client_id}",
            )
        }
        cognito.CfnIdentityPoolRoleAttachment(
            self,
            "RoleAttachment",
            identity_pool_id=self.identity_pool_id,
            roles=roles,
            role_mappings=mappings if self.group_roles else None,
        )


def _id_part(group: str) -> str:
    """Return a group's name as the beginning of a construct ID, readable and its own."""
    return "Group" + "".join(c if c.isalnum() else f"-{ord(c):x}-" for c in group)
