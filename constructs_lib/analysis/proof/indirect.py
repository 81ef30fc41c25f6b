"""Indirect paths to data, such as access points: templates do not show their targets, so none is proved safe."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata_engine import Answer, decide
from constructs_lib.analysis.engine.obligations import ActionGroup, Obligation, known_of, may_be_allowed
from constructs_lib.analysis.engine.policy_layers import CallerLayers, layers_of
from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.escalations import may_be_of
from constructs_lib.analysis.model.callers import NO_POLICY
from constructs_lib.analysis.model.holder import Shape
from constructs_lib.analysis.model.places import Place
from constructs_lib.analysis.proof.findings import Finding, Question, Status
from constructs_lib.analysis.proof.verdicts import AUTOMATA
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from constructs_lib.analysis.engine.policy_layers import Layers
    from constructs_lib.analysis.model.callers import Caller
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.proof.accepted_access import Accepted


BUCKET: Final = "bucket"
CODE: Final = "code"
"""The kind of paths that write code or pages in a bucket, of which nothing has owners."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IndirectPath:
    """An indirect path to data.

    Args:
        kind: The kind of resource whose owned places, or copies of owned data, it may show, or `code`.
        name: Its name in reports.
        service: The service whose actions use it.
        actions: Names of these actions; empty for all.
        holders: Prefixes of its ARNs, before a slash; empty for any resource.
        why: Why a template does not determine the data that it shows.
    """

    kind: str
    name: str
    service: str
    actions: frozenset[str] = frozenset()
    holders: tuple[str, ...] = ()
    why: str

    def uses(self, action: str) -> bool:
        """Return whether an action uses this path."""
        if self.actions:
            return action.partition(":")[2] in self.actions
        of_objects = action in catalogue.LISTING_ACTIONS or "accesspointobject" in catalogue.resource_types(action)
        return of_objects or self.service != "s3"


# The second prefix is that of Multi-Region Access Points.
_POINTS: Final = (f"arn:aws:s3:{REGION}:{ACCOUNT}:accesspoint", f"arn:aws:s3::{ACCOUNT}:accesspoint")
INDIRECT_PATHS: Final = (
    IndirectPath(
        kind="bucket",
        name="S3 access points",
        service="s3",
        holders=_POINTS,
        why="which bucket an access point belongs to is not known",
    ),
    IndirectPath(
        kind=CODE,
        name="S3 access points",
        service="s3",
        actions=frozenset({"FutureAction", "PutObject", "ReplicateObject"}),
        holders=_POINTS,
        why="an access point may belong to a bucket of code or of a page",
    ),
    IndirectPath(
        kind=CODE,
        name="S3 Object Lambda",
        service="s3-object-lambda",
        actions=frozenset({"FutureAction", "PutObject"}),
        why="a bucket of code or of a page may be behind it",
    ),
    IndirectPath(
        kind=CODE,
        name="S3 Files",
        service="s3files",
        actions=frozenset({"ClientRootAccess", "ClientWrite", "FutureAction"}),
        why="a file system may write to a bucket of code or of a page with its own role",
    ),
    IndirectPath(
        kind="bucket",
        name="S3 Object Lambda",
        service="s3-object-lambda",
        why="which bucket is behind it, and what its function shows, is not known",
    ),
    IndirectPath(
        kind="bucket",
        name="S3 Files",
        service="s3files",
        actions=frozenset({"ClientMount", "ClientRootAccess", "ClientWrite", "FutureAction"}),
        why="a file system exposes its bucket with its own role",
    ),
    IndirectPath(
        kind="table",
        name="DynamoDB Accelerator (DAX)",
        service="dax",
        actions=frozenset(each.partition(":")[2] for each in catalogue.ITEM_ACTIONS) | {"Scan", "FutureAction"},
        why="a cluster reaches tables with its own role",
    ),
    IndirectPath(
        kind="table",
        name="Kinesis streams",
        service="kinesis",
        actions=frozenset({"FutureAction", "GetRecords", "SubscribeToShard"}),
        why="a stream may carry every change of a table",
    ),
    IndirectPath(
        kind="table",
        name="CloudWatch Contributor Insights",
        service="cloudwatch",
        actions=frozenset({"GetInsightRuleReport"}),
        why="the reports of a table's Contributor Insights show the most used keys of all owners",
    ),
    IndirectPath(
        kind="bucket",
        name="Macie",
        service="macie2",
        actions=frozenset({"GetFindings", "GetSensitiveDataOccurrences"}),
        why="a finding shows the name of an object and what in it is sensitive",
    ),
    IndirectPath(
        kind="bucket",
        name="Security Hub",
        service="securityhub",
        actions=frozenset({"GetFindings"}),
        why="Macie sends its findings there, with the names of objects",
    ),
    IndirectPath(
        kind="bucket",
        name="GuardDuty",
        service="guardduty",
        actions=frozenset({"DescribeMalwareScans", "GetFindings", "GetMalwareScan"}),
        why="a finding shows the name of an object that was used or scanned",
    ),
    IndirectPath(
        kind="bucket",
        name="CloudTrail Lake",
        service="cloudtrail",
        actions=frozenset({"GetQueryResults", "StartQuery"}),
        why="an event data store may have the names of the objects that others use",
    ),
    IndirectPath(
        kind="api",
        name="CloudWatch Logs",
        service="logs",
        actions=frozenset(
            {
                "CreateExportTask", "FilterLogEvents", "GetLogEvents", "GetLogRecord",
                "GetQueryResults", "PutSubscriptionFilter", "StartLiveTail",
            }
        ),
        why="a log may hold what an API is asked and what it answers",
    ),
    IndirectPath(
        kind="queue",
        name="SQS dead-letter queues",
        service="sqs",
        actions=frozenset({"CreateQueue", "SetQueueAttributes"}),
        why="SQS moves messages to the dead-letter queue that the attributes name, which may be any of the account",
    ),
    IndirectPath(
        kind="topic",
        name="CloudWatch alarms",
        service="cloudwatch",
        actions=frozenset({"PutCompositeAlarm", "PutMetricAlarm"}),
        why="an alarm publishes to the topics that it names, which may be any of the account",
    ),
)  # fmt: skip


