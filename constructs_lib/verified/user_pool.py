"""Tokens of a user pool: `Authorization: Bearer ...`, or the token alone."""

import re
from collections.abc import Collection, Mapping
from typing import Any, Final, Literal

from constructs_lib.argument_checks import checked
from constructs_lib.verified.caller import Caller, Headers, only, texts
from constructs_lib.verified.https_document import check_url
from constructs_lib.verified.jose import claims_of, header_of, text
from constructs_lib.verified.pool_keys import PoolKeys
from constructs_lib.verified.refusals import Refused

_POOL_ID: Final = re.compile(r"(?P<region>[a-z]{2,4}(?:-[a-z]+)+-\d+)_[A-Za-z0-9]+")
_CLIENT_ID: Final = re.compile(r"[A-Za-z0-9_+]{1,128}")
"""Cognito's `ClientIdType`."""
_BEARER: Final = re.compile(r"bearer +(?P<token>[A-Za-z0-9._=-]+)", re.IGNORECASE)
_SUFFIXES: Final = {"cn": "amazonaws.com.cn", "eusc": "amazonaws.eu"}
_ISOLATED: Final = ("us-iso", "us-isob", "eu-isoe", "us-isof")


class UserPool:
    """Verifies the tokens of one user pool, of the app clients named and of no others.

    Checks the signature (RS256, by a key that the pool publishes), issuer, app client, token use and validity period. A
    revoked token stays valid here until it expires, as for API Gateway: use short-lived access tokens, or call Cognito
    if revocation matters.

    Args:
        user_pool_id: The pool's ID, such as `eu-west-1_AbCdEfGhI`.
        client_ids: The app clients whose tokens are accepted.
        use: `access`: access tokens, which have scopes and are intended for authorization. `id`: ID tokens, which have
            the user's attributes. Default: access tokens; the other kind is refused.
        tenant_claim: The claim for `Caller.tenant`, such as `custom:tenant`; no client may write it. A token without it
            is refused. Default: `Caller.tenant` is None.
        audience: The resource that an access token must be bound to (RFC 8707). Default: tokens that are bound to
            another resource are refused.
        leeway: Seconds by which this machine's clock and Cognito's may differ, 60 at most. Default: 10.
        refetch_after: Seconds between two requests for the pool's keys because of an unknown key ID. Default: 60.
        issuer: The issuer of tokens. Default: Cognito in the pool's region.
        keys_url: The address of the pool's keys, `https://` or on this machine. Default: an address below the issuer's.

    Raises:
        ValueError: For an option that would accept unintended tokens, or none.
    """

    @checked
    def __init__(
        self,
        user_pool_id: str,
        *,
        client_ids: Collection[str],
        use: Literal["access", "id"] = "access",
        tenant_claim: str | None = None,
        audience: str | None = None,
        leeway: float = 10.0,
        refetch_after: float = 60.0,
        issuer: str | None = None,
        keys_url: str | None = None,
    ) -> None:
        if tenant_claim is not None and tenant_claim != "".join(tenant_claim.split()):
            raise ValueError(
                f"tenant_claim={tenant_claim!r} is not the name of a claim; write one such as 'custom:tenant'"
            )
        if not client_ids or not all(map(_CLIENT_ID.fullmatch, client_ids)):
            raise ValueError(
                f"client_ids={list(client_ids)!r} is not a list of app client IDs; name at least one, as in "
                "client_ids=['2pnbq...']"
            )
        if use == "id" and audience is not None:
            raise ValueError(
                f"audience={audience!r} applies to access tokens, because the audience of an ID token is its app "
                "client; remove it"
            )
        if not 0 <= leeway <= 60:  # noqa: PLR2004 - the docstring says it
            raise ValueError(
                f"leeway={leeway} is out of range, and a larger one would accept expired tokens; use 0 to 60 seconds"
            )
        if refetch_after < 1:
            raise ValueError(
                f"refetch_after={refetch_after} would let any caller cause requests to Cognito; use 1 or more"
            )
        self.use: Final = use
        self._tenant_claim = tenant_claim
        self._audience = audience
        self._leeway = float(leeway)
        self.client_ids: Final = frozenset(client_ids)
        self.issuer: Final = check_url("issuer", issuer) if issuer is not None else _issuer_of(user_pool_id)
        url = check_url("keys_url", keys_url) if keys_url is not None else f"{self.issuer}/.well-known/jwks.json"
        self._keys = PoolKeys(url, refetch_after=float(refetch_after))

    def verify(self, token: str) -> Caller:
        """Return the caller that a token proves.

        Args:
            token: The token alone, without `Bearer`.

        Raises:
            Refused: If the token is not one of this pool's, for these clients, of this kind, now.
            KeysUnavailable: If the pool's keys are unavailable.
        """
        key = self._keys.key_of(text(header_of(token, algorithm="RS256"), "kid"))
        claims = claims_of(
            token,
            key,
            algorithm="RS256",
            leeway=self._leeway,
            required=["exp", "iat", "iss", "sub", "token_use"],
            issuer=self.issuer,
        )
        if claims["token_use"] != self.use:
            raise Refused(f"the token is for {claims['token_use']!r:.100}; expected {self.use!r}")
        client = text(claims, "client_id" if self.use == "access" else "aud")
        if client not in self.client_ids:
            raise Refused(f"the token is of the app client {client!r:.100}")
        if self.use == "access":
            self._check_audience(claims, client)
        return Caller(
            sub=text(claims, "sub"),
            client_id=client,
            tenant=None if self._tenant_claim is None else text(claims, self._tenant_claim),
            groups=texts(claims, "cognito:groups"),
            scopes=frozenset(text(claims, "scope").split()) if "scope" in claims else frozenset(),
            claims=claims,
        )

    def caller_of(self, headers: Headers) -> Caller | None:
        """Return the caller of a request; None without an `Authorization` header.

        Raises:
            CallerError: As `verify`, and for another scheme than Bearer.
        """
        value = only(headers, "authorization")
        if value is None:
            return None
        found = _BEARER.fullmatch(value.strip(" "))
        if not found:
            raise Refused("the Authorization header has no Bearer token")
        return self.verify(found["token"])

    def _check_audience(self, claims: Mapping[str, Any], client: str) -> None:
        # Cognito developer guide, "Resource binding": `aud` is present only in a token that is bound to a resource, or
        # if a trigger set it to the token's client.
        expected = {None, client} if self._audience is None else {self._audience}
        audience = claims.get("aud")
        if not isinstance(audience, str | None) or audience not in expected:
            raise Refused(f"the access token is for {audience!r:.100}")


def _issuer_of(user_pool_id: str) -> str:
    found = _POOL_ID.fullmatch(user_pool_id)
    if not found:
        raise ValueError(
            f"user_pool_id={user_pool_id!r} is not the ID of a user pool; write one such as eu-west-1_AbCdEfGhI"
        )
    region = found["region"]
    if region.startswith(_ISOLATED):
        raise ValueError(
            f"user_pool_id={user_pool_id!r} is in {region}, whose issuer is not known here; set issuer=..."
        )
    suffix = _SUFFIXES.get(region.partition("-")[0], "amazonaws.com")
    return f"https://cognito-idp.{region}.{suffix}/{user_pool_id}"
