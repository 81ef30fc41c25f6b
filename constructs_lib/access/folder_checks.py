"""Checks of access maps: rules that would widen access implicitly, or that IAM cannot enforce."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from constructs_lib.access.folders import ONLY_OWNERS, Folder, contains, is_around
from constructs_lib.access.language import GUESTS, OWNER, OWNERS, TENANT, SubjectKind, everyone_options
from constructs_lib.access.value_formats import may_be_equal
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access.language import Rule
    from constructs_lib.access.value_formats import Form


def parse_folders(
    access: Mapping[str, Sequence[Rule]], forms: Mapping[str, Form] = ONLY_OWNERS
) -> dict[Folder, tuple[Rule, ...]]:
    """Parse and check a whole access map.

    Args:
        access: Rules by path.
        forms: The form of each placeholder's values. Default: only `{owner}` exists.

    Raises:
        ValueError: For a bad path, a rule that would silently widen another, paths that a value could make the same, or
            rules IAM cannot express.
    """
    folders = {Folder.parse(path, [*forms]): tuple(rules) for path, rules in access.items()}
    _check_folders(folders, forms)
    return folders


def _check_folders(folders: Mapping[Folder, tuple[Rule, ...]], forms: Mapping[str, Form]) -> None:
    """Check a whole access map.

    Raises:
        ValueError: For the first invalid rule or pair of folders.
    """
    for folder, rules in folders.items():
        check_once(f"access[{str(folder)!r}]", rules)
        for rule in rules:
            _check_rule(folder, rule, folders)
        _check_around(folder, rules, folders)
        for rule in rules:
            if folder.kept_by(rule) < len(folder.placeholders):
                _check_opened(folder, rule, folders, forms)
    for one, other in combinations(folders, 2):
        _check_apart(one, other, forms)


def check_subject_at(
    place: str, placeholders: tuple[str, ...], rule: Rule, *, with_owner: str, with_claim: str
) -> None:
    """Refuse a subject that does not fit the placeholders of a place, or an `everyone` that has no effect there.

    `with_owner` and `with_claim` are the place with `{owner}` and with the claim of the rule's subject in it.

    Raises:
        ValueError: With the rule and the remedy.
    """
    subject, claims = rule.subject, [name for name in placeholders if name != OWNER]
    if subject.kind in OWNERS and OWNER not in placeholders:
        raise ValueError(f"{place} has a rule for allow.{subject} but no {{owner}}; write {with_owner}")
    if subject.kind is SubjectKind.CLAIM and subject.name not in placeholders:
        raise ValueError(
            f"{place} has a rule for allow.{subject} but not its placeholder; write {with_claim}, or use "
            "allow.authenticated"
        )
    if claims and subject.kind in GUESTS:
        raise ValueError(
            f"{place} has a rule for allow.{subject}, and a guest has no claim {{{claims[0]}}}; put what guests can "
            f"access in a path without {{{claims[0]}}}"
        )
    if isinstance(rule.everyone, str) and rule.everyone not in claims:
        known = " or ".join(["everyone=True", *(f"everyone={name!r}" for name in claims)])
        raise ValueError(
            f"everyone={rule.everyone!r} at {place} is not the name of a claim in that path or key; write {known}"
        )
    if subject.kind is SubjectKind.CLAIM and placeholders.index(subject.name) > placeholders.index(
        rule.everyone or subject.name
    ):
        raise ValueError(
            f"allow.{subject} with everyone={rule.everyone!r} at {place} contradicts itself, because it opens the "
            f"data of every {subject.name}; use "
            f"allow.{(rule.everyone if rule.everyone == TENANT else f'claim({rule.everyone!r})')}"
        )
    if subject.kind is SubjectKind.FUNCTION and placeholders and rule.everyone is not True:
        raise ValueError(
            f"the rule for allow.function at {place} would open the data of every {placeholders[-1]}, because a "
            "function is not an owner; add everyone=True if this is intended, as in allow.function(...).to(..., "
            "everyone=True)"
        )


def _check_rule(folder: Folder, rule: Rule, folders: Iterable[Folder]) -> None:
    path, subject = repr(str(folder)), rule.subject
    body, tail = "/".join(folder.segments), f"/{{{OWNER}}}" if folder.owned else ""
    claimed = f"{body.removesuffix(tail)}/{{{subject.name}}}{tail}/*"
    check_subject_at(path, folder.placeholders, rule, with_owner=f"{body}/{{{OWNER}}}/*", with_claim=claimed)
    if folder.owned and subject.kind not in OWNERS and not rule.everyone:
        raise ValueError(
            f"the rule for {subject} on {path} would open the folder of every owner; write allow.{subject}.to(..., "
            f"{everyone_options(folder.claims)}) if this is intended, or use allow.owner"
        )
    if rule.attributes:
        raise ValueError(
            f"the rule for {subject} on {path} has attributes=, which only rules for table rows can have; remove "
            "attributes="
        )
    says_nothing = rule.everyone and folder.kept_by(rule) == len(folder.placeholders)
    if says_nothing and not any(is_around(folder, other) for other in folders):
        raise ValueError(
            f"everyone={rule.everyone!r} on {path} has no effect, because neither the folder nor a folder inside it "
            "belongs to an owner; remove it"
            if not folder.claims
            else (
                f"everyone={rule.everyone!r} on {path} has no effect, because a rule there already applies to the "
                f"caller's own {folder.claims[-1]}; remove it, or write everyone=True to open the folder of every "
                f"{folder.claims[-1]}"
            )
        )


def _check_around(folder: Folder, rules: tuple[Rule, ...], folders: Iterable[Folder]) -> None:
    """Check the rules of a folder that contains owners' or tenants' folders."""
    for other in folders:
        if not is_around(folder, other):
            continue
        whose = other.placeholders[-1]
        option = f"everyone={folder.claims[-1]!r}" if folder.claims else "everyone=True"
        for rule in rules:
            if not rule.everyone:
                raise ValueError(
                    f"the rule for {rule.subject} on {str(folder)!r} covers the folder of every {whose} in "
                    f"{str(other)!r}; write allow.{rule.subject}.to(..., {option}) there if this is intended, or move "
                    f"the folder of each {whose} beside it, for example {_beside(folder, other)}"
                )
        if deeper := next((each for each in folders if contains(other, each)), None):
            raise ValueError(
                f"{option} on {str(folder)!r} would also open {str(deeper)!r}; move one of the two folders"
            )


def _check_opened(folder: Folder, rule: Rule, folders: Iterable[Folder], forms: Mapping[str, Form]) -> None:
    """Check that IAM can limit the opened access to these folders of other owners."""
    kept = folder.kept_by(rule)
    opened = [f"{{{name}}}" for name in folder.placeholders[kept:]]
    option = f"everyone={rule.everyone!r}"
    at = folder.segments.index(opened[0])
    if at == 0:
        raise ValueError(
            f"{option} on {str(folder)!r} would open every folder of the bucket, including those without a rule; put "
            f"the owners' folders below a fixed name, for example protected/{folder}"
        )
    if list(folder.segments[at:]) != opened:
        # IAM's `*` crosses slashes: private/*/public/* would also match private/A/secret/public/x.
        plain = [segment for segment in folder.segments if segment not in opened]
        raise ValueError(
            f"{option} on {str(folder)!r} cannot be limited to that folder, because IAM's '*' also matches '/'; put "
            f"{opened[0]} last, for example {'/'.join([*plain[-1:], *opened])}"
        )
    for other in folders:
        if other != folder and len(other.segments) > at and _may_begin(folder.segments[:at], other.segments, forms):
            raise ValueError(f"{option} on {str(folder)!r} would also open {str(other)!r}; move one of the two folders")


def _check_apart(one: Folder, other: Folder, forms: Mapping[str, Form]) -> None:
    """Refuse two folders that are equal for some value: a tenant could have the name of a sibling folder."""
    different = ""
    for mine, its in zip(one.segments, other.segments, strict=False):
        if mine == its:
            continue
        if not may_be_equal(mine, its, forms):
            return
        different = different or f"{mine} and {its}"
    if different:
        raise ValueError(
            f"{str(one)!r} and {str(other)!r} can be the same folder, because {different} can have the same value; "
            "put one of the two below a fixed name"
        )


def _may_begin(beginning: Sequence[str], segments: Sequence[str], forms: Mapping[str, Form]) -> bool:
    return all(may_be_equal(mine, its, forms) for mine, its in zip(beginning, segments, strict=False))


def _beside(folder: Folder, other: Folder) -> str:
    return f"{folder.segments[0]}-{'/'.join(other.segments[len(folder.segments) :])}/*"
