"""The trusted code of the templates whose authors or events others might choose, for `policy_powers.py`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.policies import Policy
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.agent_inputs import RULE
from constructs_lib.analysis.proof.access_paths.change_rights import permission_policy
from constructs_lib.analysis.proof.access_paths.code_sources import code_sources, is_writing
from constructs_lib.analysis.proof.access_paths.event_causes import SENT, causes
from constructs_lib.analysis.proof.access_paths.event_rules import events_start
from constructs_lib.analysis.proof.access_paths.powers import CodeTarget
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.proof.access_paths.signed_urls import signing_functions
from constructs_lib.analysis.proof.access_paths.token_signers import SIGN, may_sign, trusting_pools
from constructs_lib.analysis.proof.access_paths.trigger_events import trigger_code
from constructs_lib.analysis.proof.access_paths.trusted_code import code_nodes, does_with_role
from constructs_lib.analysis.proof.claim_sources import claim_stores
from constructs_lib.analysis.proof.function_permissions import Code, permissions_of
from constructs_lib.analysis.proof.route_authorizers import code_of_paths
from constructs_lib.analysis.proof.route_functions import invokes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_STARTERS: Final = (RULE, "AWS::IoT::TopicRule", "AWS::Pipes::Pipe", "AWS::StepFunctions::StateMachine")
"""Resources that run code with an event that their starter may write."""

_FORMS: Final = frozenset({"InputPath", "InputTransformer"})
"""Properties of a rule's target that make another event of the one it takes."""


def add_code_targets(reachable: ReachableResources) -> None:
    """Add the code to be asked about, and the resources that run it with an event of others."""
    model = reachable.model
    called = [*code_of_paths(reachable.places, model), *_signers(reachable), *trigger_code(reachable)]
    invoked = (_target(code, what, model) for code, what in called)
    reachable.targets = (*_sources(reachable), *invoked, *_claims(reachable), *_tokens(model))
    for resource in model.resources:
        for code, what in called if resource.type in _STARTERS else ():
            if code.named.may_be_in(str(dict(resource.properties))) and _forms_its_event(resource, code):
                reachable.add(_starter(resource, what))


def add_overriding_rules(reachable: ReachableResources) -> bool:
    """Add the rules whose events may say what builds, tasks and jobs run; return whether any is new."""
    new = False
    for node in list(code_nodes(reachable)):
        if node.kind is Kind.CODE and node.resource is not None and node.resource.type != "AWS::Lambda::Function":
            for rule in (each for each in events_start(node, reachable) if SENT in causes(each)):
                does = does_with_role(node, reachable)
                new |= bool(does) and reachable.add(_starter(rule, f"{node}, which {does}"))
    return new


def _forms_its_event(resource: Resource, code: Code) -> bool:
    """Return whether a resource may run code with an event of a form that others choose.

    The events of AWS services have a form that code does not take for a call, unless a target makes another of it
    ("Amazon EventBridge input transformation", Amazon EventBridge user guide).
    """
    if resource.type != RULE or SENT in causes(resource):
        return True
    targets = [each for each in as_list(resource.get("Targets")) if code.named.may_be_in(str(each))]
    return bool(causes(resource)) and any(not isinstance(each, Mapping) or _FORMS & set(each) for each in targets)


def _sources(reachable: ReachableResources) -> Iterator[CodeTarget]:
    for location, source in code_sources(reachable):
        words = f"write there: {location.told(source)}"
        yield CodeTarget(service="s3", words=words, allows=partial(is_writing, source=source))


def _claims(reachable: ReachableResources) -> Iterator[CodeTarget]:
    for store in claim_stores(reachable):
        words = f"{store.use} {store.name}, {store.told}"
        yield CodeTarget(service=store.service, words=words, allows=store.may_be_used)


def _tokens(model: Model) -> Iterator[CodeTarget]:
    for pool in list(trusting_pools(model))[:1]:
        words = f"call {SIGN}, and so sign in as any user if the key is that of an issuer that {pool.name} trusts"
        yield CodeTarget(service="kms", words=words, allows=may_sign)


def _target(code: Code, what: str, model: Model) -> CodeTarget:
    policies = [permission_policy(each) for each in permissions_of(code, model)]
    said = tuple(each for policy in policies if policy is not None for each in policy.statements)
    return CodeTarget(
        service="lambda",
        words=f"invoke {what}, with an event of its own",
        allows=partial(invokes, function=code.arn, model=model),
        policy=Policy(source=f"the permissions of {code.name}", statements=said),
    )


def _starter(by: Resource, what: str) -> Node:
    return Node(name=by.place, kind=Kind.AGENT, resource=by, reach=(f"which start {what}",), why="on events")


def _signers(reachable: ReachableResources) -> Iterator[tuple[Code, str]]:
    for function in signing_functions(reachable):
        code = Code(name=function.name, arn=function.arn, named=function.named)
        yield code, f"{function.name}, which signs URLs of owned data"
