"""Principal tags: the claims that set them, by provider, and the formats of those claims."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.model.callers import Tag
from constructs_lib.analysis.model.resources import as_list, is_true, may_be_true
from constructs_lib.analysis.model.value_formats import SUB, declared_form, undeclared_form
from constructs_lib.analysis.model.writable_claims import (
    may_be_of,
    may_be_written,
    writable_claims,
    writing_client,
)
from constructs_lib.analysis.template.scalars import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource, Resources

_MAPPING: Final = "AWS::Cognito::IdentityPoolPrincipalTag"
_USER_POOL: Final = "AWS::Cognito::UserPool"
_CLIENT: Final = "AWS::Cognito::UserPoolClient"
DEFAULTS: Final = {"username": "sub", "client": "aud"}
"""The tags of `UseDefaults` ("Using attributes for access control", Amazon Cognito developer guide)."""
_FIRST_MARK: Final = 0xE110


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """An identity provider whose tokens an identity pool accepts.

    Its name is empty if the pool has no other. The tags are those of its users' sessions.
    """

    name: str
    tags: Mapping[str, Tag]


def providers_of(pool: Resource, resources: Resources, declared: Mapping[str, str]) -> list[Provider]:
    """Return the providers of an identity pool whose tags differ; one without tags if the pool has no mapping.

    `declared` are the formats of claims from the options of the analysis.

    Raises:
        ValueError: If a format cannot be parsed.
    """
    of_trigger = frozenset[str]().union(*(each.of_trigger for each in resources.all))
    forms = _Forms(in_templates=_declared_in(resources), declared=declared, of_trigger=of_trigger)
    found: dict[str, dict[str, Tag]] = {}
    pools = {each.id for each in resources.of("AWS::Cognito::IdentityPool")}
    for mapping in resources.of(_MAPPING):
        if text_of(mapping.get("IdentityPoolId")) not in pools:
            resources.gap(
                f"{mapping.name} sets the principal tags of an identity pool that the templates do not determine: it "
                "may be any of theirs; write the pool's Ref as its IdentityPoolId"
            )
        if mapping.get("IdentityPoolId") == pool.id:
            name = str(mapping.get("IdentityProviderName"))
            for tag, claim in _claims(mapping, resources):
                found.setdefault(name, {})[tag] = _tag(claim, name, pool, resources, forms)
            found.setdefault(name, {})
    others = [name for name in _names(pool) if name not in found]
    if others or not found:
        found.setdefault(others[0] if others else "", {})
    distinct: dict[tuple[tuple[str, Tag], ...], str] = {}
    for name, tags in found.items():
        distinct.setdefault(tuple(sorted(tags.items(), key=lambda each: each[0])), name)
    many = len(distinct) > 1
    return [Provider(name=readable(name) if many else "", tags=dict(tags)) for tags, name in distinct.items()]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Forms:
    """The formats of claims, by claim.

    Args:
        in_templates: The formats in the templates' metadata.
        declared: The formats in the options of the analysis, which also vouch for the source of the claim.
        of_trigger: The claims whose formats in the templates' metadata hold by a token trigger alone.
    """

    in_templates: Mapping[str, str]
    declared: Mapping[str, str]
    of_trigger: frozenset[str]

    def of(self, claim: str) -> str | None:
        return self.declared.get(claim, self.in_templates.get(claim))


def _declared_in(resources: Resources) -> dict[str, str]:
    """Return the formats of claims that the templates' metadata declares; two formats of one claim are a gap."""
    found: dict[str, str] = {}
    for resource in resources.all:
        for claim, form in resource.claims.items():
            if found.setdefault(claim, form) != form:
                resources.gap(
                    f"{resource.name} declares the form {form!r} of the claim {claim!r}, and another resource "
                    f"{found[claim]!r}: which of the two its values have is not known"
                )
    return found


def _names(pool: Resource) -> Iterator[str]:
    """Yield the names of a pool's providers."""
    for each in as_list(pool.get("CognitoIdentityProviders")):
        yield str(each.get("ProviderName") if isinstance(each, Mapping) else each)
    logins = pool.get("SupportedLoginProviders")
    yield from map(str, logins if isinstance(logins, Mapping) else as_list(logins))
    yield from map(str, as_list(pool.get("OpenIdConnectProviderARNs")))
    yield from map(str, as_list(pool.get("SamlProviderARNs")))
    if pool.get("DeveloperProviderName"):
        yield str(pool.get("DeveloperProviderName"))


def _claims(mapping: Resource, resources: Resources) -> Iterator[tuple[str, str]]:
    """Yield each tag in lower case and the claim it is set from."""
    defaults = mapping.get("UseDefaults")
    if is_true(defaults):
        yield from DEFAULTS.items()
    elif may_be_true(defaults):
        resources.gap(
            f"{mapping.name} sets the default principal tags if {readable(str(defaults))} is true: not known; write "
            "true or false as UseDefaults"
        )
    given = mapping.get("PrincipalTags") or {}
    if isinstance(given, Mapping):
        yield from ((str(tag).lower(), str(claim)) for tag, claim in given.items())
    else:
        resources.gap(f"{mapping.name} takes its principal tags from {given}: not seen")


