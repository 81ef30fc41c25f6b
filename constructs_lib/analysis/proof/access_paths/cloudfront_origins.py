"""The origins of a distribution that are, or may be, a bucket, and the behaviours that lead to them.

Sources: "Origin", "OriginGroup" (Amazon CloudFront API reference): IDs are unique within a distribution;
"AWS::CloudFront::Distribution LegacyS3Origin" (CloudFormation template reference).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import globs_meet, is_unknown
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import ATOM, any_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import Node, ReachableResources

_ANY_PATH: Final = "*"
_LEGACY: Final = ("S3Origin", "CustomOrigin")
_OF_TENANT: Final = "{{"
"""The start of a parameter whose value each tenant of a multi-tenant distribution has."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Behaviour:
    """A cache behaviour of a distribution.

    Its path pattern is without the first slash.
    """

    pattern: str
    settings: Mapping[str, Any]

    @property
    def has_code(self) -> bool:
        """Whether code at the edge may refuse or rewrite a request."""
        kinds = [
            str(each.get("EventType") if isinstance(each, Mapping) else each)
            for name in ("FunctionAssociations", "LambdaFunctionAssociations")
            for each in as_list(self.settings.get(name))
        ]
        return any(kind.endswith("-request") or "⟦" in kind for kind in kinds)


class Origins:
    """The origins and origin groups of a distribution, by ID."""

    def __init__(self, config: Mapping[str, Any], node: Node, by: Resource, reachable: ReachableResources) -> None:
        """Read the configuration of a distribution."""
        self._paths: dict[str, tuple[str, bool] | None] = {}
        for origin in origins_of(config):
            if isinstance(origin, Mapping):
                ours = _may_be(node, origin, by, reachable)
                sure = _OF_TENANT not in f"{origin.get('DomainName')}{origin.get('OriginPath')}"
                self._paths[str(origin.get("Id"))] = (_path(origin), sure) if ours else None
            else:
                self._paths[any_text(f"origin {origin}")] = (_ANY_PATH, False)
        for id_, members in _groups(config.get("OriginGroups")):
            found = [path for each in members for path in self.paths_of(each)]
            self._paths[id_] = found[0] if len(set(found)) == 1 else (_ANY_PATH, False) if found else None

    def __bool__(self) -> bool:
        """Return whether some origin is, or may be, the bucket."""
        return any(self._paths.values())

    def paths_of(self, target: str) -> list[tuple[str, bool]]:
        """Return the paths that the origins of an ID add to requests, each with whether it does so for certain.

        An ID that the template does not determine may be any that no other origin has.
        """
        if target in self._paths:
            exact = self._paths[target]
            return [] if exact is None else [exact]
        wanted = ATOM.sub("*", target)
        met = [path for id_, path in self._paths.items() if path and globs_meet(ATOM.sub("*", id_), wanted)]
        return [(path, False) for path in dict.fromkeys(path for path, _ in met)]


def behaviours_of(config: Mapping[str, Any]) -> Iterator[Behaviour]:
    """Yield the behaviours in their order; one that is not spelled out may be any."""
    for each in as_list(config.get("CacheBehaviors")):
        settings = each if isinstance(each, Mapping) else _unread(each)
        yield Behaviour(pattern=str(settings.get("PathPattern", "*")).removeprefix("/"), settings=settings)
    default = config.get("DefaultCacheBehavior")
    yield Behaviour(pattern="*", settings=default if isinstance(default, Mapping) else _unread(default))


def _unread(behaviour: Any) -> Mapping[str, Any]:
    return {"TargetOriginId": any_text(f"behaviour {behaviour}")}


def origins_of(config: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the origins of a distribution, also those of the legacy properties, whose IDs no template says."""
    yield from as_list(config.get("Origins"))
    for name in _LEGACY:
        origin = config.get(name)
        if isinstance(origin, Mapping):
            yield {**origin, "Id": any_text(name), "DomainName": origin.get("DNSName"), f"{name}Config": {}}
        elif origin is not None:
            yield origin


def _may_be(node: Node, origin: Mapping[str, Any], by: Resource, reachable: ReachableResources) -> bool:
    domain = origin.get("DomainName")
    if str(domain).startswith(f"{node.name}.s3"):
        return True
    return (
        node.name in reachable.names.within(domain, by) or is_unknown(str(domain)) or _OF_TENANT in str(domain)
    )  # fmt: skip


def _path(origin: Mapping[str, Any]) -> str:
    path = str(origin.get("OriginPath") or "").strip("/")
    return _ANY_PATH if _OF_TENANT in path else f"{path}/" if path else ""


def _groups(groups: Any) -> Iterator[tuple[str, list[str]]]:
    """Yield the ID of each origin group and those of its members; what is not spelled out may be any ID."""
    items = groups.get("Items") if isinstance(groups, Mapping) else groups
    for group in as_list(items):
        if not isinstance(group, Mapping):
            yield any_text(f"group {group}"), [any_text(f"member of {group}")]
            continue
        members = group.get("Members")
        members = members.get("Items") if isinstance(members, Mapping) else members
        named = [
            each.get("OriginId") if isinstance(each, Mapping) else any_text(str(each)) for each in as_list(members)
        ]
        yield str(group.get("Id")), list(map(str, named))
