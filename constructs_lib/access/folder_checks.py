"""Checks of access maps: rules that would widen access implicitly, or that IAM cannot enforce."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from constructs_lib.access.folders import ONLY_OWNERS, Folder
from constructs_lib.access.language import GUESTS, OWNER, OWNERS, TENANT, SubjectKind
from constructs_lib.duplicates import check_once

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from constructs_lib.access.language import Rule
    from constructs_lib.access.value_formats import Form


def parse_folders(
    access: Mapping[str, Sequence[Rule]], forms: Mapping[str, Form] = ONLY_OWNERS
) -> dict[Folder, tuple[Rule, ...]]:
    """Read and check a whole access map.

    Args:
        access: Rules by path.
        forms: The form of each placeholder's values. By default only `{owner}` exists.

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

    Args:
        place: The place, for messages.
        placeholders: The placeholders in it, in order.
        rule: The rule there.
        with_owner: The place written with `{owner}`.
        with_claim: The place written with the claim of the rule's subject.

    Raises:
        ValueError: Naming the rule and the remedy.
    """
    subject, claims = rule.subject, [name for name in placeholders if name != OWNER]
    if subject.kind in OWNERS and OWNER not in placeholders:
        raise ValueError(f"{place} has a rule for its {subject}, but no owner; write {with_owner} instead")
    if subject.kind is SubjectKind.CLAIM and subject.name not in placeholders:
        raise ValueError(
            f"{place} has a rule for {subject}, and does not say whose; write {with_claim} instead, or use "
            "allow.authenticated"
        )
    if claims and subject.kind in GUESTS:
        raise ValueError(
            f"{place} has a rule for a {subject}, who has no {claims[0]}: a place with {{{claims[0]}}} is for "
            "signed-in users; keep what guests may reach elsewhere"
        )
    if isinstance(rule.everyone, str) and rule.everyone not in claims:
        known = " or ".join(["everyone=True", *(f"everyone={name!r}" for name in claims)])
        raise ValueError(f"everyone={rule.everyone!r} at {place} names no claim that stands there; write {known}")
    if subject.kind is SubjectKind.CLAIM and placeholders.index(subject.name) > placeholders.index(
        rule.everyone or subject.name
    ):
        raise ValueError(
            f"allow.{subject} with everyone={rule.everyone!r} at {place} contradicts itself, because that opens every "
            f"{subject.name}'s; use allow.{rule.everyone if rule.everyone == TENANT else f'claim({rule.everyone!r})'}"
        )
    if subject.kind is SubjectKind.FUNCTION and placeholders and rule.everyone is not True:
        raise ValueError(
            f"the rule for a function at {place} would open every {placeholders[-1]}'s place to it, because a function "
            "is nobody's: if that is meant say allow.function(...).to(..., everyone=True)"
        )


def _check_rule(folder: Folder, rule: Rule, folders: Iterable[Folder]) -> None:
    path, subject = repr(str(folder)), rule.subject
    body, tail = "/".join(folder.segments), f"/{{{OWNER}}}" if folder.owned else ""
    claimed = f"{body.removesuffix(tail)}/{{{subject.name}}}{tail}/*"
    check_subject_at(path, folder.placeholders, rule, with_owner=f"{body}/{{{OWNER}}}/*", with_claim=claimed)
    if folder.owned and subject.kind not in OWNERS and not rule.everyone:
        raise ValueError(
            f"the rule for {subject} on {path} would open every owner's folder: "
            f"if that is meant say allow.{subject}.to(..., {_said(folder.claims)}), else use allow.owner"
        )
    if rule.attributes:
        raise ValueError(
            f"the rule for {subject} on {path} names attributes, which objects do not have: "
            "leave attributes= out; it is for the rows of tables"
        )
    says_nothing = rule.everyone and folder.kept_by(rule) == len(folder.placeholders)
    if says_nothing and not any(folder.is_around(other) for other in folders):
        raise ValueError(
            f"everyone={rule.everyone!r} on {path} says nothing: neither it nor a folder in it is an owner's; leave it "
            "out"
            if not folder.claims
            else f"everyone={rule.everyone!r} on {path} says nothing: a rule there speaks of the caller's own "
            f"{folder.claims[-1]}; leave it out, or say everyone=True if everybody's is meant"
        )


def _check_around(folder: Folder, rules: tuple[Rule, ...], folders: Iterable[Folder]) -> None:
    """Check the rules of a folder that contains owners' or tenants' folders."""
    for other in folders:
        if not folder.is_around(other):
            continue
        whose = other.placeholders[-1]
        said = f"everyone={folder.claims[-1]!r}" if folder.claims else "everyone=True"
        for rule in rules:
            if not rule.everyone:
                raise ValueError(
                    f"the rule for {rule.subject} on {str(folder)!r} covers every {whose}'s folder in {str(other)!r}: "
                    f"if that is meant say allow.{rule.subject}.to(..., {said}) there, else keep {whose}s' "
                    f"folders beside it, for example {_beside(folder, other)}"
                )
        if deeper := next((each for each in folders if other.contains(each)), None):
            raise ValueError(f"{said} on {str(folder)!r} would also open {str(deeper)!r}; move one of them elsewhere")


def _check_opened(folder: Folder, rule: Rule, folders: Iterable[Folder], forms: Mapping[str, Form]) -> None:
    """Check that IAM can limit the opened access to these folders of other owners."""
    kept = folder.kept_by(rule)
    opened = [f"{{{name}}}" for name in folder.placeholders[kept:]]
    said = f"everyone={rule.everyone!r}"
    at = folder.segments.index(opened[0])
    if at == 0:
        raise ValueError(
            f"{said} on {str(folder)!r} would open every folder of the bucket, also those without a rule: "
            f"put owners' folders in one of their own, for example protected/{folder}"
        )
    if list(folder.segments[at:]) != opened:
        # IAM's `*` crosses slashes: private/*/public/* would also match private/A/secret/public/x.
        plain = [segment for segment in folder.segments if segment not in opened]
        raise ValueError(
            f"{said} on {str(folder)!r} cannot be kept inside that folder, because IAM's '*' crosses '/': "
            f"put {opened[0]} last, for example {'/'.join([*plain[-1:], *opened])}/*"
        )
    for other in folders:
        if other != folder and len(other.segments) > at and _may_begin(folder.segments[:at], other.segments, forms):
            raise ValueError(f"{said} on {str(folder)!r} would also open {str(other)!r}; move one of them elsewhere")


def _check_apart(one: Folder, other: Folder, forms: Mapping[str, Form]) -> None:
    """Refuse two folders that are equal for some value: a tenant could have the name of a sibling folder."""
    different = ""
    for mine, its in zip(one.segments, other.segments, strict=False):
        if mine == its:
            continue
        if not _may_be(mine, its, forms):
            return
        different = different or f"{mine} and {its}"
    if different:
        raise ValueError(
            f"{str(one)!r} and {str(other)!r} can be the same folder, since {different} may have one value; put one of "
            "them below a name of its own"
        )


def _may_begin(beginning: Sequence[str], segments: Sequence[str], forms: Mapping[str, Form]) -> bool:
    return all(mine == its or _may_be(mine, its, forms) for mine, its in zip(beginning, segments, strict=False))


def _may_be(one: str, other: str, forms: Mapping[str, Form]) -> bool:
    mine, its = (forms.get(segment[1:-1]) if segment.startswith("{") else None for segment in (one, other))
    if mine is not None and its is not None:
        return mine.meets(its)
    if mine is not None:
        return mine.fits(other)
    return its is not None and its.fits(one)


def _said(claims: tuple[str, ...]) -> str:
    return " or ".join([*(f"everyone={name!r}" for name in claims), "everyone=True"])


def _beside(folder: Folder, other: Folder) -> str:
    return f"{folder.segments[0]}-{'/'.join(other.segments[len(folder.segments) :])}/*"