def _tag(claim: str, provider: str, pool: Resource, resources: Resources, forms: _Forms) -> Tag:
    mark = chr(_FIRST_MARK + sorted(_every_claim(resources)).index(claim))
    user_pool = _user_pool(provider, resources)
    is_user_pool = user_pool is not None or provider.startswith("cognito-idp.")
    if claim == "sub" and is_user_pool:
        return Tag(claim=claim, form=SUB)
    shown = f"--claim '{claim}=[a-z0-9-]{{3,36}}'"
    doubt = f"owners are told apart by the claim {claim!r}, whose form is not known: declare it, such as {shown}"
    if claim == "aud":
        clients = _clients(pool, provider)
        forged = "the claim 'aud' names the app client, which is the same for everyone who signs in with it"
        form = undeclared_form(claim, mark, doubt)
        value = clients[0] if len(clients) == 1 else ""
        return Tag(claim=claim, form=form, forged=forged, writable=not value, value=value)
    pattern = forms.of(claim)
    form = undeclared_form(claim, mark, doubt) if pattern is None else declared_form(claim, pattern, mark)
    if claim in writable_claims(user_pool, resources) if user_pool else (pattern is None and may_be_written(claim)):
        forged = (
            f"the tag comes from the claim {claim!r}, which users can write; map it to 'sub', or take the attribute "
            "from every client's write list"
        )
        return Tag(claim=claim, form=form, forged=forged, writable=True, optional=True)
    filling = _filling(claim, provider, user_pool, resources)
    # For a trigger, the template's declaration is enough: it is the team's code. Others run a provider.
    vouched = forms.declared if filling else {*forms.declared, *forms.in_templates}
    filling = filling or _trigger_filling(user_pool)
    if filling and claim not in vouched:
        doubt = f"{filling} fills the claim {claim!r}: if it can be trusted with it, declare its form, such as {shown}"
        form = undeclared_form(claim, mark, doubt)
    if claim in forms.of_trigger - forms.declared.keys() and user_pool is not None and not filling:
        doubt = (
            f"the form of the claim {claim!r} is kept by a token trigger, and {user_pool.name} has none: add a "
            f"PreTokenGeneration trigger that refuses other values, or declare the form, such as {shown}"
        )
        form = undeclared_form(claim, mark, doubt)
    client = writing_client(claim, user_pool, resources)
    if client:
        form = undeclared_form(claim, mark, client)
    # Every ID token has a `sub` (OpenID Connect Core 1.0, section 2).
    return Tag(claim=claim, form=form, optional=claim != "sub")


def _every_claim(resources: Resources) -> set[str]:
    """Return the claims that some tag is set from."""
    given = [mapping.get("PrincipalTags") for mapping in resources.of(_MAPPING)]
    claims = {str(claim) for each in given if isinstance(each, Mapping) for claim in each.values()}
    return claims | set(DEFAULTS.values())


def _clients(pool: Resource, provider: str) -> list[str]:
    """Return the clients of a provider whose tokens an identity pool accepts."""
    return [
        str(each.get("ClientId") if isinstance(each, Mapping) else each)
        for each in as_list(pool.get("CognitoIdentityProviders"))
        if not isinstance(each, Mapping) or str(each.get("ProviderName")) == provider
    ]


def _user_pool(provider: str, resources: Resources) -> Resource | None:
    """Return the user pool of the templates with a provider's name."""
    return next((each for each in resources.of(_USER_POOL) if each.id in provider), None)


def _filling(claim: str, provider: str, user_pool: Resource | None, resources: Resources) -> str:
    """Return who sets, or may set, a claim other than the team's code: a provider; empty for none."""
    if user_pool is None:
        return f"the identity provider {readable(provider)}, which is not in the templates,"
    for each in resources.of("AWS::Cognito::UserPoolIdentityProvider"):
        mapping = each.get("AttributeMapping")
        may_fill = claim in mapping if isinstance(mapping, Mapping) else mapping is not None
        if may_be_of(each, user_pool, resources) and may_fill:
            return f"the identity provider {each.name}"
    return ""


def _trigger_filling(user_pool: Resource | None) -> str:
    """Return the trigger that may set a claim of a user pool's tokens; empty for none."""
    if user_pool is None:
        return ""
    triggers = user_pool.get("LambdaConfig")
    if triggers is not None and not isinstance(triggers, Mapping):
        return f"the LambdaConfig of {user_pool.name}, {readable(str(triggers))}, may have a trigger that"
    tokens = [name for name in triggers or () if str(name).startswith("PreTokenGeneration")]
    return f"the trigger {tokens[0]} of {user_pool.name}" if tokens else ""


def forgeable_claims(resources: Resources) -> frozenset[str]:
    """Return the claims that the users of some user pool can write."""
    found = {claim for pool in resources.of(_USER_POOL) for claim in writable_claims(pool, resources)}
    elsewhere = not list(resources.of(_CLIENT))
    return frozenset(found | {claim for claim in _every_claim(resources) if elsewhere and may_be_written(claim)})
