"""A statement that is skipped as irrelevant to a resource applies to no request on it."""

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.analysis.iam.arns import name_may_be
from constructs_lib.analysis.iam.evaluator import applies
from constructs_lib.analysis.iam.policies import Condition, Statement
from constructs_lib.analysis.iam.relevance import Relevance, is_below
from constructs_lib.analysis.iam.requests import Request
from constructs_lib.analysis.matrix.statements_by_resource import differing
from tests.searches import search

TABLES = "arn:aws:dynamodb:⟦AWS::Region⟧:⟦AWS::AccountId⟧:table/"
ARNS = [
    "arn:aws:s3:::⟦App/Files⟧", "arn:aws:s3:::⟦App/FilesMore⟧", "arn:aws:s3:::plain",
    "arn:aws:s3:::app-⟦AWS::AccountId⟧", f"{TABLES}⟦App/Rows⟧", f"{TABLES}rows",
]  # fmt: skip
BELOW = ["", "/", "/a", "/private/x/y", "/index/by-date", "/stream/⟦stream⟧"]
PATTERNS = st.one_of(
    st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:s3:::p*", "arn:*", "arn:aws:s3:::app-*", f"{TABLES}*", "?*"]),
    st.builds(
        lambda arn, rest: arn + rest,
        st.sampled_from(ARNS),
        st.sampled_from(["", "*", "/*", "/private/*", "/${aws:userid}/*", "${aws:userid}", "/index/*", "?", "/a"]),
    ),
)
STATEMENTS = st.builds(
    lambda allow, texts, negated: Statement(
        allow=allow,
        actions=("*",),
        resources=() if negated else tuple(texts),
        not_resources=tuple(texts) if negated else (),
    ),
    st.booleans(),
    st.lists(PATTERNS, min_size=1, max_size=2),
    st.booleans(),
)


@search(50, full=1_000)
@given(statements=st.lists(STATEMENTS, max_size=4), arn=st.sampled_from(ARNS), below=st.sampled_from(BELOW))
def test_every_statement_that_applies_to_a_request_about_a_resource_is_about_it(
    statements: list[Statement], arn: str, below: str
) -> None:
    request = Request(action="s3:GetObject", resource=arn + below, context={"aws:userid": "x"})
    kept = Relevance(statements).about(arn)
    assert list(kept) == [each for each in statements if each in kept]
    for each in statements:
        may_name = each.allow and any(name_may_be(text, arn) for text in each.resources)
        if applies(each, request) or may_name:
            assert each in kept, (each, request)


@search(50, full=1_000)
@given(statement=STATEMENTS, arn=st.sampled_from(ARNS), below=st.sampled_from(BELOW))
def test_a_statement_that_applies_beyond_some_resources_is_kept_beyond_them(
    statement: Statement, arn: str, below: str
) -> None:
    others = [each for each in ARNS if each != arn]
    request = Request(action="s3:GetObject", resource=arn + below, context={"aws:userid": "x"})
    if applies(statement, request):
        assert Relevance([statement]).beyond(others) == (statement,)


def test_what_lies_below_a_resource_is_told_from_what_begins_like_it() -> None:
    arns = {"arn:aws:s3:::⟦App/Files⟧"}
    assert is_below("arn:aws:s3:::⟦App/Files⟧/private/*", arns)
    assert not is_below("arn:aws:s3:::⟦App/Files⟧-more/*", arns)
    assert not is_below("arn:aws:s3:::⟦App/Files⟧*", arns)


def test_statements_differ_by_what_they_decide_and_not_by_how_they_are_written() -> None:
    condition = Condition(qualifier="", operator="stringlike", if_exists=False, key="s3:prefix", values=("b", "a"))
    first = Statement(allow=True, actions=("s3:A", "s3:B"), resources=("x", "y"), conditions=(condition,), sid="One")
    turned = Condition(qualifier="", operator="stringlike", if_exists=False, key="s3:prefix", values=("a", "b"))
    same = Statement(allow=True, actions=("s3:b", "s3:a"), resources=("y", "x"), conditions=(turned,), source="role")
    denied = Statement(allow=False, actions=("s3:A", "s3:B"), resources=("x", "y"), conditions=(condition,))
    assert differing([first], [same, same]) == []
    assert differing([first], [denied]) == [first, denied]


def test_a_star_in_an_index_names_no_other_table() -> None:
    assert name_may_be(f"{TABLES}⟦App/Rows⟧/index/*", f"{TABLES}⟦App/Other⟧") == ()
    assert name_may_be(f"{TABLES}notes-*/index/*", f"{TABLES}⟦App/Other⟧") != ()
    assert name_may_be(f"{TABLES}app-notes/index/*", f"{TABLES}⟦Stack⟧-notes") != ()
    assert name_may_be(f"{TABLES}app-notes/index/*", f"{TABLES}⟦Stack⟧-rows") == ()


def test_a_pattern_that_fits_whatever_a_name_turns_out_to_be_is_no_doubt() -> None:
    files = "arn:aws:s3:::⟦App/Files⟧"
    for pattern in ("*", "arn:aws:s3:::*", "arn:aws:s3:::*/private/*"):
        assert name_may_be(pattern, files) == ()
    assert name_may_be(f"{TABLES}*", f"{TABLES}⟦App/Rows⟧") == ()
    assert name_may_be("arn:aws:s3:::app-*", files) != ()
    assert name_may_be("arn:aws:s3:::*-data", files) != ()
