"""What the compiled statements let through is what the rules say: random rules, random requests, two readings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.access import Rule, Statement, Subject, Verb, allow, compile_rows
from constructs_lib.actions import DYNAMODB_VERBS, READ
from tests.searches import search

ME: Final = "${me}"
SUBJECTS: Final = (allow.guest, allow.authenticated, allow.owner, allow.group("editors"))
CALLERS: Final = (
    frozenset({allow.guest, allow.guest_owner}),
    frozenset({allow.authenticated, allow.owner}),
    frozenset({allow.authenticated, allow.owner, allow.group("editors")}),
)
VERB_OF: Final = {
    "dynamodb:GetItem": Verb.GET,
    "dynamodb:BatchGetItem": Verb.GET,
    "dynamodb:ConditionCheckItem": Verb.GET,
    "dynamodb:Query": Verb.LIST,
    "dynamodb:PutItem": Verb.WRITE,
    "dynamodb:UpdateItem": Verb.WRITE,
    "dynamodb:DeleteItem": Verb.DELETE,
}
READS: Final = {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
FOREVER_CLOSED: Final = ("dynamodb:Scan", "dynamodb:PartiQLSelect", "dynamodb:PartiQLUpdate", "dynamodb:DeleteTable")
KEYS: Final = (ME, "public", "drafts", "somebody-else")
NAMES: Final = ("owner", "title", "secret")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A request as DynamoDB describes it to IAM. `attributes` None: it asks for the whole row."""

    action: str
    key: str
    attributes: tuple[str, ...] | None
    returned: str

    def context(self) -> dict[str, Any]:
        whole = {"dynamodb:Select": "ALL_ATTRIBUTES"}
        parts = {"dynamodb:Select": "SPECIFIC_ATTRIBUTES", "dynamodb:Attributes": list(self.attributes or ())}
        context: dict[str, Any] = {"dynamodb:LeadingKeys": [self.key]}
        if self.action in READS:
            return context | (whole if self.attributes is None else parts)
        return context | {"dynamodb:ReturnValues": self.returned, "dynamodb:Attributes": list(self.attributes or NAMES)}


def rules(*, owned: bool) -> st.SearchStrategy[list[Rule]]:
    def rule(subject: Subject, verbs: set[Verb], attributes: set[str]) -> Rule:
        partial = attributes if Verb.DELETE not in verbs else set()
        everyone = owned and subject is not allow.owner
        return Rule(subject=subject, verbs=frozenset(verbs), everyone=everyone, attributes=frozenset(partial))

    subjects = st.sampled_from([s for s in SUBJECTS if owned or s is not allow.owner])
    verbs = st.sets(st.sampled_from([*DYNAMODB_VERBS]), min_size=1)
    return st.lists(st.builds(rule, subjects, verbs, st.sampled_from([set(), {"title"}])), max_size=4)


REQUESTS: Final = [
    Request(action=action, key=key, attributes=attributes, returned=returned)
    for action in (*VERB_OF, *FOREVER_CLOSED)
    for key in KEYS
    for attributes in (None, ("title",), ("owner", "title"), ("owner", "secret"), NAMES)
    for returned in ("NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW")
]


def iam_allows(statements: Sequence[Statement], request: Request) -> bool:
    context = request.context()
    return any(
        request.action in statement.actions
        and all(
            _holds(operator, context.get(key), values)
            for operator, keys in statement.conditions.items()
            for key, values in keys.items()
        )
        for statement in statements
    )


def _holds(operator: str, found: Any, values: Any) -> bool:
    wanted = values if isinstance(values, list) else [values]
    if operator == "Null":
        return (found is None) is (values == "true")
    if operator == "ForAllValues:StringEquals":
        return set(found or []) <= set(wanted)
    if operator == "StringEqualsIfExists":
        return found is None or found in wanted
    assert operator == "StringEquals", operator
    return bool(found in wanted)


def rules_allow(
    access: Sequence[Rule], partitions: Mapping[str, Sequence[Rule]], caller: frozenset[Subject], request: Request
) -> bool:
    if request.action not in VERB_OF:
        return False
    verb = VERB_OF[request.action]
    here = [rule for rule in partitions.get(request.key, ()) if rule.subject in caller]
    here += [rule for rule in access if rule.subject in caller and (rule.everyone or request.key == ME)]
    whole = {verb for rule in here if not rule.attributes for verb in rule.verbs}
    if verb in whole and (verb in READ or Verb.GET in whole or request.returned == "NONE"):
        return True
    if request.action not in {*READS, "dynamodb:UpdateItem"} or (request.action in READS and not request.attributes):
        return False
    named = set(request.attributes or NAMES)
    for attributes in {rule.attributes for rule in here if rule.attributes}:
        verbs = {verb for rule in here if rule.attributes == attributes for verb in rule.verbs}
        seen = Verb.GET in verbs and request.returned in {"UPDATED_OLD", "UPDATED_NEW"}
        if verb in verbs and named <= {"owner", *attributes} and (verb in READ or request.returned == "NONE" or seen):
            return True
    return False


@search(100, full=4_000)
@given(
    access=rules(owned=True),
    partitions=st.dictionaries(st.sampled_from(KEYS[1:3]), rules(owned=False), max_size=2),
    caller=st.sampled_from(CALLERS),
    luck=st.randoms(use_true_random=True),
)
def test_iam_lets_through_what_the_rules_say(
    access: list[Rule], partitions: dict[str, list[Rule]], caller: frozenset[Subject], luck: Random
) -> None:
    statements = compile_rows(
        access, caller, resources=["T"], variables={"owner": ME}, partitions=partitions, key_attributes=["owner"]
    )
    for request in luck.sample(REQUESTS, 8):
        meant, allowed = rules_allow(access, partitions, caller, request), iam_allows(statements, request)
        # Returned values may be withheld where rules overlap, but never handed out against them.
        assert allowed == meant if request.returned == "NONE" else allowed <= meant, request
