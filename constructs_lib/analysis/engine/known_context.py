"""The known context of a caller's requests, and policies whose conditions ask for the parts of it that are not known.

The ARN of a role, the ID of an identity pool and a role's own tags are values that a template may determine in part. A
condition that such a value may satisfy leaves an Allow possible and a Deny in doubt.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.partly_known_values import AUD, PRINCIPAL, Match, match
from constructs_lib.analysis.iam.parsing import readings
from constructs_lib.analysis.iam.pattern_elements import variables_in
from constructs_lib.analysis.iam.policies import PRINCIPAL_TAG
from constructs_lib.analysis.template.atoms import any_text, is_open

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.analysis.iam.policies import Condition, Policy, Statement
    from constructs_lib.analysis.model.callers import Caller

_LIKE: Final = frozenset({"stringlike", "stringnotlike", "arnequals", "arnlike", "arnnotequals", "arnnotlike"})
_EQUAL: Final = frozenset({"stringequals", "stringnotequals", "binaryequals"})
_IGNORING_CASE: Final = frozenset({"stringequalsignorecase", "stringnotequalsignorecase", "bool"})
_VARIABLE: Final = re.compile(r"\$\{([^},]*)[^}]*\}")


def fixed_values(caller: Caller) -> dict[str, str]:
    """Return the condition keys that have one value in all requests of a caller, with that value."""
    if not caller.principal:
        return {}
    # The principal tags of a pool outside the templates may override the role's own.
    overridden = caller.signed_in and not caller.pool.known
    own = {} if overridden else {name: value for name, value in caller.role.tags.items() if name not in caller.tags}
    own |= {name: tag.value for name, tag in caller.tags.items() if tag.value}
    pool = {AUD: caller.pool.id} if caller.of_pool else {}
    return {PRINCIPAL: caller.principal, **pool, **{f"{PRINCIPAL_TAG}{name}": value for name, value in own.items()}}


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownContext:
    """The values of a caller's requests that a template determines, whole or in part.

    Args:
        values: The values, by condition key.
        tagged: Why the caller's role may have more tags, with any value; empty if it has no others.
        session: The names of the session's tags. Empty: none.
    """

    values: Mapping[str, str]
    tagged: str = ""
    session: frozenset[str] = frozenset()

    def read(self, policy: Policy) -> Policy:
        """Return a policy as it applies to this caller: an Allow that asks for unknown values is possible."""
        if not any(map(self._concerns, policy.everything)):
            return policy
        certain: list[Statement] = []
        possible: list[Statement] = []
        for statement in policy.statements:
            if statement.allow or not self._concerns(statement):
                certain.append(statement)
                possible += self._possible(statement) if self._concerns(statement) else ()
            else:
                certain.append(self._doubted(statement))
        for statement in policy.possible:
            possible += [statement, *(self._possible(statement) if self._concerns(statement) else ())]
        return replace(policy, statements=tuple(certain), possible=tuple(possible))

    def _concerns(self, statement: Statement) -> bool:
        """Return whether a statement may ask for a value that is known in part."""
        return any(self._is_partial(each.key) for each in statement.conditions) or any(
            map(self._is_partial, _variables(statement))
        )

    def _is_partial(self, key: str) -> bool:
        return "⟦" in self.values.get(key, "") or self._may_be_tag(key)

    def _may_be_tag(self, key: str) -> bool:
        """Return whether a key may be a tag of the caller's role, which the template does not determine."""
        name = key.removeprefix(PRINCIPAL_TAG)
        return bool(self.tagged) and name != key and key not in self.values and name not in self.session

    def _possible(self, statement: Statement) -> Iterator[Statement]:
        """Yield the widest reading of an Allow, if it is wider."""
        unsure = [each for each in statement.conditions if self._is_unsure(each)]
        named = self._with_values(statement)
        if unsure or named != statement:
            kept = tuple(each for each in named.conditions if not self._is_unsure(each))
            *_, widest = readings(replace(named, conditions=kept))
            if widest != statement:
                yield replace(widest, doubt=statement.doubt or self._doubt(statement, unsure))

    def _doubted(self, statement: Statement) -> Statement:
        unsure = [each for each in statement.conditions if self._is_unsure(each)]
        [named] = readings(self._with_values(statement))
        if statement.doubt or not (unsure or named.doubt):
            return statement
        return replace(statement, doubt=self._doubt(statement, unsure))

    def _doubt(self, statement: Statement, unsure: list[Condition]) -> str:
        keys = [each.key for each in unsure] or [key for key in _variables(statement) if self._is_open(key)]
        key = keys[0]
        if key not in self.values:
            return f"{key} is not known, because {self.tagged}"
        value = self.values[key]
        if not unsure:
            return f"{key} is {value}, which is not known from the template"
        asked = " or ".join(unsure[0].values)
        return f"{asked} may turn out to be {value}, the caller's {key}; compare it with a Ref, an ARN or a known value"

    def _is_unsure(self, condition: Condition) -> bool:
        """Return whether a condition may hold or not, because its value is known in part."""
        key = condition.key
        if self._may_be_tag(key):
            return True
        value = self.values.get(key, "")
        if "⟦" not in value or condition.operator == "null":
            return False
        if condition.operator not in _LIKE | _EQUAL | _IGNORING_CASE:
            return True
        found = {
            match(
                key,
                value,
                text,
                wildcards=condition.operator in _LIKE,
                ignore_case=condition.operator in _IGNORING_CASE,
            )
            for text in condition.values
        }
        return Match.YES not in found and Match.UNSURE in found

    def _with_values(self, statement: Statement) -> Statement:
        """Return a statement with the values that are not known in place of their variables."""
        if not any(self._is_open(key) for key in _variables(statement)):
            return statement
        return replace(
            statement,
            resources=tuple(map(self._text, statement.resources)),
            not_resources=tuple(map(self._text, statement.not_resources)),
            conditions=tuple(
                replace(each, values=tuple(map(self._text, each.values))) for each in statement.conditions
            ),
        )

    def _is_open(self, key: str) -> bool:
        return is_open(self.values.get(key, "")) or self._may_be_tag(key)

    def _text(self, text: str) -> str:
        def valued(variable: re.Match[str]) -> str:
            key = variable.group(1).strip().lower()
            return self.values.get(key, any_text(f"tag {key}")) if self._is_open(key) else variable.group()

        return _VARIABLE.sub(valued, text)


def context_of(caller: Caller) -> KnownContext:
    """Return the known context of a caller's requests."""
    return KnownContext(values=fixed_values(caller), tagged=caller.role.tags_doubt, session=frozenset(caller.tags))


def _variables(statement: Statement) -> tuple[str, ...]:
    """Return the keys of a statement's variables."""
    if not statement.variables:
        return ()
    texts = [*statement.resources, *statement.not_resources]
    texts += [value for each in statement.conditions for value in each.values]
    return tuple(key for text in texts if "${" in text for key in variables_in(text))
