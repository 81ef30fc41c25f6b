"""Endpoints without IAM authorization: routes with no or other authorizers, function URLs, permissions, ACLs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.holder import Holder
    from constructs_lib.analysis.model.model import Model


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """An endpoint that can be called, or a bucket that an ACL opens.

    Attributes:
        arn: The ARN of the API, function or bucket.
        resource: Its name.
        where: The route, `URL`, `invoke`, or the ACL.
        auth: The authorization it requires: `none`, `api key`, `jwt`, `custom`, `iam` or `unknown`.
    """

    arn: str
    resource: str
    where: str
    auth: str

    @property
    def open(self) -> bool:
        """Whether anyone can call it; an API key counts calls and is not an identity (API Gateway developer guide)."""
        return self.auth in {"none", "api key"}

    @property
    def with_token(self) -> bool:
        """Whether a signed-in user's token is enough."""
        return self.auth == "jwt"


def endpoints(model: Model, *, by_iam: bool = False) -> Iterator[Endpoint]:
    """Yield every endpoint without IAM authorization.

    With `by_iam`, the routes with IAM authorization are included.
    """
    for holder in model.holders:
        for endpoint in holder.endpoints():
            if by_iam or endpoint.auth != "iam":
                yield Endpoint(arn=holder.arn, resource=holder.name, where=endpoint.where, auth=endpoint.auth)


def unseen_grants(model: Model, holder: Holder | None) -> Iterator[str]:
    """Yield possible grants on a resource outside the known policies: what the model did not see, and its ACLs."""
    yield from model.gaps
    if holder is not None:
        acls = (endpoint.where for endpoint in holder.endpoints() if endpoint.where.startswith("ACL"))
        yield from (f"{holder.name} has the {acl}, which is not evaluated" for acl in acls)
