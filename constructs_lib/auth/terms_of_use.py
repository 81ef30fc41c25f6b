"""Links to the terms of use and the privacy policy, which managed login shows at sign-up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from aws_cdk import aws_cognito as cognito

from constructs_lib.auth.value_checks import is_known
from constructs_lib.resource_limits import check_limits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs import Construct

Links: TypeAlias = "str | Mapping[str, str]"
_TYPE: Final = "AWS::Cognito::Terms"
_DEFAULT: Final = "default"


def check_links(option: str, links: Links) -> None:
    """Refuse links that managed login would not show.

    Raises:
        ValueError: For an unknown language, no default one, or an address without TLS.
    """
    if not isinstance(links, str) and _DEFAULT not in links:
        raise ValueError(
            f"{option}={dict(links)!r} does not contain the language 'default', which is used for all other "
            "languages; add it"
        )
    for language, address in _by_language(links).items():
        write = "use 'default', 'english', 'german' or another language of managed login"
        check_limits(f"language of {option}", language, _TYPE, "Links{key}", write=write)
        check_limits(option, address, _TYPE, "Links{}")
        if is_known(address) and not address.startswith("https://"):
            raise ValueError(f"{option}={address!r} does not begin with https://; write the whole URL of the page")


def create_terms(
    scope: Construct,
    user_pool: cognito.IUserPool,
    *,
    client_name: str,
    client_id: str,
    terms_of_use: Links,
    privacy_policy: Links,
) -> None:
    """Create a client's two documents; Cognito shows neither without the other."""
    for id, name, links in (
        ("TermsOfUse", "terms-of-use", terms_of_use),
        ("PrivacyPolicy", "privacy-policy", privacy_policy),
    ):
        cognito.CfnTerms(
            scope,
            f"{client_name}{id}",
            user_pool_id=user_pool.user_pool_id,
            client_id=client_id,
            terms_name=name,
            terms_source="LINK",
            enforcement="NONE",
            links=_by_language(links),
        )


def _by_language(links: Links) -> dict[str, str]:
    given = {_DEFAULT: links} if isinstance(links, str) else links
    return {f"cognito:{language}": address for language, address in given.items()}
