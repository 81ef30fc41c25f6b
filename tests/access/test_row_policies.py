"""The statements each caller gets on a table, compared whole."""

from itertools import permutations
from typing import Final

import pytest

from constructs_lib.access import Rule, Statement, Subject, allow, compile_rows
from constructs_lib.access.row_policies import attribute_actions
from constructs_lib.access.statements import Conditions
from constructs_lib.actions import Verb

ME: Final = "${me}"
GUEST: Final = frozenset({allow.guest, allow.guest_owner})
USER: Final = frozenset({allow.authenticated, allow.owner})
EDITOR: Final = USER | {allow.group("editors")}

NAMED: Final[Conditions] = {"Null": {"dynamodb:LeadingKeys": "false"}}
GETS: Final = ("dynamodb:BatchGetItem", "dynamodb:ConditionCheckItem", "dynamodb:GetItem")
READS: Final = (*GETS, "dynamodb:Query")
WRITES: Final = ("dynamodb:PutItem", "dynamodb:UpdateItem")
CHANGES: Final = ("dynamodb:BatchWriteItem", "dynamodb:DeleteItem", *WRITES)
PARTS_NAMED: Final[Conditions] = {"Null": {"dynamodb:LeadingKeys": "false", "dynamodb:Attributes": "false"}}


def under(*keys: str) -> Conditions:
    return {**NAMED, "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": list(keys)}}


def compiled(
    rules: list[Rule], subjects: frozenset[Subject] = USER, public: list[Rule] | None = None
) -> list[Statement]:
    partitions = {"public": public} if public else {}
    return compile_rows(
        rules, subjects, resources=["T"], variables={"owner": ME}, partitions=partitions, key_attributes=["owner", "id"]
    )


def allowed(actions: tuple[str, ...], conditions: Conditions) -> Statement:
    return Statement(actions=actions, resources=("T",), conditions=conditions)


def test_an_owner_reaches_rows_by_item_actions_under_their_own_key() -> None:
    rules = [allow.owner.to("read", "write", "delete")]
    assert compiled(rules) == [allowed(tuple(sorted(READS + CHANGES)), under(ME))]
    assert compiled(rules, GUEST) == []


def test_no_verb_gives_scan_or_partiql() -> None:
    rules = [allow.owner.to("read", "write", "delete"), allow.authenticated.to("read", "write", everyone=True)]
    actions = {action for statement in compiled(rules) for action in statement.actions}
    assert actions == set(READS + CHANGES)


def test_a_guest_owner_reaches_their_rows_only_by_a_rule_that_says_guest_owner() -> None:
    rules = [allow.guest_owner.to("get"), allow.owner.to("read", "write")]
    assert compiled(rules, GUEST) == [allowed(GETS, under(ME))]


def test_writing_without_deleting_has_no_batch_writes_which_could_delete() -> None:
    (statement,) = compiled([allow.owner.to("get", "write")])
    assert "dynamodb:BatchWriteItem" not in statement.actions


