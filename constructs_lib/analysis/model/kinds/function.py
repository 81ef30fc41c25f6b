"""Lambda functions: they have no owner, but are trusted code that acts for its callers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from constructs_lib.analysis.iam import catalogue
from constructs_lib.analysis.iam.arns import NAME, is_unknown
from constructs_lib.analysis.iam.parsing import parse_policy
from constructs_lib.analysis.iam.policies import Policy, joined
from constructs_lib.analysis.model.function_names import FunctionName
from constructs_lib.analysis.model.holder import Endpoint, Holder, Shape
from constructs_lib.analysis.model.places import EVERYTHING
from constructs_lib.analysis.model.possible_policies import possible_policy
from constructs_lib.analysis.model.resources import is_true
from constructs_lib.analysis.template.atoms import atom, split_around_atoms

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from constructs_lib.analysis.iam.policies import Statement
    from constructs_lib.analysis.model.places import Place
    from constructs_lib.analysis.model.resources import Resource, Resources

INVOKE: Final = "lambda:InvokeFunction"
INVOKE_URL: Final = "lambda:InvokeFunctionUrl"
DIRECTLY: Final = "invoke"
"""Calls by the function's name, with an event that the caller writes."""
BY_URL: Final = "URL"
"""Calls by its URL, with an event that Lambda writes."""
_VIA_URL: Final = "lambda:invokedviafunctionurl"
_AUTH: Final = "lambda:functionurlauthtype"
_AUTH_OF_TYPE: Final = {"NONE": "none", "AWS_IAM": "iam"}
_NAMED: Final = re.compile(rf"(arn:aws:lambda:[^*?$]*?:function:{NAME.replace('[^/', '[^/:')})(?=$|:)")
_WITH_QUALIFIER: Final = 2
_EVERYONE: Final = ("*", "*")
_CONDITIONS: Final = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
}
"""The condition keys of a permission's properties in the function's policy ("AddPermission", AWS Lambda API
reference)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Function(Holder):
    """A Lambda function, which acts with its own role.

    Args:
        role_arn: Its role's ARN; empty for a function that no template has.
        named: Its name, which finds it in a text that names it, or an alias or version of it.
        urls: The AuthType of its URLs: `NONE`, `AWS_IAM`, or an unknown value. Empty: it has no URL.
    """

    kind: ClassVar = "function"
    rank: ClassVar = 3
    service: ClassVar = "lambda"
    has_owners: ClassVar = False
    verbs: ClassVar = {INVOKE: "call", INVOKE_URL: "call", "lambda:InvokeAsync": "call"}
    main: ClassVar = {"call": INVOKE}
    entry_points: ClassVar = {BY_URL: "by its URL", DIRECTLY: "by itself"}
    needed: ClassVar = {BY_URL: (INVOKE_URL, INVOKE), DIRECTLY: (INVOKE,)}

    role_arn: str
    named: FunctionName
    urls: tuple[str, ...] = ()

    @classmethod
    def declared_in(cls, resources: Resources) -> Iterator[Self]:
        """Yield the templates' functions."""
        permissions = list(resources.of("AWS::Lambda::Permission"))
        urls = list(resources.of("AWS::Lambda::Url"))
        for resource in resources.of("AWS::Lambda::Function"):
            named = FunctionName(id=resource.id, place=resource.place)
            yield cls(
                arn=resource.arn,
                name=resource.name.removesuffix("/Function"),
                role_arn=str(resource.get("Role")),
                named=named,
                urls=tuple(dict.fromkeys(_auth_types(named, urls))),
                policy=_policy_of(resource, named, permissions),
            )

    @classmethod
    def outside(cls, statements: Collection[Statement], known: Collection[str], resources: Resources) -> Iterator[Self]:
        """Yield the functions that roles name and no template has."""
        found = dict.fromkeys(
            match.group(1) for each in statements for text in each.resources if (match := _NAMED.match(text))
        )
        for arn in found:
            if arn not in known:
                name = arn.rpartition(":")[2]
                resources.note(f"function {name} is outside the templates: who may invoke it besides is not seen")
                yield cls(
                    arn=arn, name=name, role_arn="", named=FunctionName(id=name), policy=Policy(source=name)
                )  # fmt: skip

    @property
    def before(self) -> str:
        """The ARN prefix before an alias or a version."""
        return f"{self.arn}:"

    def parts(self, statement: Statement, named: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Yield the aliases and versions that a statement names."""
        del statement
        for text in named:
            if text.startswith(self.before):
                yield text.removeprefix(self.before), ""

    def shapes(self, action: str, keys: int, place: Place) -> Iterator[Shape]:
        """Yield requests about the function, and about an alias or version of it.

        A call by the URL needs both permissions ("Control access to Lambda function URLs", AWS Lambda developer guide).
        The key that marks such a call is assumed to be false in other calls; if no template has a URL of the function,
        the key is left open.
        """
        del keys, place
        types = catalogue.resource_types(action)
        if types and not any(kind.startswith("function") for kind in types):
            return
        for resource in (self.arn, None):
            if action == INVOKE_URL:
                auth = ((_AUTH, self.urls),) if self._auth_is_known else ()
                yield Shape(resource=resource, entry_point=BY_URL, context=auth)
            elif action == INVOKE and self.urls:
                yield Shape(resource=resource, entry_point=BY_URL, context=((_VIA_URL, ("true",)),))
                yield Shape(resource=resource, entry_point=DIRECTLY, context=((_VIA_URL, ("false",)),))
            else:
                yield Shape(resource=resource, entry_point=DIRECTLY if action in self.verbs else "")

    @property
    def _auth_is_known(self) -> bool:
        """Whether the AuthType of its URLs is known and the same for all."""
        return len(self.urls) == 1 and self.urls[0] in _AUTH_OF_TYPE

    def endpoints(self) -> Iterator[Endpoint]:
        """Yield its URLs, and a permission for everyone."""
        for auth in self.urls:
            yield Endpoint(where=BY_URL, auth=_AUTH_OF_TYPE.get(auth, "unknown"))
        for auth, statements in (("none", self.policy.statements), ("unknown", self.policy.possible)):
            if any(_EVERYONE in each.principals and not self._is_of_url(each) for each in statements):
                yield Endpoint(where=DIRECTLY, auth=auth)

    def open_to_anyone(self) -> Iterator[str]:
        """Yield the endpoints without IAM authorization, or possibly without it."""
        words = {BY_URL: ("function URL", "AuthType is NONE"), DIRECTLY: ("permission for everyone", "Principal is *")}
        for endpoint in self.endpoints() if self.role_arn else ():
            if endpoint.auth != "iam":
                entry_point, unsure = words[endpoint.where]
                yield f"{self.name} by its {entry_point}" + (f", if its {unsure}" if endpoint.auth == "unknown" else "")

    def _is_of_url(self, statement: Statement) -> bool:
        """Return whether a statement is for calls by a public function URL, which the URL itself already reports.

        Source: "Control access to Lambda function URLs" (AWS Lambda developer guide): such a URL has two of them. They
        allow nothing if every URL asks for IAM.
        """
        conditions = {(each.key, each.values) for each in statement.conditions}
        by_url = INVOKE_URL in statement.actions and (_AUTH, ("NONE",)) in conditions
        known = "NONE" in self.urls or self._auth_is_known
        return known and (by_url or (_VIA_URL, ("true",)) in conditions)

    def describe_part(self, place: Place, name: str) -> str:
        """Return the description of an alias or version in a sentence."""
        return f"any version of {name}" if place.part == EVERYTHING else f"{place.part} of {name}"


def _auth_types(named: FunctionName, urls: Iterable[Resource]) -> Iterator[str]:
    """Yield the AuthType of a function's URLs; an unknown one for a URL that may be another function's."""
    for each in urls:
        target = str(each.get("TargetFunctionArn"))
        if named.is_in(target):
            yield str(each.get("AuthType"))
        elif named.may_be_in(target):
            yield atom(f"AuthType of {each.name}")


def _policy_of(function: Resource, named: FunctionName, permissions: Iterable[Resource]) -> Policy:
    """Return a function's resource policy, built from its permissions, and from those that may be for it."""
    policies = []
    for each in permissions:
        name = str(each.get("FunctionName"))
        policy = permission_policy(each, _resource(name, function))
        if named.is_in(name):
            policies.append(policy)
        elif named.may_be_in(name):
            policies.append(possible_policy(policy, function.name))
    return joined(f"{function.name}, permissions", policies)


def permission_policy(permission: Resource, function: str) -> Policy:
    """Return what a permission adds to a function's policy; an account's ID names the account ("AddPermission").

    `function` is its ARN, or its name.
    """
    statement = _statement(permission, function)
    return parse_policy({"Version": "2012-10-17", "Statement": [statement]}, permission.name)


def _statement(permission: Resource, function: str) -> dict[str, Any]:
    principal = str(permission.get("Principal"))
    service = "." in principal and not principal.startswith("arn:") and not is_unknown(principal)
    kind = "Service" if service else "AWS"
    conditions: dict[str, dict[str, Any]] = {}
    for name, (operator, key) in _CONDITIONS.items():
        if (value := permission.get(name)) is not None:
            conditions.setdefault(operator, {})[key] = value
    if is_true(permission.get("InvokedViaFunctionUrl")):
        conditions["Bool"] = {"lambda:InvokedViaFunctionUrl": "true"}
    return {
        "Effect": "Allow",
        "Action": permission.get("Action"),
        "Principal": {kind: principal},
        "Resource": function,
        "Condition": conditions,
    }


def _resource(name: str, function: Resource) -> str:
    """Return the ARN of a permission's function, from its name, partial ARN or ARN."""
    if name.startswith("arn:"):
        return name
    last = split_around_atoms(name, ":")
    return f"{function.arn}:{last[-1]}" if len(last) == _WITH_QUALIFIER else function.arn