def paths_to(kinds: Collection[str]) -> tuple[IndirectPath, ...]:
    """Return the paths to some kinds of resources; those to objects of buckets cover those to code."""
    return tuple(each for each in INDIRECT_PATHS if each.kind in kinds and not (each.kind == CODE and BUCKET in kinds))


def indirect_access(
    model: Model,
    paths: Sequence[IndirectPath],
    unproved: Collection[tuple[str, str]],
    accepted: Sequence[Accepted],
) -> Iterator[Finding]:
    """Yield the callers who may reach owned data by indirect paths: undecided unless accepted.

    Sources: "Controlling access to Amazon S3 access points" and "DAX access control" (AWS): a request names the
    access point or the cluster, and no bucket or table. "Using CloudWatch Contributor Insights for DynamoDB",
    "Retrieving sensitive data samples for findings" (Amazon Macie), "GuardDuty S3 Protection finding types", "Event
    data stores" (AWS CloudTrail), "Set up CloudWatch logging for REST APIs". By default, any queue of the account and
    region may be a dead-letter queue, and a topic's policy admits the account: "SetQueueAttributes" (Amazon SQS API
    reference), "Notifying users on alarm changes" (Amazon CloudWatch user guide).

    Args:
        model: The model whose callers are checked.
        paths: The paths to what the model has: see `paths_to`.
        unproved: Pairs of caller and kind of resource without a proof that an indirect path could invalidate.
        accepted: Intended access; its place is the name of the path, such as `S3 access points`.
    """
    for caller in model.callers:
        for path in paths:
            if (str(caller), path.kind) not in unproved:
                actions = open_actions(path, caller)
                if actions:
                    yield _finding(path, caller, actions, accepted)


def open_paths(caller: Caller, paths: Iterable[IndirectPath]) -> Iterator[IndirectPath]:
    """Yield the paths that a role may use, whatever its session's tags."""
    for path in paths:
        tagged = (replace(each, known=replace(each.known, open_tags=True)) for each in _obligations(path, caller))
        if any(decide(each).answer is not Answer.PROVED for each in tagged):
            yield path


def open_actions(path: IndirectPath, caller: Caller) -> dict[str, Obligation]:
    """Return the actions by which a caller may use a path, each with the obligation that fails."""
    failing = [each for each in _obligations(path, caller) if decide(each).answer is not Answer.PROVED]
    return {action: each for each in failing for action in each.actions}


def _obligations(path: IndirectPath, caller: Caller) -> Iterator[Obligation]:
    if not path.holders:
        layers = layers_of(caller, NO_POLICY)
        identity = tuple(each for each in layers.identity if not each.allow or may_be_of(path.service, each))
        possible = tuple(each for each in layers.possible if may_be_of(path.service, each))
        yield from _anywhere(path, "*", replace(layers, identity=identity, possible=possible), caller)
    for holder in path.holders:
        yield from _anywhere(path, f"{holder}/*", CallerLayers(caller).on(holder, NO_POLICY), caller)


def _anywhere(path: IndirectPath, where: str, layers: Layers, caller: Caller) -> Iterator[Obligation]:
    """Yield the obligation that no request is allowed: all data reached by this path counts as another owner's."""
    groups: dict[ActionGroup, list[str]] = {}
    for action, group in may_be_allowed(layers, path.service) if layers.can_allow else ():
        if path.uses(action):
            groups.setdefault(group, []).append(action)
    known = known_of(caller, layers)
    place = Place(resource=path.name, text=where)
    for group, actions in groups.items():
        yield Obligation(
            caller=str(caller), place=place, actions=tuple(actions), layers=group.layers, shape=Shape(resource=None),
            known=known,
        )  # fmt: skip


def _finding(
    path: IndirectPath, caller: Caller, actions: Mapping[str, Obligation], accepted: Sequence[Accepted]
) -> Finding:
    unmeant = tuple(
        action
        for action, obligation in actions.items()
        if not any(each.covers(obligation, action) for each in accepted)
    )
    story = f"{caller} can call {unmeant[0]}, and so may reach what belongs to another: {path.why}" if unmeant else ""
    return Finding(
        question=Question.OTHERS_DATA,
        status=Status.UNDECIDED if unmeant else Status.ACCEPTED,
        caller=str(caller),
        subject=path.name,
        actions=unmeant or tuple(actions),
        engines=(AUTOMATA,),
        story=story or f"{caller} may use {path.name}",
    )
