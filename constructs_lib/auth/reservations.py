"""What only one construct of an app may have: a pool's role attachment, group names and precedences, policies' IDs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from constructs import Construct

if TYPE_CHECKING:
    from constructs import IConstruct

_MARKER_ID: Final = "CognitoAppClaims"


class _Reserved(Construct):
    """A construct below the app, without a resource, that records reservations."""

    def __init__(self, root: IConstruct) -> None:
        super().__init__(root, _MARKER_ID)  # type: ignore[arg-type]  # jsii types the root as an interface
        self.makers: dict[tuple[str, str, object], str] = {}


class Reservations:
    """The reservations of one construct.

    Args:
        scope: The construct.
    """

    def __init__(self, scope: IConstruct) -> None:
        node = scope.node
        root = node.root
        reserved = root.node.try_find_child(_MARKER_ID)
        self.path = node.path
        """The construct's path."""
        self._makers = (reserved if isinstance(reserved, _Reserved) else _Reserved(root)).makers

    def reserve(self, pool_id: str, kind: str, value: object = "") -> str | None:
        """Reserve a part of a pool, unless another construct has.

        The kind is "precedence", for example.

        Returns:
            The path of the construct that reserved it before; None if it was free.
        """
        maker = self._makers.setdefault((pool_id, kind, value), self.path)
        return None if maker == self.path else maker
