"""Who has taken what of a pool that several constructs may share: its attachment, its group names, its precedences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

if TYPE_CHECKING:
    from constructs import IConstruct

_MARKER_ID: Final = "CognitoAppClaims"


class _Claims(Construct):
    """Stands below the app, without a resource, and remembers who took what."""

    def __init__(self, root: IConstruct) -> None:
        super().__init__(root, _MARKER_ID)  # type: ignore[arg-type]  # jsii types the root as an interface
        self.takers: dict[tuple[str, str, object], str] = {}


def claim(scope: Construct, pool_id: str, kind: str, what: object = "") -> str | None:
    """Take something of a pool, unless it is taken.

    Args:
        scope: Who takes it.
        pool_id: The pool, by its ID or the token that stands for it.
        kind: The kind of thing, such as "precedence".
        what: Which of that kind.

    Returns:
        The path of the construct that took it before; None if it was free.
    """
    root = scope.node.root
    claims = root.node.try_find_child(_MARKER_ID)
    if not isinstance(claims, _Claims):
        claims = _Claims(root)
    taker = claims.takers.setdefault((pool_id, kind, what), scope.node.path)
    return None if taker == scope.node.path else taker
