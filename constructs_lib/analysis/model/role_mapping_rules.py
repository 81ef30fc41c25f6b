"""Rule-based role mappings: the roles that a token's claims select, and the claims that users can write."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.model.role_mapping_providers import is_user_pool
from constructs_lib.analysis.model.writable_claims import CHOSEN, may_be_written, writing_client
from constructs_lib.analysis.template.atoms import is_open
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from constructs_lib.analysis.model.resources import Resource, Resources

_EVERYONES: Final = frozenset(
    (
        *("acr", "amr", "at_hash", "aud", "auth_time", "cognito:username", "email_verified", "event_id", "exp", "iat"),
        *("iss", "jti", "nbf", "nonce", "origin_jti", "phone_number_verified", "sub", "token_use"),
    )
)
"""Claims in the token of every user, or of every user who wants them ("Understanding the identity (ID) token")."""


def rules_of(mapping: Mapping[str, Any], attachment: Resource, resources: Resources) -> Iterator[Mapping[str, Any]]:
    """Yield the rules of a role mapping."""
    configuration = mapping.get("RulesConfiguration") or {}
    for rule in as_list(configuration.get("Rules") if isinstance(configuration, Mapping) else configuration):
        if isinstance(rule, Mapping):
            yield rule
        else:
            resources.gap(f"{attachment.name} takes a rule from {rule}: not seen")


def rule_in_words(rule: Mapping[str, Any]) -> str:
    """Return a rule as text for reports."""
    return f"{rule.get('Claim')} {rule.get('MatchType')} {rule.get('Value')}"


def writable_rule(words: str, attachment: Resource, forgeable: Collection[str]) -> str:
    """Return the claim of a rule if users can write it; empty if they cannot.

    A user who writes the required value satisfies a rule of any match type. `words` is the rule as `rule_in_words`
    returns it, `forgeable` the claims that users can write.
    """
    claims = (_claim(rule) for rule in _rules_of_words(words, attachment))
    return next((claim for claim in claims if claim in forgeable), "")


def is_of_everyone(words: str, attachment: Resource) -> bool:
    """Return whether a rule may select users by a claim that all have or that they lack.

    The user pool's `sub` as a whole is that of one user, whom the author of the rule has chosen. `words` is the rule as
    `rule_in_words` returns it.
    """
    return any(
        text_of(rule.get("MatchType")) not in {"Equals", "Contains", "StartsWith"}
        or (_claim(rule) in _EVERYONES and (_claim(rule), rule.get("MatchType")) != ("sub", "Equals"))
        for rule in _rules_of_words(words, attachment)
    )


def may_meet_group(words: str, attachment: Resource, groups: Iterable[str]) -> bool:
    """Return whether a rule may select members of one of some groups, because it compares a part of their name.

    `words` is the rule as `rule_in_words` returns it.
    """
    rules = (each for each in _rules_of_words(words, attachment) if _claim(each) == "cognito:groups")
    parts = [text_of(each.get("Value")).strip("[") for each in rules if text_of(each.get("MatchType")) != "Equals"]
    return any(is_open(part) or is_open(name) or part in name for part in parts for name in groups)


def _claim(rule: Mapping[str, Any]) -> str:
    return text_of(rule.get("Claim"))


def _rules_of_words(words: str, attachment: Resource) -> Iterator[Mapping[str, Any]]:
    mappings = attachment.get("RoleMappings") or {}
    for mapping in mappings.values() if isinstance(mappings, Mapping) else ():
        configuration = mapping.get("RulesConfiguration") if isinstance(mapping, Mapping) else None
        for rule in as_list(configuration.get("Rules") if isinstance(configuration, Mapping) else None):
            if isinstance(rule, Mapping) and rule_in_words(rule) == words:
                yield rule


def note_provider(key: str, mapping: Mapping[str, Any], attachment: Resource, resources: Resources) -> None:
    """Note a mapping of a provider other than a user pool: no template shows which claims its users can write."""
    provider = str(mapping.get("IdentityProvider") or key)
    named = "." in provider or provider.startswith("arn:")
    if named and not is_user_pool(provider):
        resources.gap(
            f"{attachment.name} gives roles by the tokens of {provider}: which roles and claims these may hold is not "
            "known from the templates"
        )


def note_claims(
    key: str, mapping: Mapping[str, Any], attachment: Resource, resources: Resources, declared: Collection[str]
) -> None:
    """Note rules whose claims users may write through app clients that the templates do not show.

    `key` is the mapping's name in its attachment: the provider, unless the mapping names one. `declared` are the claims
    whose source the options of the analysis vouch for.
    """
    provider = str(mapping.get("IdentityProvider") or key)
    pools = list(resources.of("AWS::Cognito::UserPool"))
    of_pool = [pool for pool in pools if pool.id in provider]
    named = "." in provider or "⟦" in provider
    for claim in sorted({_claim(rule) for rule in rules_of(mapping, attachment, resources)} - {*declared}):
        if is_open(claim):
            resources.gap(f"{attachment.name} gives a role by {claim}, a claim that the template does not determine")
            continue
        why = next(filter(None, (writing_client(claim, pool, resources) for pool in of_pool or pools)), "")
        if (named or not pools) and not of_pool and (may_be_written(claim) or claim in CHOSEN):
            why = (
                f"{readable(provider)} is not in the templates, and its users may write the claim {claim!r}: if they "
                f"cannot, declare its form, such as --claim '{claim}=[a-z0-9-]{{3,36}}'"
            )
        if why:
            resources.gap(f"{attachment.name} gives a role by the claim {claim!r}; {why}")
