"""Principals who may try to assume a role with an identity pool's token: outsiders, guests and unintended users."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.engine.automata import TooManyStatesError, truth_vectors
from constructs_lib.analysis.engine.automata_engine import text
from constructs_lib.analysis.iam.pattern_elements import literal, pattern
from constructs_lib.analysis.model.callers import CallerKind
from constructs_lib.analysis.model.value_formats import POOL_IDENTITY
from constructs_lib.analysis.proof.trust_condition_keys import COGNITO
from constructs_lib.analysis.template.atoms import any_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.analysis.iam.pattern_elements import Elements
    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.callers import Caller, IdentityPool, Role
    from constructs_lib.analysis.model.model import Model

AUD: Final = f"{COGNITO}aud"
AMR: Final = f"{COGNITO}amr"
_USER: Final = "authenticated"
_GUEST: Final = "unauthenticated"
_PROVIDER: Final = "cognito-idp.us-east-1.amazonaws.com/⟦a user pool⟧"
_OTHER: Final = "⟦another provider⟧"
"""The value of a user's `amr` besides `authenticated`: the provider they signed in with ("Role trust and
permissions", Amazon Cognito developer guide)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenBearer:
    """A principal with a token of an identity pool who tries to assume a role.

    Args:
        who: Its name in reports.
        aud: The identity pool of the token.
        amr: The sign-in methods in the token; None for any, because the principal controls the pool and its providers.
        doubt: Why it is not certain that they can; empty if it is.
    """

    who: str
    aud: str
    amr: tuple[str, ...] | None
    doubt: str = ""


def token_bearers(role: Role, statements: Sequence[Statement], model: Model) -> Iterator[TokenBearer]:
    """Yield the principals who may try to assume a role that is not intended for them.

    `statements` are those of its trust policy that apply to identity pools. The model's callers show who is intended to
    have the role.
    """
    pools = {caller.pool.id: caller.pool for caller in model.callers}
    said = [condition for each in statements for condition in each.conditions]
    written = {value for each in said if each.key == AUD for value in each.values}
    for aud in _other_pools(statements):
        if aud not in pools:
            doubt = f"whose identity pool {aud} is, no template says" if aud in written else ""
            yield TokenBearer(who="a user of another identity pool", aud=aud, amr=None, doubt=doubt)
            yield TokenBearer(who="a guest of another identity pool", aud=aud, amr=(_GUEST,), doubt=doubt)
    providers = [
        value.replace("*", "x").replace("?", "x")
        for each in said
        if each.key == AMR
        for value in each.values
        if value not in {_USER, _GUEST}
    ]
    meant = [caller for caller in model.callers if caller.role.arn == role.arn]
    for pool in pools.values():
        yield from _of_the_app(pool, [each for each in meant if each.pool.id == pool.id], providers)


def _of_the_app(pool: IdentityPool, meant: Sequence[Caller], providers: Sequence[str]) -> Iterator[TokenBearer]:
    kinds = {caller.kind for caller in meant}
    doubt = "" if pool.known else f"the settings of {pool.path} are not in the templates"
    if pool.guests and CallerKind.GUEST not in kinds:
        yield TokenBearer(who="a guest", aud=pool.id, amr=(_GUEST,), doubt=doubt)
    # In the classic flow the holder of a token names the role, and only its trust policy decides.
    if pool.classic and not kinds & {CallerKind.AUTHENTICATED, CallerKind.GUEST}:
        but = f" who is not {str(meant[0]).removeprefix('a ')}" if meant else ""
        names = [(), providers, *((each,) for each in providers), (_PROVIDER,), (*providers, _PROVIDER)]
        for amr in dict.fromkeys((_USER, *each) for each in names):
            yield TokenBearer(who=f"a signed-in user{but}", aud=pool.id, amr=amr, doubt=doubt)
        unknown = (
            doubt or f"whether a provider of {pool.path} has another name than the trust policy's, no template says"
        )
        yield TokenBearer(who=f"a signed-in user{but}", aud=pool.id, amr=(_USER, _OTHER), doubt=unknown)


def _other_pools(statements: Sequence[Statement]) -> Iterator[str]:
    """Yield IDs of identity pools, one for each combination of a trust policy's patterns that an ID can match.

    For too many combinations, one ID represents all.
    """
    patterns: list[Elements | None] = []
    for statement in statements:
        for condition in statement.conditions:
            for value in condition.values if condition.key == AUD else ():
                like = "like" in condition.operator or condition.operator.startswith("arn")
                wanted = value.lower() if "ignorecase" in condition.operator else value
                patterns.append(pattern(wanted, None) if like else literal(wanted))
    try:
        found = truth_vectors([*patterns, POOL_IDENTITY.texts], within=len(patterns))
    except TooManyStatesError:
        yield any_text("an identity pool")
        return
    yield from (text(word, {}) for vector, word in found.items() if vector[-1])
