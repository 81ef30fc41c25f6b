"""Kinds of owner IDs: one entry each, the only definition that the constructs use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from constructs_lib.access.value_formats import Form
from constructs_lib.auth.trust_policies import identity_service

if TYPE_CHECKING:
    from collections.abc import Mapping

Owner: TypeAlias = Literal["identity", "sub"]
"""The value that identifies an owner: the identity-pool ID, or the user pool's `sub`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerKind:
    """One kind of owner ID.

    Args:
        form: The form of the IDs.
        claim: The user pool's claim that passes it to IAM, as a principal tag. None: it is the identity-pool ID, which
            needs no tag.
        tag: The tag's name: `owner`, by which reports recognise an owner. That of `sub` is older. None: as for `claim`.
        guests: Whether guests have one.
    """

    form: Form
    claim: str | None
    tag: str | None
    guests: bool

    def variable(self, region: str) -> str:
        """Return the IAM policy variable of the caller, for a stack of a region."""
        return tag_variable(self.tag) if self.tag else f"${{{identity_service(region)}:sub}}"

    @property
    def declared(self) -> dict[str, str]:
        """The form of its claim in the template; that of `sub` is Cognito's own."""
        return {self.claim: self.form.text} if self.claim and self.claim != "sub" else {}

    @property
    def tags(self) -> dict[str, str]:
        """The principal tags it requires, each with its claim."""
        return {self.tag: self.claim} if self.tag and self.claim else {}


OWNERS: Final[Mapping[str, OwnerKind]] = {
    # `REGION:GUID` (Amazon Cognito API reference, `IdentityId`).
    "identity": OwnerKind(form=Form.parse("[a-z0-9-]{4,40}:[0-9a-f-]{36}"), claim=None, tag=None, guests=True),
    "sub": OwnerKind(form=Form.parse("[0-9a-f-]{36}"), claim="sub", tag="sub", guests=False),
}


def tag_variable(tag: str) -> str:
    """Return the IAM policy variable of a principal tag."""
    return f"${{aws:PrincipalTag/{tag}}}"
