"""Folder paths, the access that rules grant in them, and how paths nest. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from constructs_lib.access.language import OWNER, Rule, Subject, kept_by
from constructs_lib.access.value_formats import Form
from constructs_lib.actions import Verb
from constructs_lib.argument_checks import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

OWNER_SEGMENT: Final = "{owner}"
ANYTHING: Final = "*"
"""The wildcard for a placeholder in a resource that covers every value of it."""
ONLY_OWNERS: Final[Mapping[str, Form]] = MappingProxyType({OWNER: Form.parse("[a-z0-9-]{0,40}:?[0-9a-f-]{36}")})
"""The placeholders of an Auth without claims: `{owner}`, an identity-pool ID or a user pool's `sub`."""
_SEGMENT: Final = re.compile(r"[^/*?${}\x00-\x1f\x7f]+")
_MAX_KEY: Final = 1024 - 64


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder of a bucket: its segments, without the closing `/*`.

    Args:
        segments: The names between the slashes; `{owner}` is the caller, `{tenant}` the caller's tenant.
    """

    segments: tuple[str, ...]

    @classmethod
    def parse(cls, path: str, placeholders: Sequence[str] = (OWNER,)) -> Folder:
        """Read a path such as `private/{owner}/*`.

        Args:
            path: The path.
            placeholders: The placeholders that are allowed. Default: only `owner`.

        Raises:
            ValueError: For a path that does not end in `/*`, starts with `/`, has an empty segment, has a wildcard
                elsewhere, or names a placeholder twice, as a part of a segment, or after `{owner}`. The message shows
                the path to write.
        """
        if path.startswith("/"):
            raise _bad(path, "starts with '/'", path.lstrip("/"))
        if not path.endswith("/*"):
            raise _bad(path, "does not end in '/*'", path.rstrip("/*") + "/*" if path.rstrip("/*") else "public/*")
        body = path.removesuffix("/*")
        if "//" in path or not body:
            raise _bad(path, "has an empty segment", re.sub(r"/{2,}", "/", path).lstrip("/"))
        segments = tuple(body.split("/"))
        known = [f"{{{name}}}" for name in placeholders]
        for segment in segments:
            _check_segment(path, segments, segment, known)
        for twice in (segment for segment in known if segments.count(segment) > 1):
            raise _bad(path, f"has {twice} more than once", _keep_first(twice, segments))
        folder = cls(segments=segments)
        if folder.owned and folder.placeholders[-1] != OWNER:
            # A folder that contains tenants' folders would have no single owner.
            last = [segment for segment in segments if segment in known and segment != OWNER_SEGMENT]
            rest = [segment for segment in segments if segment not in known]
            raise _bad(path, f"has {OWNER_SEGMENT} before {last[-1]}", "/".join([*rest, *last, OWNER_SEGMENT]) + "/*")
        if len(body.encode()) > _MAX_KEY:
            raise ValueError(
                f"folder path {path!r} is {len(body.encode())} bytes long, and an S3 key has at most 1,024 bytes; "
                "shorten the path"
            )
        return folder

    @property
    def placeholders(self) -> tuple[str, ...]:
        """The names of the placeholders, in order."""
        return tuple(segment[1:-1] for segment in self.segments if segment.startswith("{"))

    @property
    def owned(self) -> bool:
        """Whether each owner has a separate folder here."""
        return OWNER_SEGMENT in self.segments

    @property
    def claims(self) -> tuple[str, ...]:
        """The keys of the claims in the path."""
        return tuple(name for name in self.placeholders if name != OWNER)

    def contains(self, other: Folder) -> bool:
        """Return whether `other` lies strictly below this folder, name by name; `{owner}` only below `{owner}`."""
        return contains(self, other)

    def prefix(self, values: Mapping[str, str], kept: int | None = None) -> str:
        """Return the key prefix with values in the placeholders' places, ending in `/`.

        Args:
            values: The value of each placeholder that is kept.
            kept: The number of leading placeholders to replace by values; the rest become `*`. Default: all of them.

        Raises:
            KeyError: For a placeholder that is kept and has no value.
        """
        mine = self.placeholders[:kept]
        return "".join(
            f"{values[segment[1:-1]] if segment[1:-1] in mine else ANYTHING}/"
            if segment.startswith("{")
            else f"{segment}/"
            for segment in self.segments
        )

    def kept_by(self, rule: Rule) -> int:
        """Return the number of leading placeholders that stay the caller's own under a rule."""
        return kept_by(self.placeholders, rule)

    def __str__(self) -> str:
        """Return the original path."""
        return "/".join(self.segments) + "/*"


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderVerbs:
    """The access of one caller to one folder.

    Args:
        own: Verbs on the caller's own folder, or on a folder without an owner.
        reach: Every verb by its scope: the number of placeholders of the path that stay the caller's own.
        opened: The same for rules with `everyone`.
    """

    own: frozenset[Verb]
    reach: Mapping[int, frozenset[Verb]]
    opened: Mapping[int, frozenset[Verb]]


