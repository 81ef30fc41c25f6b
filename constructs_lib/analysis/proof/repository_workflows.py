"""Trust policies for the GitHub Actions workflows of one repository, which are the team's as builds on pushes are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from constructs_lib.analysis.iam.arns import readable
from constructs_lib.analysis.proof.access_paths.node_policies import asks

if TYPE_CHECKING:
    from constructs_lib.analysis.iam.policies import Statement

_GITHUB: Final = "token.actions.githubusercontent.com"
_SUBJECT: Final = re.compile(
    r"repo:[\w.-]+(@\d+)?/[\w.-]+(@\d+)?:(ref:refs/(heads|tags)/|environment:)[^*?⟦⟧:]+", re.ASCII
)
"""One branch, tag or environment of one repository. A pull request has `repo:OWNER/REPO:pull_request`, and a new
repository has the IDs of both after an `@` ("OpenID Connect" and "OpenID Connect reference", GitHub Docs)."""
_ACTIONS: Final = frozenset({"sts:assumerolewithwebidentity", "sts:tagsession"})
_REMEDY: Final = (
    f"to trust one repository, compare {_GITHUB}:sub by StringEquals with its name and a branch, as in "
    "repo:OWNER/REPO:ref:refs/heads/main"
)


def subjects(kind: str, value: str, statement: Statement) -> tuple[str, ...]:
    """Return the workflows of single repositories that alone can take a role as this principal; empty if others can.

    The provider may be one that a template does not determine: only tokens of GitHub have the condition key of its
    name ("Available keys for AWS OIDC federation" and "Create a role for OpenID Connect federation", IAM user guide;
    "Configuring OpenID Connect in Amazon Web Services", GitHub Docs).
    """
    if kind != "Federated" or not (value.endswith(f"oidc-provider/{_GITHUB}") or value.startswith("⟦")):
        return ()
    if statement.doubt or not statement.actions or not {each.lower() for each in statement.actions} <= _ACTIONS:
        return ()
    for each in statement.conditions:
        exact = each.key == f"{_GITHUB}:sub" and each.operator == "stringequals" and asks(each)
        if exact and all(map(_SUBJECT.fullmatch, each.values)):
            return each.values
    return ()


def in_words(kind: str, value: str, statement: Statement) -> str:
    """Return the name of a principal of a trust policy, with its workflows."""
    if value == "*":
        return "anyone"
    named = subjects(kind, value, statement)
    return f"{_GITHUB} ({', '.join(named)})" if named else readable(value)


def remedy(kind: str, value: str, statement: Statement) -> str:
    """Return the end of a sentence that says how to trust one repository, if a principal is GitHub's provider."""
    keys = any(each.key.startswith(f"{_GITHUB}:") for each in statement.conditions)
    return f"; {_REMEDY}" if kind == "Federated" and (keys or value.endswith(_GITHUB)) else ""
