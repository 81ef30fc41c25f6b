"""10,000 random access maps with tenants, half folders and half rows: IAM lets through what the rules say."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count, product
from random import Random
from typing import Final

import pytest

from constructs_lib.access import Folder, Rule, Subject, Verb, allow, compile_folders, compile_rows, parse_folders
from constructs_lib.access.partition_keys import KeyTemplate
from constructs_lib.actions import DYNAMODB_VERBS, S3_VERBS
from constructs_lib.database.rules import check_rows
from tests.access.worlds import ADMINS, FORMS, PEOPLE, VALUES, VARIABLES, Person, allowed
from tests.searches import size

VERBS: Final = [verb for verb in Verb if verb in S3_VERBS]
"""Those about data."""
MAPS: Final = size(1_000, full=20_000)
SUBJECTS: Final = (
    allow.owner, allow.owner, allow.tenant, allow.claim("department"), allow.authenticated, ADMINS, allow.guest,
)  # fmt: skip
SEGMENTS: Final = ("a", "b", "acme", "{tenant}", "{tenant}", "{department}", "{owner}", "{owner}")
EVERYONE: Final[Sequence[bool | str]] = (False, False, True, "tenant", "department")
KEYS: Final = (
    "{owner}", "{tenant}", "TENANT#{tenant}", "USER#{owner}", "TENANT#{tenant}#{owner}", "{tenant}#{department}",
    "{tenant}#{department}#{owner}", "{department}#x",
)  # fmt: skip


def a_rule(luck: Random) -> Rule | None:
    everyone = luck.choice(EVERYONE)
    verbs = luck.sample(VERBS, luck.randint(1, 3))
    try:
        return Rule(subject=luck.choice(SUBJECTS), verbs=frozenset(verbs), everyone=everyone)
    except ValueError:
        return None


def rules(luck: Random) -> list[Rule]:
    return [rule for _ in range(luck.randint(1, 3)) if (rule := a_rule(luck)) is not None]


def maps(luck: Random) -> Iterator[dict[Folder, tuple[Rule, ...]]]:
    """Yield maps that are not refused; folders grow out of one another, so that they lie in one another often."""
    while True:
        paths: list[list[str]] = []
        for _ in range(luck.randint(1, 4)):
            begin = luck.choice(paths) if paths and luck.random() < 0.7 else []
            paths.append([*begin[: luck.randint(0, len(begin))], *luck.choices(SEGMENTS, k=luck.randint(1, 2))])
        access = {"/".join(path) + "/*": rules(luck) for path in paths}
        try:
            yield parse_folders(access, FORMS)
        except ValueError:
            continue


def instances(folder: Folder) -> list[tuple[str, dict[str, str]]]:
    """Return the folders there really are, with what stands in the placeholders' places."""
    names = folder.placeholders
    values = [dict(zip(names, chosen, strict=True)) for chosen in product(*(VALUES[name] for name in names))]
    return [(folder.prefix(value), value) for value in values]


def means(rule: Rule, who: Person, names: Sequence[str], values: Mapping[str, str]) -> bool:
    """Return whether a rule speaks of a person at a place: all that is not opened is the person's own."""
    if rule.subject not in who.subjects:
        return False
    kept = [] if rule.everyone is True else names[: names.index(rule.everyone) + 1] if rule.everyone else names
    return all(who.own.get(name) == values[name] for name in kept)


def meant(folders: Mapping[Folder, Sequence[Rule]], place: Folder, values: Mapping[str, str], who: Person) -> set[Verb]:
    """Return what the rules let a person do in a folder: its own, and those around it that say so."""
    return {
        verb
        for folder, its in folders.items()
        if folder == place or (folder.contains(place) and len(folder.placeholders) < len(place.placeholders))
        for rule in its
        if means(rule, who, folder.placeholders, values)
        for verb in rule.verbs
    }


