"""Settings by which a resource that stays loses data, or by which its users lose access to it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_lib.analysis.replacements.findings import Effect
from constructs_lib.analysis.replacements.rule_result import Change
from constructs_lib.analysis.replacements.schemas import at
from constructs_lib.analysis.replacements.value_comparison import is_decided, same, short

_ROLES: Final = "https://docs.aws.amazon.com/cognitoidentity/latest/APIReference/API_SetIdentityPoolRoles.html"
_KEY: Final = "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"
_EXPIRY: Final = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html"
_WHEN: Final = ("ExpirationInDays", "ExpirationDate")
_SCOPE: Final = ("Prefix", "TagFilters", "Filter", "ObjectSizeGreaterThan", "ObjectSizeLessThan")


def role_attachment(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the loss of the role of signed-in users."""
    name = "Roles.authenticated"
    before, after = (at(side.get("Properties"), name) for side in (old, new))
    if before is not None and after is None:
        yield Change(
            effect=Effect.CUT_OFF,
            cause=name,
            what="The identity pool has no role for signed-in users any more.",
            loses="Signed-in users get no credentials, except those whose group or rule names a role.",
            way_out="Keep a role for signed-in users.",
            source=_ROLES,
        )


def disabled_key(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield the loss of a key that is disabled, or may be."""
    before, after = ((side.get("Properties") or {}).get("Enabled", True) for side in (old, new))
    if not same(before, after) and not same(after, True):
        yield Change(
            effect=Effect.CUT_OFF,
            cause="Enabled",
            what=f"The key's Enabled changes from {short(before)} to {short(after)}.",
            loses="Data encrypted under it cannot be read or written while it is disabled.",
            way_out="Keep the key enabled while anything is encrypted under it.",
            certain=is_decided(before, after),
            source=_KEY,
        )


def bucket(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """Yield notes on lifecycle rules that delete objects which the old ones keep."""
    before, after = (_rules(side) for side in (old, new))
    for rule in after:
        if not any(_deletes(each, rule) for each in before):
            yield Change(effect=None, cause="LifecycleConfiguration", what=_what(rule), source=_EXPIRY)


def _what(rule: Mapping[str, Any]) -> str:
    if "Status" not in rule:
        return f"A lifecycle rule may delete objects: {short(rule)}."
    when = ", ".join(f"{name} {short(rule[name])}" for name in _WHEN if name in rule)
    scope = {name: rule[name] for name in _SCOPE if rule.get(name)}
    return f"A lifecycle rule deletes {f'objects with {short(scope)}' if scope else 'all objects'}: {when}."


def _rules(resource: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the enabled rules by which objects expire; a function in place of rules may return one."""
    rules = at(resource.get("Properties"), "LifecycleConfiguration.Rules")
    return [
        rule
        for rule in (rules if isinstance(rules, list) else [rules])
        if isinstance(rule, Mapping)
        and not same(rule.get("Status"), "Disabled")
        and ("Status" not in rule or any(name in rule for name in _WHEN))
    ]


def _deletes(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Return whether an old rule deletes the same objects, at the same time or earlier."""
    if not all(same(old.get(name), new.get(name)) for name in _SCOPE):
        return False
    if all(same(old.get(name), new.get(name)) for name in _WHEN):
        return "Status" in new or same(old, new)
    was, becomes = (str(rule.get("ExpirationInDays")) for rule in (old, new))
    return was.isdigit() and becomes.isdigit() and int(was) <= int(becomes)
