"""Requests to shares, from an HTTP API or a REST API.

Routes: `GET /shares?limit=&after=`, `POST /shares`, `DELETE /shares/{share_id}` for editors of public content,
`DELETE /users/{owner}/shares/{share_id}` for a share's owner. IAM authorizes every route.

Environment: `SHARES_TABLE`, the table's name; `OWNER`, `identity` (the default) or `sub`, the owner value, as in
`Auth(owner=...)`; `CORS_ORIGINS`, comma-separated origins, which a REST API's functions must return themselves (an
HTTP API adds the headers).
"""

import os
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler.api_gateway import (
    APIGatewayHttpResolver,
    APIGatewayRestResolver,
    CORSConfig,
    Response,
    Router,
)
from aws_lambda_powertools.event_handler.exceptions import (
    BadRequestError,
    ForbiddenError,
    NotFoundError,
)
from caller import Caller

from shares import logic

logger: Final = Logger(service="shares")
router: Final = Router()  # type: ignore[no-untyped-call]  # untyped in Powertools
http: Final = APIGatewayHttpResolver()
_origins: Final = [origin for origin in os.environ.get("CORS_ORIGINS", "").split(",") if origin]
rest: Final = APIGatewayRestResolver(
    cors=CORSConfig(allow_origin=_origins[0], extra_origins=_origins[1:]) if _origins else None
)


@router.get("/shares")
def list_shares() -> dict[str, Any]:
    """Return one page, newest first."""
    event = router.current_event
    return logic.list_page(
        limit=event.get_query_string_value("limit"),
        after=event.get_query_string_value("after"),
        viewer=_owner(),
    )


@router.post("/shares")
def add_share() -> tuple[dict[str, Any], int]:
    """Add the share that the body describes."""
    owner = _owner()
    if owner is None:
        raise ForbiddenError("sign in to share a document")
    try:
        body = router.current_event.json_body
    except (ValueError, RecursionError) as error:
        # RecursionError: brackets nested deeper than Python's parser allows.
        raise BadRequestError("the body must be JSON") from error
    share = logic.share(logic.NewShare.parse(body), owner=owner)
    logger.info("shared", share_id=share["share_id"])
    return share, HTTPStatus.CREATED


@router.delete("/shares/<share_id>")
def remove_any(share_id: str) -> Response[str]:
    """Remove a share of any owner."""
    return _removed(share_id, owner=None)


@router.delete("/users/<owner>/shares/<share_id>")
def remove_own(owner: str, share_id: str) -> Response[str]:
    """Remove one of the caller's own shares."""
    # IAM lets an owner reach only their own path; this check also holds under a token authorizer.
    if owner != _owner():
        raise ForbiddenError("these shares are another user's")
    return _removed(share_id, owner=owner)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Handle a request; the Lambda entry point."""
    app = http if event.get("version") == "2.0" else rest
    return app.resolve(event, context)


def _removed(share_id: str, *, owner: str | None) -> Response[str]:
    if not logic.unshare(share_id, owner=owner):
        raise NotFoundError("there is no such share")
    logger.info("removed", share_id=share_id)
    return Response(status_code=HTTPStatus.NO_CONTENT, body="")


def _owner() -> str | None:
    return Caller.of(router.current_event.raw_event).owner(os.environ.get("OWNER", "identity"))


def _invalid(error: logic.InvalidError) -> Response[dict[str, Any]]:
    status = HTTPStatus.BAD_REQUEST
    return Response(
        status_code=status,
        content_type="application/json",
        body={"statusCode": int(status), "message": str(error)},
    )


for app in (http, rest):
    app.include_router(router)
    answer: Callable[..., Any] = app.exception_handler(logic.InvalidError)
    answer(_invalid)
