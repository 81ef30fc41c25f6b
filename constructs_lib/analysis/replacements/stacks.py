"""Stacks of two versions of an app by a common name, for a comparison stack by stack."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from constructs_lib.analysis.template.assembly import Deployment
from constructs_lib.analysis.template.nested_stacks import instantiate
from constructs_lib.analysis.template.templates import Template

Stacks = dict[str, Mapping[str, Any]]


def paired_stacks(old: Sequence[Template], new: Sequence[Template]) -> tuple[Stacks, Stacks]:
    """Return the templates of both versions by stack; a stack that stays has its old name.

    A stack is the same if the manifests deploy it under one name to one account and region: otherwise CloudFormation
    creates a new stack, and the old one stays. Without manifests a stack is the same under the same name, or if both
    versions have one stack only. The name of a nested stack is its parent and its logical ID, by which CloudFormation
    identifies it: the name of its file may change.

    Raises:
        TemplateError: When stacks are nested in themselves.
    """
    before, after = instantiate(old), instantiate(new)
    names = _names(_roots(before), _roots(after))
    return {each.name: each.body for each in before}, {_renamed(each.name, names): each.body for each in after}


def _roots(templates: Sequence[Template]) -> list[Template]:
    return [each for each in templates if "/" not in each.name]


def _renamed(name: str, names: Mapping[str, str]) -> str:
    root, slash, nested = name.partition("/")
    return f"{names[root]}{slash}{nested}"


def _names(old: Sequence[Template], new: Sequence[Template]) -> dict[str, str]:
    """Return the common name of each new stack."""
    names: dict[str, str] = {}
    single = len(old) == len(new) == 1
    rules: tuple[Callable[[Template, Template], bool], ...] = (
        *_SAME, lambda was, becomes: not _is_elsewhere(was, becomes) and (single or was.name == becomes.name),
    )  # fmt: skip
    for is_same in rules:
        for stack in new:
            found = (each.name for each in old if each.name not in names.values() and is_same(each, stack))
            if stack.name not in names and (name := next(found, None)):
                names[stack.name] = name
    taken = {each.name for each in old}
    return {each.name: names.get(each.name) or (_place(each) if each.name in taken else each.name) for each in new}


def _place(template: Template) -> str:
    where = template.deployment or Deployment(stack=template.name)
    return f"{where.stack} in {where.account or 'any account'} and {where.region or 'any region'}"


def _is_elsewhere(old: Template, new: Template) -> bool:
    return old.deployment is not None and new.deployment is not None and not old.deployment.may_be(new.deployment)


_SAME: Final[tuple[Callable[[Template, Template], bool], ...]] = (
    lambda old, new: old.deployment is not None and old.deployment == new.deployment,
    lambda old, new: bool(old.deployment and new.deployment and old.deployment.may_be(new.deployment)),
)
"""Whether two stacks are deployed to the same place; the exact answer first."""
