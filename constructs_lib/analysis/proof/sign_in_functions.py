"""The functions that set claims of tokens or decide who signs in: by a trigger's answer, or by rights of their role.

Sources: "LambdaConfigType", "AdminLinkProviderForUser", "AdminUpdateUserAttributes" (Amazon Cognito user pools API
reference), "Custom authentication challenge Lambda triggers", "Custom sender Lambda triggers", "Migrate user Lambda
trigger", "Developer-authenticated identities" (Amazon Cognito developer guide).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.policies import unknown_policy
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import NO_ROLE
from constructs_lib.analysis.proof.principal_rights import allows_of, granted_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.model import Model

GROUPS: Final = "cognito:groups"
"""The claim with a user's groups, which a trigger may override."""
_MIGRATION: Final = "UserMigration"
"""The trigger that checks the first password of a user who comes from elsewhere."""
_SETTING: Final = ("PreTokenGeneration", _MIGRATION, "InboundFederation")
"""Triggers whose answer sets claims of tokens or attributes of users."""
_SIGNING_IN: Final = (
    "CreateAuthChallenge", "CustomEmailSender", "CustomSMSSender", "DefineAuthChallenge", "VerifyAuthChallengeResponse",
)  # fmt: skip
"""Triggers that ask for, check or send what users sign in with, or with which they choose a new password."""
_SETS_ATTRIBUTES: Final = (
    "cognito-idp:AdminCreateUser", "cognito-idp:AdminUpdateUserAttributes", "cognito-idp:CreateIdentityProvider",
    "cognito-idp:CreateUserImportJob", "cognito-idp:UpdateIdentityProvider",
)  # fmt: skip
_SETS_GROUPS: Final = ("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminRemoveUserFromGroup")
"""Actions that set the attributes or the groups of any user."""
_LETS_SIGN_IN: Final = (
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity", "cognito-idp:AdminLinkProviderForUser",
    "cognito-idp:AdminSetUserPassword",
)  # fmt: skip
"""Actions that let somebody sign in as any user: by a token, by an account elsewhere that is linked, by a password."""
_COGNITO: Final = ("cognito-identity:", "cognito-idp:")
_BY_URL: Final = frozenset({"lambda:functionurlauthtype", "lambda:invokedviafunctionurl"})


def claim_setters(model: Model, claims: Sequence[str]) -> Iterator[Function]:
    """Yield the functions that set claims of tokens or attributes, and those that they may ask."""
    yield from _with_asked(_deciding(_SETTING, _setting_actions(claims), model), model)


def challengers(model: Model) -> Iterator[Function]:
    """Yield the functions that ask for, check or send what users sign in with, and those that they may ask."""
    yield from _with_asked(_deciding(_SIGNING_IN, (), model), model)


def sign_in_givers(model: Model) -> Iterator[Function]:
    """Yield the functions that may let somebody sign in as any user, and those that they may ask."""
    yield from _with_asked(_deciding((_MIGRATION,), _LETS_SIGN_IN, model), model)


def run_by_pools(model: Model) -> Iterator[Function]:
    """Yield the functions that user pools run, and those that they may ask."""
    run = _triggers(model)
    yield from _with_asked((each for each in model.functions if each.arn in run), model)


def deciding_actions(claims: Sequence[str]) -> tuple[str, ...]:
    """Return the actions that set what claims come from, or that let somebody sign in as any user."""
    return (*_setting_actions(claims), *_LETS_SIGN_IN)


def may_call(function: Function, actions: Sequence[str], model: Model) -> bool:
    """Return whether a function's role may call one of some actions; conditions are ignored."""
    return any(applies_to_action(each, action) for each in allows(function, model) for action in actions)


def allows(function: Function, model: Model) -> list[Statement]:
    """Return what a function's role may do; calling an open address, such as the URL of a function, is no right."""
    unknown = unknown_policy(function.name, f"the role of {function.name} is in no template")
    role = model.roles.get(function.role_arn, replace(NO_ROLE, arn=function.role_arn, policies=(unknown,)))
    by_anyone = (each for each in granted_to("", model) if not _BY_URL & {one.key for one in each.conditions})
    return [*allows_of(role, model), *by_anyone]


def may_apply(relevance: Relevance, holder: Holder) -> bool:
    """Return whether a role's statements allow it an action on a resource."""
    services = ("*", *(f"{service}:" for service in holder.services))
    return any(
        not each.actions or any(action.lower().startswith(services) for action in each.actions)
        for each in relevance.about(holder.arn)
    )


def _setting_actions(claims: Sequence[str]) -> tuple[str, ...]:
    return (*(_SETS_ATTRIBUTES if claims else ()), *(_SETS_GROUPS if GROUPS in claims else ()))


def _triggers(model: Model) -> dict[str, list[str]]:
    """Return the names of the triggers that run a function, by its ARN; empty for one that is not known."""
    found: dict[str, list[str]] = {}
    for pool in model.resources:
        settings = pool.get("LambdaConfig") if pool.type == "AWS::Cognito::UserPool" else None
        named = settings.items() if isinstance(settings, Mapping) else [("", settings)] if settings else []
        for function in model.functions if named else ():
            names = [str(name) for name, value in named if function.named.may_be_in(str(value))]
            if names:
                found.setdefault(function.arn, []).extend(names)
    return found


def _deciding(triggers: tuple[str, ...], actions: Sequence[str], model: Model) -> Iterator[Function]:
    """Yield the functions that pools run by some triggers, or that have a right to some actions.

    The right of a function that no pool runs counts if its policies name actions of Cognito.
    """
    run = _triggers(model)
    for function in model.functions:
        names = run.get(function.arn, ())
        role = model.roles.get(function.role_arn)
        said = (each for policy in role.policies for each in policy.statements) if role is not None else ()
        named = bool(names) or any(action.lower().startswith(_COGNITO) for each in said for action in each.actions)
        if any(not each or each.startswith(triggers) for each in names) or (
            named and may_call(function, actions, model)
        ):
            yield function


def _with_asked(functions: Iterable[Function], model: Model) -> Iterator[Function]:
    """Yield functions and those that these may ask, each once."""
    todo, seen = [*functions], set[str]()
    while todo:
        function = todo.pop(0)
        if function.arn not in seen:
            seen.add(function.arn)
            yield function
            relevance = Relevance(allows(function, model))
            todo += [each for each in model.functions if may_apply(relevance, each)]
