"""Who may say what an agent acts on: whoever may use it, or put something where it gets its input from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.proof.access_paths.agent_inputs import CARRIERS, inputs_of
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind
from constructs_lib.analysis.template.atoms import as_glob
from constructs_lib.analysis.template.globs import globs_meet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.agent_inputs import Inputs
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_READING: Final = frozenset({"List", "Read"})
_BUCKET: Final = "arn:aws:s3:"
_OBJECTS: Final = "AWS::S3::Bucket"
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_QUEUES: Final = ("kinesis", "sns", "sqs")
"""The services of a source of which no template says what it is."""


def feeding(agent: Node, reachable: ReachableResources) -> Callable[[Statement], set[str]]:
    """Return what tells the services with whose actions a statement may allow saying what an agent acts on.

    Conditions are ignored. Which request uses an agent or a forwarder is not known: any of its service.
    """
    inputs = inputs_of(agent, reachable)
    used = {_node(each).service for each in inputs.forwarders.values()}
    sources = [(_node(each), each.type in CARRIERS) for each in inputs.sources.values()]

    def services(statement: Statement) -> set[str]:
        if not statement.allow:
            return set()
        found = {service for service in used if _acts_on(statement, service)}
        found |= {node.service for node, carries in sources if _may_fill(statement, node, carries=carries)}
        return found | set(_outside(statement, inputs))

    return services


def _node(resource: Resource) -> Node:
    # A literal name is a part of the ARN of a bucket, and any bucket's owner has a right on a pattern.
    arn = resource.arn
    globs = (arn, f"{arn}/*") if resource.type == _OBJECTS else ()
    return Node(name=resource.place, kind=Kind.DATA, resource=resource, reach=(), arn=arn, globs=globs)


def _may_fill(statement: Statement, source: Node, *, carries: bool) -> bool:
    acts = _changes(statement, source.service) if carries else _acts_on(statement, source.service)
    return acts and (not statement.resources or any(map(source.meets, statement.resources)))


def _acts_on(statement: Statement, service: str) -> bool:
    actions = [each.lower() for each in statement.actions]
    return not actions or any(each.startswith((f"{service}:", "*")) for each in actions)


def _changes(statement: Statement, service: str) -> bool:
    """Return whether a statement allows an action of a service that does not only read."""
    return _acts_on(statement, service) and any(
        catalogue.access_level(action) not in _READING and applies_to_action(statement, action)
        for action in catalogue.actions_of(service)
    )


def _outside(statement: Statement, inputs: Inputs) -> Iterator[str]:
    """Yield the services of the sources in no template on which a statement may allow changes."""
    texts = [_VARIABLE.sub("*", each) for each in statement.resources] or ["*"]
    for source, known in inputs.outside.items():
        for service in (known,) if known else _QUEUES:
            about = [each for each in texts if each.startswith((f"arn:aws:{service}:", "arn:*", "*", "⟦"))]
            met = any(_meets(each, source) for each in about)
            if met and _changes(statement, service):
                yield service


def _meets(text: str, source: str) -> bool:
    if source.startswith("arn:"):
        sources = (source, f"{source}/*") if source.startswith(_BUCKET) else (source,)
        return any(globs_meet(as_glob(text), as_glob(each)) for each in sources)
    return source in text or bool(set("*?") & set(text))


__all__ = ["feeding"]
