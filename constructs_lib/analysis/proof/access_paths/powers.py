"""What a role can do besides reaching owned data, and the trusted code that others might make act."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.analysis.model.callers import NO_POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.analysis.iam.policies import Policy, Statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Power:
    """What a role can do with one service besides reaching owned data, such as escalating privileges.

    Args:
        words: The end of the sentence "the role may ...".
        certain: Whether the role's policies allow it for certain, and it is certain to help.
        statement: A statement that allows it; None if no policy does.
        path: The path to owned data that it uses; empty if it escalates privileges.
    """

    words: str
    certain: bool = False
    statement: Statement | None = None
    path: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeTarget:
    """Trusted code, and one way to choose what it does: to write it, what it reads, or the event that it runs with.

    Args:
        service: The IAM prefix of the actions that do it.
        words: The end of the sentence "the role may ...".
        allows: Whether a statement may allow it.
        policy: The policy of the resource that the actions use.
    """

    service: str
    words: str
    allows: Callable[[Statement], bool]
    policy: Policy = NO_POLICY
