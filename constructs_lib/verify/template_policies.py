"""Policy documents of templates, each with its position, in a form that AWS accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.iam.arns import atoms, normalise_arn
from constructs_lib.analysis.iam.managed_policies import managed_policy
from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.template.atoms import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.callers import Role
    from constructs_lib.analysis.model.model import Model
    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.verify.run import Run

_PARTITION: Final = re.compile(r"\barn:aws:")


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """One policy document of a template.

    `where` is the resource and the property: `Auth/GuestRole, Policies/0/PolicyDocument`. The body is resolved as far
    as the template allows.
    """

    where: str
    type: str
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Names:
    """Substitutes for undetermined values of a template: the run's region and account, and generated names.

    All names have one length, so that none is a prefix of another.
    """

    run: Run
    _given: dict[str, str] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Return a text with the substitutes, in the run's partition."""
        for atom in dict.fromkeys(atoms(text)):
            text = text.replace(atom, self._name(atom))
        return _PARTITION.sub(f"arn:{self.run.partition}:", text)

    def value(self, value: Any) -> Any:
        """Return a policy document, or a part of one, with the substitutes."""
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self.value(each) for each in value]
        return self.text(value) if isinstance(value, str) else value

    def _name(self, atom: str) -> str:
        known = {REGION: self.run.region, ACCOUNT: self.run.account}.get(atom)
        if known is not None:
            return known
        number = f"made-up-{len(self._given):04}"
        whole = atom.startswith("⟦arn ")
        return self._given.setdefault(atom, f"arn:aws:made-up:::{number}" if whole else number)


def documents(model: Model) -> Iterator[Document]:
    """Yield every policy document of a model's resources: every value with statements, at any position."""
    for resource in model.resources:
        for path, body in _with_statements(resource.properties, ()):
            yield Document(where=f"{resource.name}, {'/'.join(path)}", type=resource.type, body=body)


def _with_statements(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    if isinstance(value, Mapping):
        if statements(value):
            yield path, value
            return
        for key, each in value.items():
            yield from _with_statements(each, (*path, str(key)))
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _with_statements(each, (*path, str(number)))


def statements(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the statements of a policy document; none for any other value, such as a web ACL's rule."""
    found = [each for each in as_list(document.get("Statement")) if isinstance(each, Mapping)]
    return found if any("Effect" in each for each in found) else []


def identity_documents(role: Role, model: Model) -> list[Any]:
    """Return the documents of a role's inline, attached and managed policies, as the template contains them.

    Raises:
        LookupError: If a document is neither in the templates nor a known AWS managed policy.
    """
    own = next(each for each in model.resources if each.arn == role.arn and each.type == "AWS::IAM::Role")
    found = [each["PolicyDocument"] for each in as_list(own.get("Policies")) if isinstance(each, Mapping)]
    for resource in model.resources:
        roles = as_list(resource.get("Roles")) if resource.type in _ATTACHED else [resource.get("RoleName")]
        if resource.type in {*_ATTACHED, "AWS::IAM::RolePolicy"} and own.id in map(str, roles):
            found.append(resource.get("PolicyDocument"))
    found += [_managed(str(arn), model) for arn in as_list(own.get("ManagedPolicyArns"))]
    if len(found) != len(role.policies) or not all(isinstance(each, Mapping) for each in found):
        raise LookupError(f"{role.name} has policies that the templates do not contain")
    return found


def boundary_document(role: Role, model: Model) -> Any:
    """Return the document of a role's permissions boundary; None without one.

    Raises:
        LookupError: As for `identity_documents`.
    """
    own = next(each for each in model.resources if each.arn == role.arn and each.type == "AWS::IAM::Role")
    arn = own.get("PermissionsBoundary")
    return None if arn is None else _managed(str(arn), model)


_ATTACHED: Final = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")


def _managed(arn: str, model: Model) -> Any:
    normal = normalise_arn(arn)
    declared: Resource | None = next(
        (each for each in model.resources if each.type == "AWS::IAM::ManagedPolicy" and each.arn == normal), None
    )
    document = managed_policy(normal) if declared is None else declared.get("PolicyDocument")
    if document is None:
        raise LookupError(f"{arn} is neither in the templates nor a known AWS managed policy")
    return document
