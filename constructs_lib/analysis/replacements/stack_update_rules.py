"""Refusals of one stack's update other than replacements: rules of AWS services and of CloudFormation."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.findings import Effect, Finding
from constructs_lib.analysis.replacements.refusals import NO_LOSS, REFUSALS, Refusal
from constructs_lib.analysis.replacements.resource import Resource, resources_of
from constructs_lib.analysis.replacements.schemas import at
from constructs_lib.analysis.replacements.template_rules import refused_alone
from constructs_lib.analysis.replacements.template_rules.template_view import View
from constructs_lib.analysis.replacements.transition_rules import refused_between
from constructs_lib.analysis.replacements.value_comparison import references, same

Template = Mapping[str, Any]
Found = tuple[Resource, str, str, str, bool]
"""The refused resource, the name of its entry in `REFUSALS`, the property, the effect, and whether it is certain."""

_LIMITS: Final = {"Resources": 500, "Outputs": 200, "Parameters": 200, "Mappings": 200}
_MAX_BYTES: Final = 1_000_000
_FUNCTION_LOGS: Final = "/aws/lambda/"
_OPEN_ACLS: Final = frozenset({"", "Private"})


def refused_updates(stack: str, old: Template, new: Template) -> Iterator[Finding]:
    """Yield the refusals of one stack's update.

    The old template is empty for a stack that is new.
    """
    before, after = ({each.logical_id: each for each in resources_of(stack, side)} for side in (old, new))
    for rule in _RULES:
        for resource, name, cause, what, certain in rule(before, after):
            yield _finding(resource, REFUSALS[name], cause, what, certain=certain)
    # AWS has accepted the deployed template, so its own violations are not reported.
    deployed = {(resource.logical_id, refusal, cause) for resource, refusal, cause, *_ in refused_alone(stack, old)}
    for resource, refusal, cause, what, certain in refused_alone(stack, new):
        if (resource.logical_id, refusal, cause) not in deployed:
            yield _finding(resource, refusal, cause, what, certain=certain)
    for resource, refusal, cause, what, certain in refused_between(View(stack, old), View(stack, new)):
        yield _finding(resource, refusal, cause, what, certain=certain)
    yield from _limits(stack, old, new)


def _finding(resource: Resource, refusal: Refusal, cause: str, what: str, *, certain: bool) -> Finding:
    return Finding(
        stack=resource.stack, logical_id=resource.logical_id, type=resource.type, path=resource.path,
        effect=Effect.REFUSED, cause=cause, loses=NO_LOSS, way_out=refusal.way_out, certain=certain,
        what=f"{what}, which AWS refuses: `{refusal.message}`. The update fails and is rolled back.",
        source=refusal.source,
    )  # fmt: skip


def _variables(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    """Yield renamed path variables: a path may have one variable, and the new one is created first."""
    standing = [each for each in old.values() if each.type == "AWS::ApiGateway::Resource" and _is_variable(each)]
    for resource in new.values():
        before = old.get(resource.logical_id)
        stays = before is not None and same(before.properties, resource.properties)
        if resource.type != "AWS::ApiGateway::Resource" or not _is_variable(resource) or stays:
            continue
        for other in standing:
            beside = all(same(_at(resource, name), _at(other, name)) for name in ("RestApiId", "ParentId"))
            if beside and not same(_at(resource, "PathPart"), _at(other, "PathPart")):
                what = f"{_at(resource, 'PathPart')} is created while {_at(other, 'PathPart')} still exists"
                yield resource, "a second variable in an API path", "PathPart", what, True
                break


def _is_variable(resource: Resource) -> bool:
    return str(_at(resource, "PathPart")).startswith("{")


def _base_paths(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    """Yield base path conflicts: a domain has one empty base path, or several named ones."""
    kind = "AWS::ApiGateway::BasePathMapping"
    standing = [each for each in old.values() if each.type == kind]
    for resource in new.values():
        before = old.get(resource.logical_id)
        if resource.type != kind or (before is not None and same(before.properties, resource.properties)):
            continue
        for other in standing:
            one_domain = same(_at(resource, "DomainName"), _at(other, "DomainName"))
            if one_domain and bool(_at(resource, "BasePath")) != bool(_at(other, "BasePath")):
                what = f"It is created while {other.logical_id} still exists, and one of them has an empty base path"
                yield resource, "a base path beside the empty one", "BasePath", what, True
                break


def _endpoints(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    for before, resource in _both(old, new, "AWS::ApiGateway::DomainName"):
        was, becomes = (_types(each) for each in (before, resource))
        if was and becomes and not was & becomes:
            what = f"The endpoint changes from {', '.join(was)} to {', '.join(becomes)} at once"
            yield resource, "an API domain of another endpoint", "EndpointConfiguration.Types", what, True


def _types(domain: Resource) -> set[str]:
    types = at(domain.properties, "EndpointConfiguration.Types")
    return {each for each in types if isinstance(each, str)} if isinstance(types, list) else set()


def _logs(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    if any(each.type == "AWS::ApiGateway::Account" for each in new.values()):
        return
    logging = any(each.type == "AWS::ApiGateway::Stage" and _is_logging(each) for each in old.values())
    for resource in new.values():
        if resource.type == "AWS::ApiGateway::Stage" and _is_logging(resource) and not logging:
            what = "The stage writes logs, and no template here gives the account a role for it"
            yield resource, "API logs without a role", "AccessLogSetting", what, False


def _is_logging(stage: Resource) -> bool:
    settings = _at(stage, "MethodSettings")
    methods = [each for each in (settings if isinstance(settings, list) else []) if isinstance(each, Mapping)]
    return "AccessLogSetting" in stage.properties or any(each.get("LoggingLevel", "OFF") != "OFF" for each in methods)


def _function_logs(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    """Yield log groups that a function may have created itself."""
    functions = {each.logical_id: each for each in old.values() if each.type == "AWS::Lambda::Function"}
    names = {str(_at(each, "FunctionName")) for each in functions.values()}
    for resource in new.values():
        if resource.type != "AWS::Logs::LogGroup" or resource.logical_id in old:
            continue
        name = canonical(_at(resource, "LogGroupName"))
        by_name = isinstance(name, str) and name in {f"{_FUNCTION_LOGS}{each}" for each in names}
        if by_name or (_FUNCTION_LOGS in json.dumps(name) and set(references(name)) & functions.keys()):
            what = "It is the log group of a function that is deployed, and there already if the function has run"
            yield resource, "a log group that its function made", "LogGroupName", what, False


def _attributes(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    for kind in ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"):
        for before, resource in _both(old, new, kind):
            defined, used = _names(resource, "AttributeDefinitions"), _keys(resource)
            if defined != used and _names(before, "AttributeDefinitions") == _keys(before):
                odd = ", ".join(sorted(defined ^ used))
                what = f"AttributeDefinitions and the keys differ in {odd}"
                yield resource, "attributes that no key uses", "AttributeDefinitions", what, True


def _names(holder: Resource | Mapping[str, Any], name: str) -> set[str]:
    entries = at(holder.properties if isinstance(holder, Resource) else holder, name)
    entries = entries if isinstance(entries, list) else []
    return {str(canonical(each.get("AttributeName"))) for each in entries if isinstance(each, Mapping)}


def _keys(table: Resource) -> set[str]:
    found = _names(table, "KeySchema")
    for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        indexes = _at(table, kind)
        for index in indexes if isinstance(indexes, list) else []:
            found |= _names(index, "KeySchema") if isinstance(index, Mapping) else set()
    return found


def _acls(old: Mapping[str, Resource], new: Mapping[str, Resource]) -> Iterator[Found]:
    for resource in new.values():
        if resource.type != "AWS::S3::Bucket" or resource.logical_id in old:
            continue
        acl = str(_at(resource, "AccessControl") or "")
        if acl not in _OPEN_ACLS and "OwnershipControls" not in resource.properties:
            what = f"The new bucket has the ACL {acl}, and buckets take none unless OwnershipControls says so"
            yield resource, "an ACL without ownership", "AccessControl", what, True


def _limits(stack: str, old: Template, new: Template) -> Iterator[Finding]:
    sizes = [(name, len(old.get(name) or ()), len(new.get(name) or ()), most) for name, most in _LIMITS.items()]
    size = len(json.dumps(new, default=str))
    sizes.append(("bytes", len(json.dumps(old, default=str)) if size > _MAX_BYTES else 0, size, _MAX_BYTES))
    refusal = REFUSALS["more than a template takes"]
    for name, was, becomes, most in sizes:
        if becomes > most >= was:
            yield Finding(
                stack=stack, logical_id=name, type="Template", path="", effect=Effect.REFUSED, cause=name,
                what=f"The template has {becomes:,} {name}, and CloudFormation takes {most:,}: `{refusal.message}`.",
                loses=NO_LOSS, way_out=refusal.way_out, source=refusal.source,
            )  # fmt: skip


def _both(old: Mapping[str, Resource], new: Mapping[str, Resource], kind: str) -> Iterator[tuple[Resource, Resource]]:
    for logical_id, resource in new.items():
        before = old.get(logical_id)
        if before is not None and resource.type == before.type == kind:
            yield before, resource


def _at(resource: Resource, path: str) -> Any:
    return at(resource.properties, path)


_RULES: Final[tuple[Callable[[Mapping[str, Resource], Mapping[str, Resource]], Iterator[Found]], ...]] = (
    _variables, _base_paths, _endpoints, _logs, _function_logs, _attributes, _acls,
)  # fmt: skip
