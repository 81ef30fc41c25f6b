"""The handler of a channel namespace: a fixed program with a list of rules. Imports no other module of this library.

IAM ends at the namespace ("Actions, resources, and condition keys for AWS AppSync": `channelNamespace` is the narrowest
resource of `EventPublish` and `EventSubscribe`), so this program, which AppSync runs after it has authorized a request,
enforces the owners of channels ("Process real-time events with AWS AppSync event handlers"). The constructs write it,
and the analysis reads it: any deviation makes it an unknown program.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


IDENTITY: Final = "{identity}"
"""A segment that is the caller's identity ID without its region: a segment may have no colon in it."""
OWNER_SUB: Final = "{sub}"
"""A segment that is the `sub` of the caller's token."""
CLAIM: Final = "{claim}"
"""The prefix of a claim's name, for a segment that is its value in the caller's token."""
ANY: Final = "{any}"
"""A segment with any value except a wildcard."""
_LITERAL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?")
_VERBS: Final = ("publish", "subscribe")
_KINDS: Final = ("role", "user", "group")

_BEFORE: Final = """\
// Written from the access rules of a Channels construct: change those. See "Channels" in cognito-app-constructs.
import { util } from '@aws-appsync/utils'

const RULES = """
_AFTER: Final = """

function roleOf(identity) {
  const parts = identity.userArn ? identity.userArn.split('/') : []
  return parts.length === 3 && parts[0].endsWith(':assumed-role') ? parts[1] : null
}

function isOf(identity, kind, name) {
  if (kind === 'role') {
    return roleOf(identity) === name
  }
  const claims = identity.claims
  if (!claims || !(claims['cognito:username'] || claims.username)) {
    return false
  }
  if (kind === 'user') {
    return true
  }
  for (const group of claims['cognito:groups'] || []) {
    if (group === name) {
      return true
    }
  }
  return false
}

function own(identity, part) {
  if (part === '{identity}') {
    return identity.cognitoIdentityId ? identity.cognitoIdentityId.split(':')[1] : null
  }
  if (!identity.claims) {
    return null
  }
  return part === '{sub}' ? identity.sub : identity.claims[part.slice(7)]
}

function covers(rule, identity, segments) {
  if (segments.length <= rule.segments.length) {
    return false
  }
  let place = 0
  for (const part of rule.segments) {
    const segment = segments[place]
    const wanted = part === '{any}' ? segment : part.startsWith('{') ? own(identity, part) : part
    if (!segment || segment === '*' || segment !== wanted) {
      return false
    }
    place = place + 1
  }
  return true
}

function check(ctx, verb) {
  const identity = ctx.identity || {}
  const segments = ctx.info.channel.segments
  for (const rule of RULES) {
    if (rule.verb === verb && isOf(identity, rule.kind, rule.name) && covers(rule, identity, segments)) {
      return
    }
  }
  util.unauthorized()
}

export function onSubscribe(ctx) {
  check(ctx, 'subscribe')
}

export function onPublish(ctx) {
  check(ctx, 'publish')
  return ctx.events
}
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class HandlerRule:
    """The access of callers to channels of a namespace.

    Args:
        segments: The first segments of the channel, the namespace first: names, IDENTITY, OWNER_SUB, ANY, or CLAIM and
            the name of a claim. At least one more segment must follow.
        verb: `publish` or `subscribe`.
        kind: `role`: callers who sign requests with a role's credentials. `user`: callers with a token of the user
            pool. `group`: callers with a token that names the group.
        name: The role's or the group's name; empty for a user.
    """

    segments: tuple[str, ...]
    verb: str
    kind: str
    name: str = ""


def write_handler(rules: Sequence[HandlerRule]) -> str:
    """Return the program with these rules, in their order."""
    rows = (
        {"verb": rule.verb, "kind": rule.kind, "name": rule.name, "segments": list(rule.segments)} for rule in rules
    )
    written = ",\n".join(f"  {json.dumps(row, ensure_ascii=False)}" for row in rows)
    return f"{_BEFORE}[\n{written}\n]{_AFTER}"


def read_handler(code: str) -> tuple[HandlerRule, ...] | None:
    """Return the rules of a program that `write_handler` has written; None for any other program."""
    try:
        rows = json.loads(code[len(_BEFORE) : -len(_AFTER)])
        rules = tuple(_rule(row) for row in rows)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None
    # Only the exact text counts: JSON and JavaScript read a duplicate key differently, for example.
    return rules if write_handler(rules) == code else None


def _rule(row: dict[str, object]) -> HandlerRule:
    segments, verb, kind, name = (row[key] for key in ("segments", "verb", "kind", "name"))
    if not isinstance(segments, list) or not isinstance(name, str) or verb not in _VERBS or kind not in _KINDS:
        raise ValueError(row)
    if not segments or not all(isinstance(each, str) and _is_segment(each) for each in segments):
        raise ValueError(row)
    return HandlerRule(segments=tuple(segments), verb=str(verb), kind=str(kind), name=name)


def _is_segment(text: str) -> bool:
    known = text in {IDENTITY, OWNER_SUB, ANY} or (text.startswith(CLAIM) and text != CLAIM)
    return known or _LITERAL.fullmatch(text) is not None
