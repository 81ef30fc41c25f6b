"""Verified callers of a Python service, by tokens of the user pool or a load balancer's headers.

For any service, in a container, on a server or in a function: an ASGI middleware (FastAPI, Starlette), a WSGI one, or
`UserPool.verify(token)` alone. It needs the extra `service`, and neither the CDK nor the rest of this library: in a
service's image `pip install --no-deps cognito-app-constructs` beside `pyjwt[crypto]` is enough.

    pool = UserPool("eu-west-1_AbCdEfGhI", client_ids=["2pnbq..."])
    app = VerifiedCallers(app, sources=[pool])
"""

from constructs_lib.verified.asgi import VerifiedCallers
from constructs_lib.verified.balancer import LoadBalancer
from constructs_lib.verified.caller import Caller, Source
from constructs_lib.verified.logout import signed_out
from constructs_lib.verified.refusals import CallerError, Forbidden, KeysUnavailable, Refused
from constructs_lib.verified.user_pool import UserPool
from constructs_lib.verified.wsgi import VerifiedCallersWsgi

__all__ = [
    "Caller", "CallerError", "Forbidden", "KeysUnavailable", "LoadBalancer", "Refused", "Source", "UserPool",
    "VerifiedCallers", "VerifiedCallersWsgi", "signed_out",
]  # fmt: skip
