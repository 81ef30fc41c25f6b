"""Folder paths, the rules about them, and how paths lie in one another. Pure values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.access.language import Rule, Subject, SubjectKind
from constructs_lib.actions import Verb
from constructs_lib.boundary import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


OWNER_SEGMENT: Final = "{owner}"
_SEGMENT: Final = re.compile(r"[^/*?${}\x00-\x1f\x7f]+")
_MAX_KEY: Final = 1024 - 64


@checked
@dataclass(frozen=True, kw_only=True, slots=True)
class Folder:
    """A folder of a bucket: its segments, without the closing `/*`.

    Args:
        segments: The names between the slashes; `{owner}` stands for the caller.
    """

    segments: tuple[str, ...]

    @classmethod
    def parse(cls, path: str) -> Folder:
        """Read a path such as `private/{owner}/*`.

        Raises:
            ValueError: For a path that does not end in `/*`, starts with `/`, has an empty segment, has a wildcard
                elsewhere, or names `{owner}` twice or as a part of a segment. The message shows the path to write.
        """
        if path.startswith("/"):
            raise _bad(path, "starts with '/'", path.lstrip("/"))
        if not path.endswith("/*"):
            raise _bad(path, "does not end in '/*'", path.rstrip("/*") + "/*" if path.rstrip("/*") else "public/*")
        body = path.removesuffix("/*")
        if "//" in path or not body:
            raise _bad(path, "has an empty segment", re.sub(r"/{2,}", "/", path).lstrip("/"))
        segments = tuple(body.split("/"))
        for segment in segments:
            if OWNER_SEGMENT in segment and segment != OWNER_SEGMENT:
                raise _bad(
                    path,
                    f"has {OWNER_SEGMENT} in the middle of a name",
                    path.replace(segment, OWNER_SEGMENT, 1),
                )
            if segment in {".", ".."}:
                raise _bad(
                    path,
                    f"has the segment {segment!r}, which S3 takes literally",
                    "/".join(s for s in segments if s not in {".", ".."}) + "/*",
                )
            if segment != OWNER_SEGMENT and not _SEGMENT.fullmatch(segment):
                # Who writes {user}, ${...} or a bare * means each caller's own, and a fixed name would be one for all.
                plain = re.sub(r"[*?$\x00-\x1f\x7f]+", "", segment)
                raise _bad(
                    path,
                    f"has a wildcard or reserved character in {segment!r}",
                    _with_one_owner(segments, segment, OWNER_SEGMENT if "{" in segment or not plain else plain),
                )
        if segments.count(OWNER_SEGMENT) > 1:
            raise _bad(path, f"has {OWNER_SEGMENT} more than once", _keep_first_owner(segments))
        if len(body.encode()) > _MAX_KEY:
            raise ValueError(f"folder path {path!r} is {len(body.encode())} bytes long; S3 keys end at 1,024 bytes")
        return cls(segments=segments)

    @property
    def owned(self) -> bool:
        """Whether each owner has a folder of their own here."""
        return OWNER_SEGMENT in self.segments

    def contains(self, other: Folder) -> bool:
        """Whether `other` lies strictly below this folder, name by name; `{owner}` only below `{owner}`."""
        return len(other.segments) > len(self.segments) and other.segments[: len(self.segments)] == self.segments

    def is_around(self, other: Folder) -> bool:
        """Whether every owner's folder at `other` lies in this one, which is nobody's."""
        return not self.owned and other.owned and self.contains(other)

    def prefix(self, owner: str) -> str:
        """Return the key prefix with `owner` in the owner's place, ending in `/`."""
        return "".join(f"{owner if segment == OWNER_SEGMENT else segment}/" for segment in self.segments)

    def __str__(self) -> str:
        """Return the path as it was written."""
        return "/".join(self.segments) + "/*"


@dataclass(frozen=True, kw_only=True, slots=True)
class FolderVerbs:
    """What one caller may do in one folder.

    Args:
        own: Verbs on the caller's own folder (an owned folder), or on the folder (one without `{owner}`).
        everyone: Verbs on the folders of all owners, or of the owners within; always part of `own`.
    """

    own: frozenset[Verb]
    everyone: frozenset[Verb]


def parse_folders(access: Mapping[str, Sequence[Rule]]) -> dict[Folder, tuple[Rule, ...]]:
    """Read and check a whole access map.

    Raises:
        ValueError: For a bad path, a rule that would silently widen another, or rules IAM cannot express.
    """
    folders = {Folder.parse(path): tuple(rules) for path, rules in access.items()}
    for folder, rules in folders.items():
        for rule in rules:
            _check_rule(folder, rule, folders)
        _check_place(folder, rules, folders)
    return folders


def opened_folders(
    folders: Mapping[Folder, Sequence[Rule]], subjects: frozenset[Subject]
) -> dict[Folder, frozenset[Verb]]:
    """Return what a caller may do in every owner's folder, because a rule says `everyone=True`, by folder."""
    opened: dict[Folder, frozenset[Verb]] = {}
    for folder, rules in folders.items():
        if verbs := verbs_in(rules, subjects).everyone:
            for owned in (each for each in folders if each == folder or folder.is_around(each)):
                if owned.owned:
                    opened[owned] = opened.get(owned, frozenset()) | verbs
    return opened


