"""Signed URLs of owned data: principals with the private key, and callers of code that signs with it.

Sources: "Specify signers that can create signed URLs and signed cookies" (Amazon CloudFront developer guide), "Actions,
resources, and condition keys for AWS Secrets Manager" and for "AWS Systems Manager" (Service Authorization Reference).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.principals import OWN_ACCOUNT
from constructs_lib.analysis.model.owned_places import find_places, is_tied
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.findings import undecided
from constructs_lib.analysis.proof.access_paths.policy_principals import untrusted_principals
from constructs_lib.analysis.proof.function_permissions import Code, other_invokers
from constructs_lib.analysis.proof.principal_rights import own_rights
from constructs_lib.analysis.proof.route_functions import called_directly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.kinds.function import Function
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources
    from constructs_lib.analysis.proof.findings import Finding

_SELF: Final = "self"
"""The account of a distribution, in its list of accounts."""
_GROUP: Final = "AWS::CloudFront::KeyGroup"
_KEY: Final = "AWS::CloudFront::PublicKey"
_SHOW_SECRETS: Final = (
    "secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue", "ssm:GetParameter", "ssm:GetParameters",
    "ssm:GetParametersByPath", "ssm:GetParameterHistory", "kms:Sign",
)  # fmt: skip
"""Stores of private keys: a principal who reads a key, or may have KMS sign, can sign any URL."""
_STORES: Final = {
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
    "AWS::SSM::ResourcePolicy": "Policy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
}
"""The property with the policy of such a store, by type."""


def is_signed(behaviour: Mapping[str, Any]) -> bool:
    """Return whether viewers need a URL or cookie signed with a key that the distribution trusts.

    A list that the template does not determine, such as a parameter's, may be empty.
    """
    given = [behaviour.get(name) for name in ("TrustedKeyGroups", "TrustedSigners")]
    return any(any(value) if isinstance(value, list) else value and not is_unknown(str(value)) for value in given)


def signers(
    distribution: Resource,
    behaviour: Mapping[str, Any],
    node: Node,
    reachable: ReachableResources,
    trusted: dict[str, tuple[str, ...]],
) -> Iterator[Finding]:
    """Yield the callers who may get a signed URL of another owner's data.

    `trusted` receives the holders of the keys, and the functions that name the keys.
    """
    keys = _keys(distribution, behaviour, reachable)
    named = ", ".join(each.name for each in keys) or "keys that no template has"
    trusted[f"a holder of the private key of {named}, by {distribution.name}"] = node.reach
    for account in as_list(behaviour.get("TrustedSigners")):
        if account != _SELF and str(account) not in OWN_ACCOUNT:
            story = (
                f"{account}, another account, may sign URLs of owned data of {node}: {distribution.name} trusts it; "
                "use TrustedKeyGroups with keys of this account"
            )
            yield undecided(str(account), node, story)
    for caller in reachable.model.callers:
        found = next((each for each in own_rights(caller) if _may_show_a_key(each, caller)), None)
        if found is not None:
            story = (
                f"{caller} may read the key that signs URLs of owned data of {node}: the storage of the private key of "
                f"{named} is in no template, because of {found}"
            )
            yield undecided(str(caller), node, story, found)
    for who, statement in _by_stores(reachable):
        story = f"{who} may read or use the private key of {named}, because of {statement}"
        yield undecided(who, node, story, statement)
    for function in signing_functions(reachable, keys):
        trusted[f"{function.name}, which signs for {distribution.name}"] = node.reach
        code = Code(name=function.name, arn=function.arn, named=function.named)
        what = f"{code.name}, which signs URLs of {distribution.name}"
        for place in find_places(reachable.model):
            if place.holder == node.arn:
                yield from called_directly(place.name, code, what, reachable.model)
                yield from other_invokers(place.name, code, what, reachable.model)


def _by_stores(reachable: ReachableResources) -> Iterator[tuple[str, Statement]]:
    """Yield whom the policies of secrets, parameters and keys let read or use one: any may be the signing key."""
    for _, statement in showing_statements(statements_of_stores(reachable)):
        yield from ((who, statement) for who in untrusted_principals(statement, reachable))


def statements_of_stores(reachable: ReachableResources) -> Iterator[Statement]:
    """Yield the statements, also possible ones, of the policies of secrets, parameters and keys."""
    for resource in reachable.model.resources:
        document = resource.get(_STORES[resource.type]) if resource.type in _STORES else None
        policy = parse_policy(document, resource.name)
        yield from policy.everything


def _keys(distribution: Resource, behaviour: Mapping[str, Any], reachable: ReachableResources) -> list[Resource]:
    groups = reachable.names.resources_in(as_list(behaviour.get("TrustedKeyGroups")), distribution, _GROUP)
    members = {name for each in groups for name in reachable.names.within(each.get("KeyGroupConfig"), each)}
    return [each for each in reachable.model.resources if each.type == _KEY and each.place in members]


def signing_functions(reachable: ReachableResources, keys: Sequence[Resource] | None = None) -> list[Function]:
    """Return the functions whose configuration has the ID of a key, of any by default: signing requires it."""
    if keys is None:
        keys = [each for each in reachable.model.resources if each.type == _KEY]
    functions = {mention.by.arn for key in keys for mention in reachable.names.mentions(key.place)}
    return [each for each in reachable.model.functions if each.arn in functions]


def showing_statements(said: Iterable[Statement]) -> Iterator[tuple[str, Statement]]:
    """Yield the Allows that may show a private key, or have KMS sign with it, each with the service of the action."""
    for statement in (each for each in said if each.allow):
        services = (each.partition(":")[0] for each in _SHOW_SECRETS if applies_to_action(statement, each))
        yield from ((service, statement) for service in dict.fromkeys(services))


def _may_show_a_key(statement: Statement, caller: Caller) -> bool:
    if not any(showing_statements([statement])):
        return False
    return not statement.resources or not all(is_tied(text, caller) for text in statement.resources)
