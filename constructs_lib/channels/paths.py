"""Channel paths and their rules. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from constructs_lib.access.folder_checks import check_subject_at
from constructs_lib.access.language import OWNER, OWNERS, everyone_options, kept_by
from constructs_lib.access.value_formats import Form, may_be_equal
from constructs_lib.actions import CHANNEL_VERBS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from constructs_lib.access import Rule


_LONGEST: Final = 50
_OWNER: Final = Form.parse("[0-9a-f-]{36}")
"""An owner's ID in a channel: a `sub`, or an identity-pool ID without its region and the colon."""
_SEGMENT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,48}[A-Za-z0-9])?")
"""A namespace's name (AppSync API reference, `ChannelNamespace`); a channel's other segments have the same form."""
_SEGMENTS: Final = 5
"""The maximum number of segments of a channel ("Understanding channel namespaces", AppSync Events developer guide)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelPath:
    """The channels below a path.

    Args:
        segments: The names between the slashes, the namespace first and without the closing `/*`; `{owner}` is the
            caller, `{tenant}` the caller's tenant.
    """

    segments: tuple[str, ...]

    @classmethod
    def parse(cls, path: str, forms: Mapping[str, Form]) -> ChannelPath:
        """Parse a path such as `/private/{owner}/*`.

        `forms` are those of each placeholder's values.

        Raises:
            ValueError: For a path that AppSync does not support, that begins with a placeholder, or that names one
                twice or after `{owner}`.
        """
        if not path.startswith("/") or not path.endswith("/*") or "//" in path or path == "/*":
            raise _bad(path, "does not begin with '/' and end in '/*'", f"/{path.strip('/*') or 'news'}/*")
        segments = tuple(path.removeprefix("/").removesuffix("/*").split("/"))
        if len(segments) >= _SEGMENTS:
            raise _bad(path, "has more than 5 segments, which AppSync rejects", f"/{'/'.join(segments[:4])}/*")
        for segment in segments:
            name = segment[1:-1]
            if segment.startswith("{") and segment.endswith("}"):
                _check_placeholder(path, name, forms)
            elif not _SEGMENT.fullmatch(segment):
                plain = re.sub(r"[^A-Za-z0-9-]+", "", segment).strip("-")[:_LONGEST] or "news"
                why = f"has the segment {segment!r}, and AppSync allows 1 to 50 letters, digits and inner hyphens"
                raise _bad(path, why, path.replace(segment, plain, 1))
        found = cls(segments=segments)
        names = found.placeholders
        if segments[0].startswith("{"):
            raise _bad(path, f"begins with {segments[0]}, in place of the namespace", f"/private{path}")
        if len(set(names)) < len(names) or OWNER in names[:-1]:
            once = [name for name in dict.fromkeys(names) if name != OWNER] + [OWNER] * (OWNER in names)
            right = "/".join([segments[0], *(f"{{{name}}}" for name in once)])
            raise _bad(path, "has a placeholder more than once, or one after {owner}", f"/{right}/*")
        return found

    @property
    def namespace(self) -> str:
        """The channel namespace it is in."""
        return self.segments[0]

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return tuple(segment[1:-1] for segment in self.segments if segment.startswith("{"))

    @property
    def claims(self) -> tuple[str, ...]:
        """The keys of the claims in the path."""
        return tuple(name for name in self.placeholders if name != OWNER)

    def segments_for(self, rule: Rule, values: Mapping[str, str], *, opened: str) -> tuple[str, ...]:
        """Return the segments for a rule.

        `values` are those of each placeholder that stays the caller's own, and `opened` that of one that the rule
        opens.
        """
        kept = self.placeholders[: kept_by(self.placeholders, rule)]
        return tuple(
            (values[name] if (name := segment[1:-1]) in kept else opened) if segment.startswith("{") else segment
            for segment in self.segments
        )

    def pattern(self, values: Mapping[str, str]) -> str:
        """Return the channels as a pattern, with values instead of placeholders."""
        return "/".join(values[each[1:-1]] if each.startswith("{") else each for each in self.segments) + "/*"

    def __str__(self) -> str:
        """Return the path as it was written."""
        return f"/{'/'.join(self.segments)}/*"


def parse_channels(
    access: Mapping[str, Sequence[Rule]], forms: Mapping[str, Form]
) -> dict[ChannelPath, tuple[Rule, ...]]:
    """Parse and check a whole access map.

    `forms` are those of each placeholder's values.

    Raises:
        ValueError: For a bad path, a rule that would implicitly open an owner's channels, a verb that channels do not
            support, or two paths that share channels.
    """
    forms = {**forms, OWNER: _OWNER}
    if not access:
        raise ValueError("access={} has no channel; add at least one path, such as '/news/*'")
    paths = {ChannelPath.parse(path, forms): tuple(rules) for path, rules in access.items()}
    for path, rules in paths.items():
        for rule in rules:
            _check_rule(path, rule)
    for one, other in combinations(paths, 2):
        if _meet(one, other, forms):
            raise ValueError(
                f"{str(one)!r} and {str(other)!r} share channels, so a subscriber to the '*' of the outer path would "
                "receive the events of the inner one; move one of them to another namespace"
            )
    return paths


def _check_placeholder(path: str, name: str, forms: Mapping[str, Form]) -> None:
    if name not in forms:
        known = ", ".join(f"{{{each}}}" for each in forms)
        raise ValueError(
            f"channel path {path!r} contains {{{name}}}, and the placeholders here are {known}; write one of these, "
            "or declare the claim with Auth(claims=...) or {tenant} with Auth(tenant=Tenant())"
        )
    form = forms[name]
    strange = {each for each in form.alphabet if not (each.isascii() and (each.isalnum() or each == "-"))}
    if strange or form.most > _LONGEST:
        raise ValueError(
            f"channel path {path!r} contains {{{name}}}, whose form {form.text!r} does not fit a channel's segment of "
            "up to 50 letters, digits and inner hyphens; restrict the claim's form, or remove the placeholder"
        )


def _check_rule(path: ChannelPath, rule: Rule) -> None:
    where, subject = repr(str(path)), rule.subject
    if wrong := sorted(rule.verbs - set(CHANNEL_VERBS)):
        raise ValueError(
            f"the rule for {subject} on {where} has the verb {wrong[0].value!r}, which channels do not have; use "
            f"{', '.join(CHANNEL_VERBS)}"
        )
    body = "/".join(path.segments)
    owned = f"/{body}/{{{OWNER}}}/*"
    claimed = f"/{path.namespace}/{{{subject.name}}}/*"
    check_subject_at(where, path.placeholders, rule, with_owner=owned, with_claim=claimed)
    if OWNER in path.placeholders and subject.kind not in OWNERS and not rule.everyone:
        raise ValueError(
            f"the rule for {subject} on {where} would open the channels of every owner; write allow.{subject}.to(..., "
            f"{everyone_options(path.claims)}) if this is intended, or use allow.owner"
        )
    if rule.everyone and kept_by(path.placeholders, rule) == len(path.placeholders):
        raise ValueError(
            f"everyone={rule.everyone!r} on {where} has no effect, because the path has no placeholder that it opens; "
            "remove it"
        )


def _meet(one: ChannelPath, other: ChannelPath, forms: Mapping[str, Form]) -> bool:
    """Return whether some channel, or a subscription with a wildcard, is below both paths."""
    return all(may_be_equal(mine, its, forms) for mine, its in zip(one.segments, other.segments, strict=False))


def _bad(path: str, why: str, fix: str) -> ValueError:
    return ValueError(f"channel path {path!r} {why}; write {fix!r}")
