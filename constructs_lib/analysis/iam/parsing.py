"""Parser of IAM policy documents, including documents that a template determines only in part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import (
    canonical_names,
    completed_arn,
    is_of_unknown_place,
    is_unknown,
    kept_to_segments,
    normalise_arn,
    of_any_partition,
    of_any_pool,
    starred,
    widened_arn,
    written,
)
from constructs_lib.analysis.iam.policies import (
    CURRENT,
    OPERATORS,
    Condition,
    Policy,
    Statement,
    anything,
    unknown_policy,
)
from constructs_lib.analysis.template.atoms import as_glob, is_open
from constructs_lib.analysis.template.json_text import load_json
from constructs_lib.analysis.template.scalars import text_of
from constructs_lib.analysis.template.unknown_values import leaves

_NOT_LISTED: Final = "is no action in AWS's data of"
_STARRED: Final = re.compile(r"\$\{[^},]*,[^}]*[*?][^}]*\}")
"""A variable with a wildcard in its default: IAM does not document whether it is a wildcard ("Specifying default
values", IAM user guide)."""
_OF_DEPLOYMENT: Final = re.compile(r"[^/]*(?:account|accountid|requestedregion|viaservice|sourceowner|userid)")
"""Condition keys, in lower case, whose values name this deployment's account or region."""
_ELEMENTS: Final = frozenset({"Version", "Id", "Statement"})
_OF_STATEMENT: Final = frozenset(
    {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
)
"""The elements of a policy and of a statement ("Grammar of the IAM JSON policy language", IAM user guide)."""
_ESCAPED: Final = re.compile(r"\\u(?:[eE][01]|27[eE][67]|0000)")
"""An escape in JSON text of a character that stands for an identity, or for a value that is not known, here."""
_OPERATOR: Final = re.compile(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$", re.IGNORECASE)


def parse_policy(document: Any, source: str) -> Policy:
    """Parse a policy document from a mapping or JSON text; a part that cannot be parsed may allow everything."""
    if document is None:
        return Policy(source=source)
    if isinstance(document, str):
        try:
            document = _loaded(document)
        except (RecursionError, ValueError):
            return unknown_policy(source, f"the policy is {document[:80]}, which the template does not spell out")
    if not isinstance(document, Mapping):
        return unknown_policy(source, "the policy is not a JSON object")
    version = document.get("Version")
    unknown = document.keys() - _ELEMENTS
    if unknown:
        return unknown_policy(source, f"the policy has {min(map(str, unknown))}, which is no element of policies")
    raw = document.get("Statement") or []
    certain: list[Statement] = []
    possible: list[Statement] = []
    for each in raw if isinstance(raw, list) else [raw]:
        if not isinstance(each, Mapping):
            possible.append(anything(source, f"a statement is {str(each)[:80]}, which the template does not spell out"))
            continue
        odd = _odd_element(each)
        if odd and each.get("Effect") != "Deny":
            possible.append(anything(source, odd))
            continue
        for statement in (found := list(_read(each, source, version=version))):
            (possible if statement.allow and statement.doubt else certain).append(statement)
        possible += _with_unlisted(found[-1])
    return Policy(source=source, statements=tuple(certain), possible=tuple(possible))


def _loaded(text: str) -> Any:
    if _ESCAPED.search(text):
        raise ValueError("a character that has another meaning here")
    return load_json(text)


def _read(raw: Mapping[str, Any], source: str, *, version: Any) -> Iterator[Statement]:
    """Yield the readings of a statement."""
    undated = isinstance(version, str) and is_open(version) and "${" in str(raw)
    conditions, unreadable = _conditions(raw.get("Condition"))
    effect = text_of(raw.get("Effect"))
    principal = raw.get("Principal", raw.get("NotPrincipal"))
    statement = Statement(
        allow=effect != "Deny",
        actions=_texts(raw.get("Action")),
        not_actions=_texts(raw.get("NotAction")),
        resources=tuple(_arn(text, given=effect != "Deny") for text in _texts(raw.get("Resource"))),
        not_resources=tuple(_arn(text, given=effect == "Deny") for text in _texts(raw.get("NotResource"))),
        principals=tuple(_principals(principal)),
        not_principals="NotPrincipal" in raw,
        conditions=conditions,
        variables=version == CURRENT,
        sid=str(raw.get("Sid") or ""),
        source=source,
        written=frozenset(map(written, (*_texts(raw.get("Resource")), *_texts(raw.get("NotResource"))))),
    )
    doubt = unreadable or ("" if effect in {"Allow", "Deny"} else f"the effect is {effect}")
    if not statement.allow:
        doubt = doubt or (f"the Version is {version}" if undated else _odd_element(raw) or _unknown_place(raw))
    elsewhere = any(map(is_of_unknown_place, _texts(raw.get("NotResource"))))
    yield from readings(statement, doubt, variables=undated, elsewhere=elsewhere)


def readings(
    statement: Statement, doubt: str = "", *, variables: bool = False, elsewhere: bool = False
) -> Iterator[Statement]:
    """Yield a statement as written, and its widest reading if that differs: for an Allow with a doubt, that alone.

    Args:
        statement: The statement as written.
        doubt: The part of it that cannot be parsed. Empty: none.
        variables: Whether `${...}` may be a variable, although it is not as written.
        elsewhere: Whether a resource that it excludes may be in another region, account or partition.
    """
    if not statement.allow:
        yield replace(statement, doubt=doubt or _doubt_of_deny(statement))
        return
    if not doubt:
        yield statement
    wide = replace(_widened(statement), variables=variables or statement.variables)
    if elsewhere:
        wide = replace(wide, not_resources=("⟦none⟧",))
    if doubt or wide != statement:
        yield replace(wide, doubt=doubt or f"{_unknown_part(statement)} is not known from the template")


def _with_unlisted(statement: Statement) -> Iterator[Statement]:
    """Yield what the actions of an Allow that the data does not have may do, if AWS has them now: anything."""
    for action in statement.actions if statement.allow else ():
        if "⟦" not in action and catalogue.is_unlisted(action):
            future = f"{action.partition(':')[0].lower()}:{catalogue.FUTURE}"
            yield replace(statement, actions=(future,), doubt=f"{action} {_NOT_LISTED} {catalogue.data_date()}")


def is_of_unlisted(statement: Statement) -> bool:
    """Return whether a statement is what an action may do that the data does not have, beside the one that names it."""
    return _NOT_LISTED in statement.doubt


def _widened(statement: Statement) -> Statement:
    return replace(
        statement,
        actions=tuple("*" if is_open(each) else each for each in statement.actions),
        not_actions=tuple("⟦none⟧" if is_open(each) else each for each in statement.not_actions),
        resources=tuple(widened_arn(_STARRED.sub("*", each)) for each in statement.resources),
        not_resources=tuple("⟦none⟧" if _is_wide(each) else each for each in statement.not_resources),
        # As written, unknown principals that it excludes are no known caller.
        principals=statement.principals if statement.not_principals else tuple(map(_widest, statement.principals)),
        conditions=tuple(_wide_conditions(statement.conditions)),
    )


def _wide_conditions(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """Yield conditions without those whose values are not known; pseudo parameters become patterns."""
    for each in conditions:
        if any(map(_is_unsure, each.values)):
            continue
        if not _has_pseudo_values(each):
            yield each
        elif each.operator in {"stringequals", "stringlike"}:
            yield replace(each, operator="stringlike", values=tuple(map(as_glob, each.values)))


def _has_pseudo_values(condition: Condition) -> bool:
    """Return whether a value has a pseudo parameter, and not as the deployment's region or account."""
    if _OF_DEPLOYMENT.fullmatch(condition.key):
        return False
    return any(is_open(text) and not text.startswith("arn:") for text in condition.values)


def _widest(principal: tuple[str, str]) -> tuple[str, str]:
    """Return the widest reading of a principal: everyone, anonymous callers too, if its whole value may be a star."""
    kind, value = principal
    if kind != "AWS":
        return principal
    if set(starred(value)) == {"*"}:
        return "*", "*"
    return ("AWS", "*") if is_unknown(value) else principal


def _is_wide(resource: str) -> bool:
    return widened_arn(resource) != resource or bool(_STARRED.search(resource))


def _is_unsure(text: str) -> bool:
    return is_unknown(text) or bool(_STARRED.search(text))


def _unknown_place(raw: Mapping[str, Any]) -> str:
    """Return why a Deny may be about another region, account or partition; empty if it cannot."""
    texts = map(text_of, (*leaves(raw.get("Resource")), *leaves(raw.get("Condition"))))
    unknown = next(filter(is_of_unknown_place, texts), "")
    return f"{unknown} is not known from the template" if unknown else ""


def _odd_element(raw: Mapping[str, Any]) -> str:
    """Return the part of a statement for which it is not documented what it covers; empty if there is none."""
    unknown = raw.keys() - _OF_STATEMENT
    if unknown:
        return f"a statement has {min(map(str, unknown))}, which is no element of one"
    empty = [name for name in ("Resource", "NotResource", "NotAction") if name in raw and not _texts(raw[name])]
    return f"a statement has no value for {empty[0]}" if empty else ""


def _doubt_of_deny(statement: Statement) -> str:
    """Return why a Deny may apply to less than its text."""
    negated = [each for each in statement.conditions if each.negated]
    but = [value for each in negated for value in each.values]
    but += [value for _, value in statement.principals] if statement.not_principals else []
    unknown = [each for each in statement.not_resources if _is_wide(each)]
    unknown += [text for text in statement.not_actions if is_open(text)]
    unknown += [text for text in but if _is_unsure(text)]
    unknown += [text for each in negated if _has_pseudo_values(each) for text in each.values if is_open(text)]
    return f"{unknown[0]} is not known from the template" if unknown else ""


def _unknown_part(statement: Statement) -> str:
    texts = [*statement.actions, *statement.not_actions, *statement.resources, *statement.not_resources]
    texts += [value for each in statement.conditions for value in each.values]
    texts += [value for _, value in statement.principals]
    open_texts = (text for text in texts if is_open(text) and (not text.startswith("arn:") or _is_wide(text)))
    return next((text for text in texts if _is_unsure(text)), next(open_texts, "a part"))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(_text, value)) if isinstance(value, list) else (_text(value),)


def _arn(text: str, *, given: bool) -> str:
    """Return an ARN as the model writes it; a Deny is not relied on for what one that is incomplete covers."""
    arn = normalise_arn(completed_arn(text) if given else text)
    return of_any_pool(kept_to_segments(arn), given=given)


def _text(value: Any) -> str:
    return canonical_names(text_of(value))


def _principals(principal: Any) -> Iterable[tuple[str, str]]:
    if isinstance(principal, Mapping):
        for kind, values in principal.items():
            for value in _texts(values):
                yield ("*", "*") if kind == "AWS" and value == "*" else (str(kind), of_any_partition(value))
    elif principal is not None:
        text = str(principal)
        yield ("AWS", text) if is_unknown(text) else ("*", text)


def _odd_part(operator: str, key: str, values: tuple[str, ...]) -> str:
    """Return the key or value for which it is not known what a condition makes of it; empty if there is none."""
    if "⟦" in key:
        return f"the key {key}, which is not known from the template"
    if not values:
        return f"no value for {key}"
    odd = (each for each in values if operator == "null" and each.lower() not in {"true", "false"})
    return next((f"the value {each} for {key}" for each in odd if "⟦" not in each and "${" not in each), "")


def _conditions(block: Any) -> tuple[tuple[Condition, ...], str]:
    """Return the conditions, and the part of them that cannot be parsed."""
    if block is None:
        return (), ""
    if not isinstance(block, Mapping):
        return (), f"the condition is {str(block)[:80]}, which the template does not spell out"
    found: list[Condition] = []
    for name, keys in block.items():
        match = _OPERATOR.match(str(name))
        if match is None or match.group(2).lower() not in OPERATORS or not isinstance(keys, Mapping):
            return tuple(found), f"the condition {name!r} cannot be read"
        qualifier, operator, if_exists = match.groups()
        for key, values in keys.items():
            odd = _odd_part(operator.lower(), str(key), _texts(values))
            if odd:
                return tuple(found), f"the condition {name!r} has {odd}"
            found.append(
                Condition(
                    qualifier=(qualifier or "").lower(),
                    operator=operator.lower(),
                    if_exists=bool(if_exists),
                    key=canonical_names(str(key)).lower(),
                    values=tuple(normalise_arn(text) if text.startswith("arn:") else text for text in _texts(values)),
                )
            )
    return tuple(found), ""
