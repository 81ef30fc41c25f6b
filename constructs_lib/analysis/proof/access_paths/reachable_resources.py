"""All resources that contain owned data or can reach it, found by following references to a fixed point."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import globs_meet, name_may_be
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.proof.access_paths.harmless_actions import shows_nothing
from constructs_lib.analysis.proof.access_paths.resource_references import Names, Reference, literal_names
from constructs_lib.analysis.proof.access_paths.reviewed_types import Effect, Kind, rule_of
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.powers import CodeTarget, Power
    from constructs_lib.analysis.proof.indirect import IndirectPath

_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
_SERVICE: Final = 2
"""The index of the service in an ARN."""
_SERVICES: Final = {"StepFunctions": "states", "KinesisFirehose": "firehose", "CloudWatch": "cloudwatch"}
"""IAM service prefixes that differ from the lower-case CloudFormation name."""
WITH_ROLE: Final = "with the role "
"""The start of the reason of code and relays."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """A resource that contains owned data, or can reach it.

    Args:
        name: The key for references: a resource's `place`, or the name of a resource that no template has.
        kind: Its kind.
        resource: The resource; None if no template has it.
        reach: The owned places it contains or can reach, by their names in reports.
        globs: Its owned data, as ARNs with wildcards; empty if all of it may be owned, or none.
        arn: Its ARN, if it is a bucket or table.
        why: How it reaches the data, for reports; empty for the owned resource itself.
        beside: Whether it is a copy in a resource that is another node, too: one with owners, or one that acts.
        lines: Whether it is log lines: what else names their resource, for the team's own use, is not asked.
    """

    name: str
    kind: Kind
    resource: Resource | None
    reach: tuple[str, ...]
    globs: tuple[str, ...] = ()
    arn: str = ""
    why: str = ""
    beside: bool = False
    lines: bool = False

    @property
    def owned(self) -> str:
        """The owned places that it contains or can reach, in words."""
        return ", ".join(self.reach)

    @property
    def is_copy(self) -> bool:
        """Whether it is a copy with the key of its resource."""
        return self.kind is Kind.DATA and bool(self.why) and not self.beside

    @property
    def key(self) -> str:
        """The key among the nodes: its name, but for a copy in a resource that has owners itself."""
        return f"{self.name} {' '.join(self.globs)}" if self.beside else self.name

    def __str__(self) -> str:
        """Return its name in reports."""
        return self.name if self.resource is None else self.resource.name

    @property
    def does(self) -> str:
        """What it does with its role, as a verb phrase: how a relay reaches owned data, or what an agent may do."""
        if self.kind is Kind.AGENT:
            return f"acts {self.why}, {self.reach[0]}"
        return f"reaches {self.owned} {self.why}"

    @property
    def service(self) -> str:
        """The IAM prefix of the service whose actions apply to it."""
        if self.resource is None:
            return self.arn.split(":")[_SERVICE]
        part = self.resource.type.split("::")[1] if self.resource.type.count("::") > 1 else ""
        return _SERVICES.get(part, part.lower())

    def meets(self, pattern: str) -> bool:
        """Return whether an ARN of a policy may match its owned data."""
        text = _VARIABLE.sub("*", pattern)
        if self.globs:
            met = any(globs_meet(text, each) for each in self.globs)
            return met or any(globs_meet(named, each) for named in name_may_be(text, self.arn) for each in self.globs)
        if text == "*" or f"⟦{self.name}⟧" in text or f"⟦{self.name}." in text:
            return True
        about = text.startswith((f"arn:aws:{self.service}:", "arn:*", "*"))
        literal = self.resource is not None and any(each in text for each in literal_names(self.resource))
        return literal or (about and ("*" in text or "?" in text))


def as_glob(template: str) -> str:
    """Return the glob of an owned place for any owner."""
    return _VARIABLE.sub("*", template)


def applies_to_node(statement: Statement, node: Node) -> bool:
    """Return whether a statement may allow its holder to use a node's owned data; conditions are ignored."""
    if shows_nothing(statement, node.service, lines=node.lines):
        return False
    # An element that a statement lacks, or that is in doubt, may match.
    return not statement.resources or any(map(node.meets, statement.resources))


