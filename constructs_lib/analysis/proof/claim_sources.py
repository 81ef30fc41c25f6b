"""Data sources of the triggers that set claims: a caller who can write there may choose the claim, and so the tenant.

A function that sets claims or attributes is trusted code. The data that it derives a claim from is not trusted if
callers can write it: with a table of memberships that a signed-in user may put a row into, every user can become a
member of every tenant. Sources: "LambdaConfigType", "AdminUpdateUserAttributes" (Amazon Cognito user pools API
reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import build_obligations, known_of
from constructs_lib.analysis.engine.policy_layers import CallerLayers, applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.relevance import Relevance
from constructs_lib.analysis.model.callers import ANYONE
from constructs_lib.analysis.model.owned_places import whole
from constructs_lib.analysis.proof.access_paths.findings import undecided

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.findings import Finding

_READING: Final = frozenset({"List", "Read"})
_SETTING: Final = ("PreTokenGeneration", "UserMigration", "InboundFederation")
"""Triggers whose answer sets claims of tokens or attributes of users."""
_SETS_ATTRIBUTES: Final = (
    "cognito-idp:AdminCreateUser", "cognito-idp:AdminLinkProviderForUser", "cognito-idp:AdminUpdateUserAttributes",
    "cognito-idp:CreateIdentityProvider", "cognito-idp:CreateUserImportJob", "cognito-idp:UpdateIdentityProvider",
)  # fmt: skip
_SETS_GROUPS: Final = ("cognito-idp:AdminAddUserToGroup", "cognito-idp:AdminRemoveUserFromGroup")
"""Actions by which any other trigger sets the attributes or the groups of the user who signs up or in."""


def claim_findings(model: Model) -> Iterator[Finding]:
    """Yield the callers who may write data that a claim's trigger reads, if a session tag is set from such a claim."""
    claims = sorted({tag.claim for caller in model.callers for tag in caller.tags.values() if tag.optional})
    for function in _triggers(model, claims) if claims else ():
        for holder in _read_by(function, model):
            for caller in (*(each for each in model.callers if not each.lacks), ANYONE):
                actions = tuple(_writing(caller, holder))
                if actions:
                    story = (
                        f"{caller} may call {', '.join(actions[:3])} on {holder.name}, which {function.name} reads for "
                        f"tokens: a caller who writes there may choose the claim {' or '.join(claims)}"
                    )
                    yield undecided(str(caller), holder.name, story)


def _triggers(model: Model, claims: Sequence[str]) -> Iterator[Function]:
    """Yield the user pools' functions that set claims of tokens or attributes, by their answer or by their rights."""
    actions = (*_SETS_ATTRIBUTES, *(_SETS_GROUPS if "cognito:groups" in claims else ()))
    for pool in model.resources:
        settings = pool.get("LambdaConfig") if pool.type == "AWS::Cognito::UserPool" else None
        named = settings.items() if isinstance(settings, Mapping) else [(_SETTING[0], settings)] if settings else []
        for function in model.functions:
            runs = [str(name) for name, value in named if function.named.may_be_in(str(value))]
            if any(each.startswith(_SETTING) for each in runs) or (runs and _may_call(function, actions, model)):
                yield function


def _may_call(function: Function, actions: Sequence[str], model: Model) -> bool:
    """Return whether a function's role may call one of some actions; conditions are ignored."""
    role = model.roles.get(function.role_arn)
    every = [each for policy in (role.policies if role else ()) for each in (*policy.statements, *policy.possible)]
    return any(each.allow and applies_to_action(each, action) for each in every for action in actions)


def _read_by(function: Function, model: Model) -> Iterator[Holder]:
    role = model.roles.get(function.role_arn)
    if role is not None:
        every = (each for policy in role.policies for each in (*policy.statements, *policy.possible) if each.allow)
        relevance = Relevance(every)
        yield from (holder for holder in model.holders if holder.service != "lambda" and _may_apply(relevance, holder))


def _may_apply(relevance: Relevance, holder: Holder) -> bool:
    """Return whether a role's statements allow it an action on a resource."""
    services = {f"{service}:" for service in holder.services}
    return any(
        not each.actions or any(action == "*" or action.lower().startswith(tuple(services)) for action in each.actions)
        for each in relevance.about(holder.arn)
    )


def _writing(caller: Caller, holder: Holder) -> Iterator[str]:
    """Yield the actions by which a principal may change the content of a resource."""
    layers = CallerLayers(caller).on(holder.arn, caller.policy_of(holder))
    if not layers.can_allow:
        return
    for obligation in build_obligations(str(caller), whole(holder), holder, layers, known_of(caller, layers)):
        writing = [each for each in obligation.actions if catalogue.access_level(each) not in _READING]
        if writing and decide(obligation).answer is not Answer.PROVED:
            yield from writing


__all__ = ["claim_findings"]