def contains(outer: Folder, other: Folder) -> bool:
    """Return what `Folder.contains` does, without its check of the argument: for loops over pairs of folders."""
    return len(other.segments) > len(outer.segments) and other.segments[: len(outer.segments)] == outer.segments


def is_around(outer: Folder, other: Folder) -> bool:
    """Return whether `other` is in the outer folder and has a narrower owner: an owner, or one tenant."""
    return contains(outer, other) and len(other.placeholders) > len(outer.placeholders)


def opened_folders(
    folders: Mapping[Folder, Sequence[Rule]], subjects: frozenset[Subject]
) -> dict[tuple[Folder, int], frozenset[Verb]]:
    """Return the access to other owners' folders that rules with `everyone` grant.

    Returns:
        The verbs by the folder and the number of its placeholders that stay the caller's own.
    """
    opened: dict[tuple[Folder, int], frozenset[Verb]] = {}
    for folder, rules in folders.items():
        for kept, verbs in verbs_in(folder, rules, subjects).opened.items():
            for inner in (each for each in folders if each == folder or is_around(folder, each)):
                if len(inner.placeholders) > kept:
                    opened[inner, kept] = opened.get((inner, kept), frozenset()) | verbs
    return opened


def verbs_at_beginning(folder: Folder, rule: Rule) -> frozenset[Verb]:
    """Return the verbs of a rule that apply to the prefix of the folder's path before any owner's name.

    Listing there would reveal the owners' IDs: a rule with `everyone` lists each owner's folder, not the owners. A rule
    on the outer folder with `everyone=True` also lists the owners.
    """
    return rule.verbs - {Verb.LIST} if len(folder.placeholders) > folder.kept_by(rule) else rule.verbs


def verbs_in(folder: Folder, rules: Iterable[Rule], subjects: frozenset[Subject]) -> FolderVerbs:
    """Combine the access that the rules of one folder grant a caller that acts for `subjects`."""
    reach: dict[int, frozenset[Verb]] = {}
    opened: dict[int, frozenset[Verb]] = {}
    for rule in rules:
        if rule.subject in subjects:
            kept = folder.kept_by(rule)
            reach[kept] = reach.get(kept, frozenset()) | rule.verbs
            if rule.everyone:
                opened[kept] = opened.get(kept, frozenset()) | rule.verbs
    return FolderVerbs(own=frozenset[Verb]().union(*reach.values()), reach=reach, opened=opened)


def _check_segment(path: str, segments: tuple[str, ...], segment: str, known: Sequence[str]) -> None:
    if segment in known:
        return
    for placeholder in known:
        if placeholder in segment:
            raise _bad(path, f"has {placeholder} in the middle of a name", path.replace(segment, placeholder, 1))
    if segment in {".", ".."}:
        kept = "/".join(s for s in segments if s not in {".", ".."}) + "/*"
        raise _bad(path, f"contains the segment {segment!r}, which S3 takes literally", kept)
    if not _SEGMENT.fullmatch(segment):
        # {user}, ${...} or a bare * is meant as the caller's own folder; a fixed name would be one folder for all.
        plain = re.sub(r"[*?$\x00-\x1f\x7f]+", "", segment)
        right = OWNER_SEGMENT if "{" in segment or not plain else plain
        why = f"contains a wildcard or reserved character in {segment!r}"
        if re.fullmatch(r"\{\w+\}", segment):
            if not known:
                raise _bad(path, f"contains {segment}, and a folder here has no owner", path.replace(segment, "name"))
            raise ValueError(
                f"folder path {path!r} contains {segment}, and the placeholders here are {', '.join(known)}; write one "
                f"of these, such as {_with_one_owner(segments, segment, right)!r}, or declare the claim with "
                "Auth(claims=...) or {tenant} with Auth(tenant=Tenant())"
            )
        raise _bad(path, why, _with_one_owner(segments, segment, right))


def _with_one_owner(segments: tuple[str, ...], wrong: str, right: str) -> str:
    """Return the path with a segment replaced, and `{owner}` once in it."""
    at = segments.index(wrong)
    replaced = [*segments[:at], right, *segments[at + 1 :]]
    return _keep_first(OWNER_SEGMENT, tuple("name" if each == "*" else each for each in replaced))


def _bad(path: str, why: str, fix: str) -> ValueError:
    return ValueError(f"folder path {path!r} {why}; write {fix!r}")


def _keep_first(placeholder: str, segments: tuple[str, ...]) -> str:
    kept = [s for i, s in enumerate(segments) if s != placeholder or placeholder not in segments[:i]]
    return "/".join(kept) + "/*"