@dataclass(kw_only=True, slots=True)
class ReachableResources:
    """Nodes by name, and the results of the traversal.

    Args:
        model: The model.
        names: The references between resources.
        places: The owned places, with those in replicas that have been found.
        accepts: Whether the options of the proof accept access, of some callers or of all. Default: they do not.
        nodes: The resources that contain owned data or can reach it.
        unreviewed: References in properties that have not been reviewed, each with its target.
        drivers: The callers and events that start trusted code or a relay, by the node's name.
        reached: The places each role reaches, by its ARN and the number of places checked.
        shared_roles: The ARNs of the roles that others may assume, or that a service acts with for others.
        paths: The indirect paths to what these are: see `indirect.py`.
        targets: The trusted code that roles are asked about: see `code_targets.py`.
        powers: What each role can do besides reaching owned data, by the role's `place`: see `role_powers.py`.
    """

    model: Model
    names: Names
    places: tuple[Place, ...]
    accepts: bool = False
    nodes: dict[str, Node] = field(default_factory=dict)
    unreviewed: list[tuple[Node, Reference]] = field(default_factory=list)
    drivers: dict[str, dict[str, None]] = field(default_factory=dict)
    reached: dict[tuple[str, int], tuple[str, ...]] = field(default_factory=dict)
    powers: dict[str, dict[str, Power]] = field(default_factory=dict)
    shared_roles: frozenset[str] = frozenset()
    paths: tuple[IndirectPath, ...] = ()
    targets: tuple[CodeTarget, ...] = ()

    def of(self, *kinds: Kind) -> Iterator[Node]:
        """Yield the nodes of some kinds."""
        return (each for each in list(self.nodes.values()) if each.kind in kinds)

    def add(self, node: Node) -> bool:
        """Add a node, or add its access to the existing node; return whether anything is new."""
        known = self.nodes.get(node.key)
        if known is not None and known.kind is not node.kind:
            # A stream or bucket may be a copy, and act with a role or be code, too.
            if node.is_copy:
                return self.add(replace(node, beside=True))
            if known.is_copy:
                self.nodes[node.key] = node
                return self.add(replace(known, beside=True))
        if known is not None and not known.why and node.kind is Kind.DATA and not node.why:
            # Owners of another bucket have places here, too: replicas.
            globs = tuple(dict.fromkeys((*known.globs, *node.globs)))
            self.nodes[node.key] = replace(known, globs=globs, reach=_both(known.reach, node.reach))
            return globs != known.globs
        if known is not None and _has_all_of(known, node):
            return False
        self.nodes[node.key] = node if known is None else _merged(known, node)
        return True

    @property
    def has_guests(self) -> bool:
        """Whether guests own places by an identity ID, which a holder of the ID reaches."""
        owned = any(place.owner is not None and place.owner.form == POOL_IDENTITY for place in self.places)
        return owned and any(caller.kind is CallerKind.GUEST for caller in self.model.callers)

    def has_owners(self, arn: str) -> bool:
        """Return whether a resource has owned places, by its ARN."""
        return any(place.holder == arn for place in self.places)

    def follow(self) -> bool:
        """Follow every reference once; return whether anything new was found."""
        self.unreviewed, self.drivers = [], {}
        new = False
        # `role_powers.py` follows the references to an agent.
        for node in self.of(*(kind for kind in Kind if kind is not Kind.AGENT)):
            for each in () if node.beside or node.lines else self.names.mentions(node.name):
                new |= self._follow(node, each)
        return new

    def _reaches(self, role: Node) -> bool:
        """Return whether a role reaches owned places, and not only copies."""
        arn = role.resource.arn if role.resource is not None else ""
        return any(places for (of, _), places in self.reached.items() if of == arn)

    def _reads_source(self, role: Node, mention: Reference) -> bool:
        """Return whether a resource uses what its role reaches to read its source alone, which is followed by itself.

        A pipe calls its source, its enrichment and its target, and tables are no target; a crawler reads what it
        crawls ("Amazon EventBridge Pipes targets"; "Crawler prerequisites", AWS Glue developer guide).
        """
        source = mention.by.get(_SOURCES.get((mention.by.type, mention.property), ""))
        if mention.by.type == _CRAWLER:
            return source is not None and not is_unknown(str(source))
        named = self.names.within(source, mention.by)
        carried = {each for node in self.of(Kind.DATA) if node.name in named for each in node.reach}
        return set(role.reach) <= carried

    def _follow(self, node: Node, mention: Reference) -> bool:
        by = mention.by
        name = mention.path[0] if mention.path else ""
        rule = rule_of(by.type, name, node.kind)
        if rule is None:
            # A delivery stream of copied data writes to copies: `data_flows.py` follows it.
            followed = node.why and by.place in self.nodes and name.endswith("DestinationConfiguration")
            followed = followed or (node.kind is Kind.ROLE and by.type in _WRITERS and not self._reaches(node))
            followed = followed or (node.kind is Kind.ROLE and self._reads_source(node, mention))
            self.unreviewed += [] if followed else [(node, mention)]
            return False
        if rule.effect is Effect.DRIVES:
            self.drivers.setdefault(node.name, {})[_driver(by)] = None
        if rule.effect is Effect.ALIAS:
            return self.add(Node(name=by.place, kind=node.kind, resource=by, reach=node.reach, why=f"for {node}"))
        if rule.effect in {Effect.CODE, Effect.RELAY}:
            kind = Kind.CODE if rule.effect is Effect.CODE else Kind.RELAY
            return self.add(Node(name=by.place, kind=kind, resource=by, reach=node.reach, why=f"{WITH_ROLE}{node}"))
        return False


