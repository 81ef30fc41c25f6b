"""Resources of all services without a specific kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from constructs_lib.analysis.model.kinds import kinds
from constructs_lib.analysis.model.named_resources import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class AnyService(Named):
    """The resources of one service, region and account, known only by their actions and ARNs."""

    kind: ClassVar = "resources"

    @classmethod
    def handles(cls, service: str) -> bool:
        """Return whether no other kind covers a service's resources."""
        return not any(
            issubclass(kind, Named) and not issubclass(kind, AnyService) and kind.handles(service) for kind in kinds()
        )
