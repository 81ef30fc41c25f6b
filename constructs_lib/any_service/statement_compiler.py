"""`auth.allow(scope, subject, [Statement(...)])`: compiled to policy statements, or refused if it has no effect."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.access.language import GUESTS, OWNER, OWNERS, SubjectKind, caller_of
from constructs_lib.any_service.action_data import (
    carries,
    changes_rights,
    check_action,
    condition_keys,
    fits,
    formats,
    may_name_nothing,
)
from constructs_lib.any_service.owned_arns import PLACEHOLDER, TOKEN, Place
from constructs_lib.any_service.referenced_arns import form_of, without_tokens
from constructs_lib.guests import GUEST_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from constructs_lib.access import Statement, Subject
    from constructs_lib.access.value_formats import Form

_SAYS_VALUES: Final = frozenset({"StringEquals", "StringLike", "ForAnyValue:StringEquals", "ForAnyValue:StringLike"})
"""The operators that match only the named values: others also match an absent key, or all other values."""


@dataclass(frozen=True, kw_only=True)
class StatementCompiler:
    """Compiles statements for one subject.

    Args:
        subject: The callers.
        everyone: Whether every owner's resources are open: True, or the key of a claim that stays the caller's own.
            False: only the caller's own.
        variables: The IAM policy variable of each placeholder.
        forms: The form of each placeholder's values.
        plain: Each ARN with `*` for what is unknown in it, as `plain_of` returns it.
    """

    subject: Subject
    everyone: bool | str
    variables: Mapping[str, str]
    forms: Mapping[str, Form]
    plain: Mapping[str, str]

    def written(self, statements: Iterable[Statement]) -> list[Statement]:
        """Return the statements as they are written into policies.

        Raises:
            ValueError: For an action that does not exist, manages permissions or that a guest's session does not allow;
                an ARN that no action applies to; a placeholder where an ID is not allowed, or that does not fit the
                subject; a condition key that no request has.
        """
        try:
            return [self._written(each) for each in statements]
        except ValueError as error:
            raise ValueError(without_tokens(str(error))) from None

    def owned(self, statements: Iterable[Statement]) -> list[str]:
        """Return the owned places, against which the proof checks the policies."""
        places = (place for each in statements for arn in each.resources if (place := self._place(arn)) is not None)
        return list(dict.fromkeys(place.declared(self.variables, self.forms) for place in places))

    def opened(self, statements: Iterable[Statement], callers: Sequence[frozenset[Subject]]) -> list[dict[str, Any]]:
        """Return the callers to whom `everyone` opens these places, so that the proof accepts it.

        Each caller of the subject has all its subjects.
        """
        if not self.everyone:
            return []
        return [
            {
                "place": place.declared(self.variables, self.forms),
                "caller": caller_of(subjects),
                "actions": sorted(statement.actions),
                **({"within": list(place.template.placeholders[:kept])} if (kept := self._kept(place)) else {}),
            }
            for statement in statements
            for arn in statement.resources
            if (place := self._place(arn)) is not None
            for subjects in callers
        ]

    def _written(self, statement: Statement) -> Statement:
        if statement.deny:
            raise ValueError(f"{statement} is a Deny statement, and allow only grants; remove the statement")
        if not statement.actions or not statement.resources:
            raise ValueError(f"{statement} grants nothing; name at least one action and one resource")
        for action in statement.actions:
            check_action(action)
            self._check_who(action)
        self._check_resources(statement)
        self._check_conditions(statement)
        resources = tuple(map(self._resource, statement.resources))
        conditions = {
            operator: {key: self._values(value) for key, value in keys.items()}
            for operator, keys in statement.conditions.items()
        }
        return replace(statement, resources=resources, conditions=conditions)

    def _check_who(self, action: str) -> None:
        if self.subject.kind is not SubjectKind.FUNCTION and changes_rights(action):
            raise ValueError(
                f'action {action!r} has AWS\'s access level "Permissions management", which allow.{self.subject} '
                "cannot be granted; call it in a function that checks the caller"
            )
        lower = action.lower()
        if self.subject.kind in GUESTS and not any(fnmatchcase(lower, each.lower()) for each in GUEST_ACTIONS):
            raise ValueError(
                f"action {action!r} on allow.{self.subject} is not available to a guest's session, whatever the role "
                'allows (Amazon Cognito, "Identity pools authentication flow"); call it in a function, or use '
                "allow.authenticated"
            )

    def _check_resources(self, statement: Statement) -> None:
        arns = {arn: PLACEHOLDER.sub("*", self.plain[arn]) for arn in statement.resources}
        fitting = {
            action: [arn for arn, plain in arns.items() if _works_on(action, plain)] for action in statement.actions
        }
        for action, found in fitting.items():
            if not found:
                raise ValueError(
                    f"{action} applies to none of {', '.join(map(repr, arns))} (AWS's action data); {_forms_of(action)}"
                )
        if lost := next((arn for arn in arns if not any(arn in found for found in fitting.values())), None):
            raise ValueError(
                f"resource {lost!r} never matches, because none of {', '.join(statement.actions)} applies to it "
                f"(AWS's action data); {_forms_of(statement.actions[0])}"
            )

    def _check_conditions(self, statement: Statement) -> None:
        for operator, keys in statement.conditions.items():
            for key, value in keys.items():
                for action in statement.actions:
                    if not carries(action, key):
                        known = ", ".join(condition_keys(action)) or "none of its own"
                        raise ValueError(
                            f"condition key {key!r} is not in any request of {action}; use one of AWS's action data "
                            f"({known}) or one that begins with aws:"
                        )
                if operator not in _SAYS_VALUES and PLACEHOLDER.search(str(value)):
                    raise ValueError(
                        f"condition {operator} on {key!r} contains a placeholder and can match other callers' values "
                        f"too; use one of {', '.join(sorted(_SAYS_VALUES))}"
                    )

    def _resource(self, arn: str) -> str:
        place = self._place(arn)
        self._check_whose(arn, place)
        return arn if place is None else place.written(self.variables, self._kept(place))

    def _place(self, arn: str) -> Place | None:
        return Place.parse(arn, self.forms) if PLACEHOLDER.search(arn) else None

    def _kept(self, place: Place) -> int:
        """Return the number of placeholders, from the first, that remain the caller's own."""
        names = place.template.placeholders
        if self.everyone is True:
            return 0
        return names.index(self.everyone) + 1 if self.everyone in names else len(names)

    def _check_whose(self, arn: str, place: Place | None) -> None:
        kind, own = self.subject.kind, () if place is None else place.template.placeholders[: self._kept(place)]
        what = f"allow.{self.subject} on {arn!r}"
        if self.everyone and (place is None or (self.everyone is not True and self.everyone not in own)):
            raise ValueError(
                f"{what} has everyone={self.everyone!r}, and its name contains no placeholder that this opens; remove "
                "everyone="
            )
        if kind in OWNERS and (self.everyone or OWNER not in own):
            raise ValueError(
                f"{what} does not contain {{owner}}; add {{owner}} to the name, or use allow.authenticated"
            )
        if kind not in OWNERS and OWNER in own:
            raise ValueError(
                f"{what} contains {{owner}}, which is one caller's; use allow.owner, or add everyone=True to open the "
                "data of every owner"
            )
        if kind is SubjectKind.CLAIM and self.subject.name not in own:
            raise ValueError(
                f"{what} does not contain {{{self.subject.name}}}; add {{{self.subject.name}}} to the name"
            )
        if (kind in GUESTS or kind is SubjectKind.FUNCTION) and set(own) - {OWNER}:
            raise ValueError(
                f"{what} contains a claim, and {self.subject} has no claims, so it would never match; remove the "
                "claim's placeholder"
            )

    def _values(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._values(each) for each in value]
        return PLACEHOLDER.sub(lambda match: self._variable(match[1]), value) if isinstance(value, str) else value

    def _variable(self, name: str) -> str:
        if name not in self.variables:
            known = ", ".join(f"{{{each}}}" for each in self.variables)
            raise ValueError(f"a condition contains {{{name}}}, which is not a placeholder here; use one of {known}")
        return self.variables[name]


def _works_on(action: str, arn: str) -> bool:
    """Return whether an action applies to an ARN; a star alone is for actions that may have no resource."""
    return may_name_nothing(action) if arn == "*" else any(fits(arn, form) for _, form in formats(action))


def _forms_of(action: str) -> str:
    forms = [form for _, form in formats(action)]
    return f"use {' or '.join(forms)}" if forms else "write '*', because the action names no resource"


def plain_of(statements: Iterable[Statement], resolve: Callable[[Any], Any]) -> dict[str, str]:
    """Return each ARN with `*` for each token in it, and with the form of the ARN for a construct's.

    `resolve` is the stack's, called once, for texts with tokens only.
    """
    arns = list(dict.fromkeys(arn for each in statements for arn in each.resources))
    unknown = [arn for arn in arns if TOKEN in arn]
    found = dict(zip(unknown, resolve(unknown), strict=True)) if unknown else {}
    return {arn: _plain(arn, found.get(arn, arn)) for arn in arns}


def _plain(arn: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    first, *rest = value["Fn::Join"][1] if isinstance(value, dict) and "Fn::Join" in value else [None]
    begin = first if isinstance(first, str) else form_of(arn)
    return begin + "".join(part if isinstance(part, str) else "*" for part in rest)
