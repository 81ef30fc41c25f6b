"""The services of a guest's session policy in the enhanced flow, regardless of the role; without imports.

An inline and a managed session policy limit the credentials of unauthenticated identities; an action that either lists
can be granted to guests. Neither applies in the classic flow. Sources: "Identity pools authentication flow" (Amazon
Cognito developer guide) and the managed policy AmazonCognitoUnAuthedIdentitiesSessionPolicy, version 4 of 2026-05-01.

The list has a separate file, because the emulator of the local cloud reads it in an environment without this package.
"""

import json
from importlib.resources import files
from typing import Final

GUEST_ACTIONS: Final[tuple[str, ...]] = tuple(
    json.loads(files("constructs_lib").joinpath("guest_actions.json").read_text(encoding="utf-8"))
)
"""Patterns of the actions that a guest's session can allow."""