_CRAWLER: Final = "AWS::Glue::Crawler"
_SOURCES: Final = {(_CRAWLER, "Role"): "Targets", ("AWS::Pipes::Pipe", "RoleArn"): "Source"}
"""By type and property with the role: the property with what it reads with the role."""
_WRITERS: Final = (
    "AWS::KinesisFirehose::DeliveryStream", "AWS::Logs::AccountPolicy", "AWS::Logs::Destination",
    "AWS::Logs::ScheduledQuery", "AWS::Logs::SubscriptionFilter", "AWS::SNS::Subscription",
)  # fmt: skip
"""Types that write with their role to the destination that they name: a role that reads copies there shows none."""


def _has_all_of(known: Node, node: Node) -> bool:
    """Return whether a known node has all that another one would add."""
    if known.kind is Kind.DATA:
        return not known.lines or node.lines
    return set(node.reach) <= set(known.reach) or (known.kind is Kind.RELAY and node.kind is Kind.AGENT)


def _merged(known: Node, node: Node) -> Node:
    """Return a node with the access of a known one; an agent keeps the role of the power that it is told by."""
    if known.kind is not node.kind:
        return replace(node, reach=_both(node.reach, known.reach))
    why = known.why if node.kind is Kind.AGENT else node.why
    return replace(node, reach=_both(known.reach, node.reach), why=why)


def _both(some: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*some, *more)))


def _driver(by: Resource) -> str:
    if by.type == "AWS::Lambda::Permission":
        return f"{by.get('Principal')} (by {by.name})"
    if by.type == "AWS::Lambda::Url":
        return "anyone, by its URL" if by.get("AuthType") == "NONE" else "a caller with permission to call its URL"
    return f"{by.name} ({by.type})"


def role_names(model: Model) -> dict[str, Resource]:
    """Return the resource of each role, by its ARN."""
    return {each.arn: each for each in model.resources if each.type == "AWS::IAM::Role"}