def verbs_at_beginning(folder: Folder, rule: Rule) -> frozenset[Verb]:
    """Return the verbs of a rule that hold at what the folder's path begins with, before any owner's name.

    Listing there would tell who the owners are: a rule for everyone lists each owner's folder and not the owners. The
    folder around them, with `everyone=True`, has the list of owners too.
    """
    return rule.verbs - {Verb.LIST} if folder.owned else rule.verbs


def verbs_in(rules: Iterable[Rule], subjects: frozenset[Subject]) -> FolderVerbs:
    """Add up what the rules of one folder give a caller that acts for `subjects`."""
    mine = [rule for rule in rules if rule.subject in subjects]
    return FolderVerbs(
        own=frozenset(verb for rule in mine for verb in rule.verbs),
        everyone=frozenset(verb for rule in mine if rule.everyone for verb in rule.verbs),
    )


def _check_rule(folder: Folder, rule: Rule, folders: Iterable[Folder]) -> None:
    is_owner = rule.subject.kind in {SubjectKind.OWNER, SubjectKind.GUEST_OWNER}
    if is_owner and not folder.owned:
        raise ValueError(
            f"{str(folder)!r} has a rule for its {rule.subject}, but no owner: "
            f"write {'/'.join((*folder.segments, OWNER_SEGMENT))}/* instead"
        )
    if folder.owned and not is_owner and not rule.everyone:
        raise ValueError(
            f"the rule for {rule.subject} on {str(folder)!r} would open every owner's folder: "
            f"if that is meant say allow.{rule.subject}.to(..., everyone=True), else use allow.owner"
        )
    if rule.attributes:
        raise ValueError(
            f"the rule for {rule.subject} on {str(folder)!r} names attributes, which objects do not have: "
            "leave attributes= out; it is for the rows of tables"
        )
    if rule.everyone and not folder.owned and not any(folder.is_around(other) for other in folders):
        raise ValueError(
            f"everyone=True on {str(folder)!r} says nothing: neither it nor a folder in it is an owner's; leave it out"
        )


def _check_place(folder: Folder, rules: tuple[Rule, ...], folders: Mapping[Folder, tuple[Rule, ...]]) -> None:
    if not folder.owned:
        _check_around(folder, rules, folders)
    elif any(rule.everyone for rule in rules):
        _check_opened(folder, folders)


def _check_around(folder: Folder, rules: tuple[Rule, ...], folders: Iterable[Folder]) -> None:
    """Check what stands on a folder that has owners' folders in it."""
    for other in folders:
        if not folder.is_around(other):
            continue
        for rule in rules:
            if not rule.everyone:
                raise ValueError(
                    f"the rule for {rule.subject} on {str(folder)!r} covers every owner's folder in {str(other)!r}: "
                    f"if that is meant say allow.{rule.subject}.to(..., everyone=True) there, else keep owners' "
                    f"folders beside it, for example {_beside(folder, other)}"
                )
        if deeper := next((each for each in folders if other.contains(each)), None):
            raise ValueError(
                f"everyone=True on {str(folder)!r} would also open {str(deeper)!r}: move one of them elsewhere"
            )


def _check_opened(folder: Folder, folders: Iterable[Folder]) -> None:
    """Check that IAM can keep what is opened of owners' folders to just these."""
    owner_at = folder.segments.index(OWNER_SEGMENT)
    if owner_at == 0:
        raise ValueError(
            f"everyone=True on {str(folder)!r} would open every folder of the bucket, also those without a rule: "
            f"put owners' folders in one of their own, for example protected/{folder}"
        )
    if owner_at != len(folder.segments) - 1:
        # IAM's `*` crosses slashes: private/*/public/* would also match private/A/secret/public/x.
        raise ValueError(
            f"everyone=True on {str(folder)!r} cannot be kept inside that folder, because IAM's '*' crosses '/': "
            f"put {OWNER_SEGMENT} last, for example {folder.segments[-1]}/{OWNER_SEGMENT}/*"
        )
    for other in folders:
        if (
            other != folder
            and other.segments[:owner_at] == folder.segments[:owner_at]
            and len(other.segments) > owner_at
        ):
            raise ValueError(
                f"everyone=True on {str(folder)!r} would also open {str(other)!r}: move one of them elsewhere"
            )


def _beside(folder: Folder, other: Folder) -> str:
    return f"{folder.segments[0]}-{'/'.join(other.segments[len(folder.segments) :])}/*"


def _with_one_owner(segments: tuple[str, ...], wrong: str, right: str) -> str:
    """Return the path with a segment replaced, and `{owner}` once in it."""
    at = segments.index(wrong)
    replaced = [*segments[:at], right, *segments[at + 1 :]]
    return _keep_first_owner(tuple("name" if each in {"", "*"} else each for each in replaced))


def _bad(path: str, why: str, fix: str) -> ValueError:
    return ValueError(f"folder path {path!r} {why}; write {fix!r} instead")


def _keep_first_owner(segments: tuple[str, ...]) -> str:
    kept = [s for i, s in enumerate(segments) if s != OWNER_SEGMENT or OWNER_SEGMENT not in segments[:i]]
    return "/".join(kept) + "/*"
