"""Who has taken what of a pool that several constructs may share: its attachment, its group names, its precedences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

if TYPE_CHECKING:
    from constructs import IConstruct

_MARKER_ID: Final = "CognitoAppClaims"


class _Taken(Construct):
    """Stands below the app, without a resource, and remembers who took what."""

    def __init__(self, root: IConstruct) -> None:
        super().__init__(root, _MARKER_ID)  # type: ignore[arg-type]  # jsii types the root as an interface
        self.takers: dict[tuple[str, str, object], str] = {}


class Claims:
    """What one construct takes of pools.

    Args:
        scope: Who takes it.
    """

    def __init__(self, scope: Construct) -> None:
        node = scope.node
        root = node.root
        taken = root.node.try_find_child(_MARKER_ID)
        self.path = node.path
        """Who takes it, by its path."""
        self._takers = (taken if isinstance(taken, _Taken) else _Taken(root)).takers

    def take(self, pool_id: str, kind: str, what: object = "") -> str | None:
        """Take something of a pool, unless it is taken.

        Args:
            pool_id: The pool, by its ID or the token that stands for it.
            kind: The kind of thing, such as "precedence".
            what: Which of that kind.

        Returns:
            The path of the construct that took it before; None if it was free.
        """
        taker = self._takers.setdefault((pool_id, kind, what), self.path)
        return None if taker == self.path else taker
