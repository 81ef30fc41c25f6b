"""What causes the events that a rule takes: PutEvents, or an action of the AWS service that sends them.

The event of a service says what the action was about, such as the key of a new object, which its writer chooses.
Sources: "EventBridge event message structure" (Amazon S3 user guide), "AWS service events delivered via AWS
CloudTrail", "Sending events with PutEvents" (Amazon EventBridge user guide). All events of AWS services have a source
that begins with `aws.`, which PutEvents refuses (NotAuthorizedForSourceException).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.engine.policy_layers import applies_to_action
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import is_unknown
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.reachable_resources import Node
from constructs_lib.analysis.proof.access_paths.reviewed_types import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

SENT: Final = "events"
"""The service of PutEvents."""
ANY_CALL: Final = "*"
"""Any call of any service: CloudTrail records refused calls, too."""
_PUT: Final = "events:PutEvents"
_OF_SERVICES: Final = "aws."
_RECORDED: Final = "via CloudTrail"
_BY_OWN_CALLS: Final = frozenset(
    {
        "autoscaling", "batch", "cloudformation", "codebuild", "codecommit", "codedeploy", "ec2", "ecr", "ecs",
        "health", "mediaconvert", "s3", "ssm", "states", "transcribe",
    }
)  # fmt: skip
"""Services whose events follow from calls of their own actions. Those of others may follow from any call: GuardDuty
reports what it finds in a new object ("Monitoring S3 object scans with Amazon EventBridge", GuardDuty user guide)."""


def causes(rule: Resource) -> frozenset[str]:
    """Return the services whose actions cause events that a rule may take, `SENT` and `ANY_CALL` among them."""
    pattern = rule.get("EventPattern")
    if not isinstance(pattern, Mapping):
        return frozenset() if pattern is None else frozenset({SENT, ANY_CALL})
    kinds = [None] if pattern.get("detail-type") is None else as_list(pattern["detail-type"])
    found = set(_of_sources(pattern.get("source"), kinds))
    if any(_may_contain(each, _RECORDED) for each in kinds) and found - {SENT}:
        found.add(ANY_CALL)
    return frozenset(found)


def _of_sources(sources: Any, kinds: list[Any]) -> Iterator[str]:
    for each in as_list(sources) if sources is not None else [None]:
        if isinstance(each, str) and each.startswith(_OF_SERVICES):
            service = each.removeprefix(_OF_SERVICES)
            yield service if service in _BY_OWN_CALLS else ANY_CALL
            continue
        yield SENT
        literal = isinstance(each, str) and not is_unknown(each)
        begins = each.get("prefix") if isinstance(each, Mapping) and len(each) == 1 else None
        own = isinstance(begins, str) and not begins.startswith(_OF_SERVICES) and not _OF_SERVICES.startswith(begins)
        # The kinds of services' events have several words.
        if not literal and not own and any(_may_contain(kind, " ") for kind in kinds):
            yield ANY_CALL


def _may_contain(kind: Any, text: str) -> bool:
    return not isinstance(kind, str) or is_unknown(kind) or text in kind


def causing(said: Iterable[Statement], service: str, rule: Resource, reachable: ReachableResources) -> Statement | None:
    """Return a statement that may allow causing an event of a service that a rule takes; conditions are ignored.

    Which bus a rule gets events of PutEvents from, other rules may decide. A rule that names resources takes events
    about them.
    """
    pattern = rule.get("EventPattern")
    detail = pattern.get("detail") if isinstance(pattern, Mapping) else None
    about = [_node(each) for each in reachable.names.resources_in(detail, rule)]

    def may(statement: Statement) -> bool:
        if service == ANY_CALL:
            return True
        if service == SENT:
            return applies_to_action(statement, _PUT)
        meets = not about or not statement.resources
        meets = meets or any(each.meets(text) for each in about for text in statement.resources)
        return meets and any(applies_to_action(statement, action) for action in _changes(service))

    return next((each for each in said if each.allow and may(each)), None)


def _node(resource: Resource) -> Node:
    arn = resource.arn
    globs = (arn, f"{arn}/*", f"{arn}:*") if arn.startswith("arn:") else ()
    return Node(name=resource.place, kind=Kind.DATA, resource=resource, reach=(), arn=arn, globs=globs)


def _changes(service: str) -> Iterator[str]:
    return (each for each in catalogue.actions_of(service) if catalogue.access_level(each) not in {"List", "Read"})
