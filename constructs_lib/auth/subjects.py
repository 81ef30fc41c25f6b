"""Which subjects of rules can exist under an Auth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.access import Subject, SubjectKind

if TYPE_CHECKING:
    from collections.abc import Collection


def check_subject(subject: Subject, *, guests: bool, owner: str, groups: Collection[str]) -> None:
    """Refuse a subject that cannot exist.

    Args:
        subject: Who a rule speaks of.
        guests: Whether guests get credentials.
        owner: What owners are known by, "identity" or "sub".
        groups: The groups there are.

    Raises:
        ValueError: For a guest without guests, a guest owner under "sub", or an unknown group.
    """
    if subject.kind in {SubjectKind.GUEST, SubjectKind.GUEST_OWNER} and not guests:
        raise ValueError(f"a rule speaks of a {subject}, but guests are off: write Auth(..., guests=True) or drop it")
    if subject.kind is SubjectKind.GUEST_OWNER and owner == "sub":
        raise ValueError(
            "a guest has no user-pool sub and can own nothing under owner='sub': use Auth(owner='identity')"
        )
    if subject.kind is SubjectKind.GROUP and subject.name not in groups:
        known = ", ".join(map(repr, groups)) or "none"
        raise ValueError(
            f"a rule speaks of {subject}, which this Auth does not have (it has {known}): "
            f'write Auth(..., groups=[Group("{subject.name}")])'
        )