@pytest.mark.slow
def test_iam_lets_through_what_the_folders_rules_say() -> None:
    luck = Random(13)  # noqa: S311 - no secret
    several = opened = 0
    for _, folders in zip(range(MAPS), maps(luck), strict=False):
        several += len(folders) > 1
        opened += any(isinstance(rule.everyone, str) for its in folders.values() for rule in its)
        by_role = {
            subjects: compile_folders(folders, subjects, bucket_arn="B", variables=VARIABLES)
            for subjects in {who.subjects for who in PEOPLE}
        }
        for who in luck.sample(PEOPLE, 3):
            statements = by_role[who.subjects]
            for place in folders:
                for prefix, values in luck.sample(found := instances(place), min(2, len(found))):
                    objects = {*S3_VERBS} - {Verb.LIST}
                    may = {v for v in objects if allowed(statements, who, S3_VERBS[v][0], f"B/{prefix}zz")}
                    lists = {"s3:prefix": prefix, "s3:delimiter": "/"}
                    if allowed(statements, who, "s3:ListBucket", "B", **lists):
                        may |= {Verb.LIST}
                    said = {str(folder): [str(rule) for rule in its] for folder, its in folders.items()}
                    assert may == meant(folders, place, values, who), (said, who, prefix)
    # The maps are worth the while.
    assert several > MAPS / 10
    assert opened > MAPS / 50


def tables(luck: Random) -> Iterator[tuple[KeyTemplate, list[Rule]]]:
    while True:
        key, access = KeyTemplate.parse(luck.choice(KEYS), FORMS), rules(luck)
        try:
            check_rows(access, {}, key, FORMS)
        except ValueError:
            continue
        if access:
            yield key, access


@pytest.mark.slow
def test_iam_lets_through_what_the_rows_rules_say() -> None:
    luck = Random(13)  # noqa: S311 - no secret
    opened = 0
    for _, (key, access) in zip(range(MAPS), tables(luck), strict=False):
        opened += any(isinstance(rule.everyone, str) for rule in access)
        for who in PEOPLE:
            statements = compile_rows(access, who.subjects, resources=["T"], variables=VARIABLES, key=key)
            for chosen in product(*(VALUES[name] for name in key.placeholders)):
                values = dict(zip(key.placeholders, chosen, strict=True))
                names = {"dynamodb:LeadingKeys": [key.value(values)], "dynamodb:ReturnValues": "NONE"}
                for verb in DYNAMODB_VERBS:
                    may = allowed(statements, who, DYNAMODB_VERBS[verb][-1], "T", **names)
                    says = any(verb in rule.verbs and means(rule, who, key.placeholders, values) for rule in access)
                    assert may == says, (key.text, [str(rule) for rule in access], who, values, verb)
    assert opened > MAPS / 20


def test_ten_thousand_tenants_are_served_by_the_statements_of_one() -> None:
    access = {
        "tenants/{tenant}/shared/*": [allow.tenant.to("get")],
        "tenants/{tenant}/people/{owner}/*": [allow.owner.to("get"), ADMINS.to("get", everyone="tenant")],
    }
    subjects: frozenset[Subject] = PEOPLE[1].subjects
    statements = compile_folders(parse_folders(access, FORMS), subjects, bucket_arn="B", variables=VARIABLES)
    letters = "abcdefghijklmnopqrstuvwxyz"
    tenants = ["".join(each) for each, _ in zip(product(letters, repeat=3), range(10_000), strict=False)]
    assert len(statements) == 1
    for number, tenant in zip(count(), tenants, strict=False):
        who = Person(subjects=subjects, own={"owner": "1111", "tenant": tenant})
        other = tenants[number - 1]
        assert allowed(statements, who, "s3:GetObject", f"B/tenants/{tenant}/shared/x")
        assert allowed(statements, who, "s3:GetObject", f"B/tenants/{tenant}/people/2222/x")
        assert not allowed(statements, who, "s3:GetObject", f"B/tenants/{other}/shared/x")
        assert not allowed(statements, who, "s3:GetObject", f"B/tenants/{other}/people/1111/x")
