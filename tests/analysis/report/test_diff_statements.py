"""The diff tells the first of many actions of a statement, and its JSON form all of them."""

from typing import Final

from constructs_lib.analysis import Template
from constructs_lib.analysis.diff import compare
from constructs_lib.analysis.report.diff import as_json, as_markdown
from tests.analysis.conftest import template
from tests.analysis.proof.access_paths.openings import Document, allow
from tests.analysis.proof.test_traps import OWN, ROWS

MANY: Final = [f"kendra:Describe{each}" for each in ("Index", "Faq", "Thesaurus", "Experience", "DataSource")]
MORE: Final = [f"kendra:{each}" for each in ("Query", "ListIndices", "ListFaqs", "ListTagsForResource")]


def test_a_statement_with_many_actions_is_whole_in_json_alone() -> None:
    old, new = ([OWN, ROWS, *more] for more in ([], [allow([*MANY, *MORE], "*")]))

    def app(statements: list[Document]) -> list[Template]:
        return [Template(name="App", body=template(statements), source="test")]

    found = compare(app(old), app(new))
    because = [text for each in as_json(found)["changes"] for text in each["because"]]
    assert any(", ".join([*MANY, *MORE]) in text for text in because)
    assert f"{', '.join(MANY[:3])} and 6 more on *" in as_markdown(found)
    assert MORE[-1] not in as_markdown(found)
