"""The headers of an Application Load Balancer that has signed a browser in with Cognito.

Source: Elastic Load Balancing, "Authenticate users using an Application Load Balancer", "User claims encoding and
signature verification": `x-amzn-oidc-data` is signed with ES256 by a key of the region, its header names the load
balancer as `signer`, and its segments may be padded. `x-amzn-oidc-identity` is unsigned and never read.
"""

import re
import time
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.argument_checks import checked
from constructs_lib.verified.balancer_keys import BalancerKeys
from constructs_lib.verified.caller import Caller, Headers, only
from constructs_lib.verified.https_document import check_url
from constructs_lib.verified.jose import claims_of, header_of, text
from constructs_lib.verified.refusals import Refused
from constructs_lib.verified.user_pool import UserPool

_ARN: Final = re.compile(
    r"arn:aws[a-z-]*:elasticloadbalancing:(?P<region>[a-z0-9-]+):\d{12}:loadbalancer/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}"
)
_GOVERNMENT: Final = "us-gov-"
_ELSEWHERE: Final = ("cn-", "us-iso", "eu-iso", "eusc-")


class LoadBalancer:
    """Verifies the claims of one load balancer about a signed-in browser, and the access token sent with them.

    The balancer removes these headers from client requests only if its rule authenticates users, so only the signature
    and `signer` prove them. The groups and scopes are those of the access token, whose `sub` must be the same.

    Args:
        arn: The load balancer's ARN, which its signature must name.
        pool: The user pool that it signs users in with; its `client_ids` must include the load balancer's app client.
        leeway: Seconds by which clocks may differ, 60 at most. Default: 10.
        refetch_after: Seconds between two requests for the same unknown key ID. Default: 60.
        keys_url: The address of the region's keys. Default: the address that AWS documents for the ARN's region.

    Raises:
        ValueError: For an ARN of anything but an Application Load Balancer, or a region whose keys' address is not
            documented.
    """

    @checked
    def __init__(
        self,
        arn: str,
        *,
        pool: UserPool,
        leeway: float = 10.0,
        refetch_after: float = 60.0,
        keys_url: str | None = None,
    ) -> None:
        found = _ARN.fullmatch(arn)
        if not found:
            raise ValueError(
                f"arn={arn!r} is not the ARN of an Application Load Balancer; write the ARN, not its name or URL"
            )
        if not 0 <= leeway <= 60:  # noqa: PLR2004 - the docstring says it
            raise ValueError(
                f"leeway={leeway} is out of range, and a larger one would accept expired tokens; use 0 to 60 seconds"
            )
        if refetch_after < 1:
            raise ValueError(
                f"refetch_after={refetch_after} would let any caller cause requests for keys; use 1 or more"
            )
        if pool.use != "access":
            raise ValueError(
                "pool accepts ID tokens, and a load balancer sends an access token; use UserPool(use='access')"
            )
        self._arn = arn
        self._pool = pool
        self._leeway = float(leeway)
        url = check_url("keys_url", keys_url) if keys_url is not None else _keys_url(found["region"])
        self._keys = BalancerKeys(url, refetch_after=float(refetch_after))

    def verify(self, *, data: str, access_token: str) -> Caller:
        """Return the caller whom the balancer signed in.

        Args:
            data: The header `x-amzn-oidc-data`.
            access_token: The header `x-amzn-oidc-accesstoken`.

        Raises:
            Refused: If they are not of this balancer, this pool and one user, or not currently valid.
            KeysUnavailable: If a required key is unavailable.
        """
        header = header_of(data, algorithm="ES256")
        self._check_header(header)
        # Before a key is requested over the network: only the pool's users may cause these requests.
        caller = self._pool.verify(access_token)
        if header["client"] != caller.client_id:
            raise Refused("the load balancer's claims and the access token are of different app clients")
        claims = self._claims_in(data, text(header, "kid"))
        if text(claims, "sub") != caller.sub:
            raise Refused("the load balancer's claims and the access token are of different users")
        return Caller(
            sub=caller.sub,
            client_id=caller.client_id,
            tenant=caller.tenant,
            groups=caller.groups,
            scopes=caller.scopes,
            # The access token's claims take precedence, because the pool itself has signed them.
            claims={**claims, **caller.claims},
        )

    def caller_of(self, headers: Headers) -> Caller | None:
        """Return the caller of a request; None if the load balancer sends none.

        Raises:
            CallerError: As `verify`, and if one of the two headers is missing.
        """
        data = only(headers, "x-amzn-oidc-data")
        if data is None:
            return None
        token = only(headers, "x-amzn-oidc-accesstoken")
        if token is None:
            raise Refused("x-amzn-oidc-data without x-amzn-oidc-accesstoken")
        return self.verify(data=data, access_token=token)

    def _claims_in(self, data: str, kid: str) -> dict[str, Any]:
        return claims_of(
            data,
            self._keys.key_of(kid),
            algorithm="ES256",
            leeway=self._leeway,
            required=["sub"],
            # The issuer is in the header; some load balancers repeat it among the claims.
            issuer=None,
        )

    def _check_header(self, header: Mapping[str, Any]) -> None:
        """Refuse another signer, pool, client or time. The signature, which covers the header, is checked next."""
        if header.get("signer") != self._arn:
            raise Refused(f"signed by {header.get('signer')!r:.200}")
        if header.get("iss") != self._pool.issuer:
            raise Refused(f"signed in at {header.get('iss')!r:.200}")
        if text(header, "client") not in self._pool.client_ids:
            raise Refused(f"signed in with the app client {header['client']!r:.100}")
        expiry = header.get("exp")
        if not isinstance(expiry, int | float) or not time.time() - self._leeway < expiry:
            raise Refused(f"expired at {expiry!r:.100}")


def _keys_url(region: str) -> str:
    if region.startswith(_GOVERNMENT):
        return f"https://s3-{region}.amazonaws.com/aws-elb-public-keys-prod-{region}"
    if region.startswith(_ELSEWHERE):
        raise ValueError(f"region {region} has no documented endpoint for load balancers' keys; set keys_url=...")
    return f"https://public-keys.auth.elb.{region}.amazonaws.com"