def test_who_may_write_but_not_get_has_nothing_returned() -> None:
    blind = {**under(ME), "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}
    assert compiled([allow.owner.to("write", "list")]) == [
        allowed(WRITES, blind),
        allowed(("dynamodb:Query",), under(ME)),
    ]


def test_everyone_reaches_all_rows_but_names_the_owner_in_each_request() -> None:
    rules = [allow.owner.to("write"), allow.group("editors").to("get", everyone=True)]
    own, everyones = compiled(rules, EDITOR)
    assert own == allowed(WRITES, under(ME))
    assert everyones == allowed(GETS, NAMED)


def test_a_partition_nobody_owns_is_read_together_with_the_callers_own_rows() -> None:
    """A batch that names both keys must match one statement."""
    rules = [allow.owner.to("read", "write", "delete")]
    public = [allow.guest.to("read"), allow.authenticated.to("read"), allow.group("editors").to("write", "delete")]
    assert compiled(rules, GUEST, public) == [allowed(READS, under("public"))]
    assert compiled(rules, USER, public) == [
        allowed(READS, under(ME, "public")),
        allowed(CHANGES, under(ME)),
    ]
    assert compiled(rules, EDITOR, public) == [allowed(tuple(sorted(READS + CHANGES)), under(ME, "public"))]


def test_who_may_drop_rows_in_a_partition_but_not_get_them_still_gets_their_own() -> None:
    public = [allow.authenticated.to("write")]
    assert compiled([allow.owner.to("get", "write")], USER, public) == [
        allowed(tuple(sorted(GETS + WRITES)), under(ME)),
        allowed(WRITES, {**under("public"), "StringEqualsIfExists": {"dynamodb:ReturnValues": "NONE"}}),
    ]


def test_a_rule_about_attributes_reads_only_them_and_must_list_them() -> None:
    rules = [allow.authenticated.to("read", everyone=True, attributes=["title"])]
    assert compiled(rules) == [
        allowed(
            ("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"),
            {
                **PARTS_NAMED,
                "ForAllValues:StringEquals": {"dynamodb:Attributes": ["owner", "id", "title"]},
                "StringEquals": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"},
            },
        )
    ]


@pytest.mark.parametrize(
    ("verbs", "returned"),
    [(["write"], ["NONE"]), (["write", "get"], ["NONE", "UPDATED_NEW", "UPDATED_OLD"])],
    ids=["write", "write and get"],
)
def test_a_rule_about_attributes_writes_by_update_alone(verbs: list[str], returned: list[str]) -> None:
    """Putting an item would replace the attributes the rule does not name."""
    statement = compiled([allow.owner.to(*verbs, attributes=["seen"])])[-1]
    assert statement == allowed(
        ("dynamodb:UpdateItem",),
        {
            **PARTS_NAMED,
            "ForAllValues:StringEquals": {
                "dynamodb:LeadingKeys": [ME],
                "dynamodb:Attributes": ["owner", "id", "seen"],
            },
            "StringEqualsIfExists": {"dynamodb:ReturnValues": returned},
        },
    )


def test_a_whole_row_is_not_given_again_by_attributes() -> None:
    rules = [allow.owner.to("read", "write"), allow.owner.to("get", attributes=["title"])]
    assert compiled(rules) == compiled(rules[:1])


def test_the_order_of_rules_and_partitions_changes_nothing() -> None:
    rules = [
        allow.owner.to("read", "write"),
        allow.authenticated.to("get", everyone=True),
        allow.authenticated.to("list", everyone=True, attributes=["title", "body"]),
    ]
    partitions = {"public": [allow.authenticated.to("read")], "drafts": [allow.authenticated.to("write")]}
    ways = {
        repr(compile_rows(order, USER, resources=["T"], variables={"owner": ME}, partitions=dict(named)))
        for order in permutations(rules)
        for named in permutations(partitions.items())
    }
    assert len(ways) == 1


def test_rules_about_different_attributes_are_in_one_order() -> None:
    rules = [allow.owner.to("get", attributes=[name]) for name in ("title", "body")]
    assert compiled(rules) == compiled(rules[::-1])


def test_who_changes_every_row_in_batches_is_not_told_so_again_of_their_own() -> None:
    rules = [allow.authenticated.to("write", "delete", everyone=True), allow.owner.to("get")]
    assert sum("dynamodb:BatchWriteItem" in each.actions for each in compiled(rules)) == 1


@pytest.mark.parametrize(
    ("verbs", "actions"),
    [
        ([], []),
        ([Verb.GET], ["dynamodb:BatchGetItem", "dynamodb:GetItem"]),
        ([Verb.GET, Verb.WRITE], ["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:UpdateItem"]),
    ],
)
def test_the_actions_of_a_rule_about_attributes_are_those_of_its_verbs(verbs: list[Verb], actions: list[str]) -> None:
    assert attribute_actions(verbs) == actions
