"""Ways to write a template differently without a change of what is deployed, or with one more unknown value."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

from constructs_lib.analysis.template.templates import Template
from tests.analysis.proof.access_paths.openings import Document

_FUNCTIONS: Final = ("Ref", "Fn::Base64", "Fn::GetAtt", "Fn::ImportValue", "Fn::Join", "Fn::Select", "Fn::Sub")
_CONDITION: Final = {"Here": {"Fn::Equals": [{"Ref": "AWS::Region"}, "eu-west-1"]}}

Form = Callable[[Document, Collection[str]], list[Template]]


def _written(value: Any, write: Callable[[Any], Any]) -> Any:
    """Return a value with a function applied to all of its parts, but not to the arguments of intrinsic functions."""
    if isinstance(value, dict):
        if any(name in value for name in _FUNCTIONS):
            return value
        return write({key: _written(inner, write) for key, inner in value.items()})
    if isinstance(value, list):
        return [_written(inner, write) for inner in value]
    return write(value)


def _texts(write: Callable[[str], Any]) -> Form:
    return _parts(lambda value: write(value) if isinstance(value, str) else value)


def _parts(write: Callable[[Any], Any]) -> Form:
    """Return the form in which the added resources are written differently."""

    def apply(body: Document, before: Collection[str]) -> list[Template]:
        resources = {
            name: each if name in before else {**each, "Properties": _written(each.get("Properties", {}), write)}
            for name, each in body["Resources"].items()
        }
        return [Template(name="T", body={**body, "Conditions": _CONDITION, "Resources": resources}, source="t")]

    return apply


def _statement(change: Callable[[str, Any], Any]) -> Form:
    def write(value: Any) -> Any:
        if isinstance(value, dict) and "Effect" in value:
            return {key: change(key, inner) for key, inner in value.items()}
        return value

    return _parts(write)


def _upper(value: Any) -> Any:
    return [each.upper() for each in value] if isinstance(value, list) else value.upper()


def _referred(value: Any, resources: Collection[str], refer: Callable[[str, str], Any]) -> Any:
    """Return a value with other references to some resources."""
    match value:
        case {"Ref": str(name)} if name in resources:
            return refer(name, "")
        case {"Fn::GetAtt": [str(name), str(attribute)]} if name in resources:
            return refer(name, attribute)
        case dict():
            return {key: _referred(inner, resources, refer) for key, inner in value.items()}
        case list():
            return [_referred(inner, resources, refer) for inner in value]
    return value


def _names(value: Any, resources: Collection[str]) -> list[str]:
    """Return the resources that a value refers to."""
    found: list[str] = []
    _referred(value, resources, lambda name, _: found.append(name))
    return found


def _divided(body: Document, before: Collection[str]) -> tuple[Document, Document]:
    """Return the resources from before with those they refer to, and the rest."""
    resources: Mapping[str, Any] = body["Resources"]
    kept, found = set(before), set(before)
    while found:
        found = set(_names([resources[name] for name in sorted(found)], resources)) - kept
        kept |= found
    rest = {name: each for name, each in resources.items() if name not in kept}
    return {name: each for name, each in resources.items() if name in kept}, rest


def _original(name: str, attribute: str) -> Document:
    return {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}


def _exported(export: Any, imported: Any) -> Form:
    """Return the form in which the added resources are in a stack of their own, and import what they refer to."""

    def apply(body: Document, before: Collection[str]) -> list[Template]:
        kept, rest = _divided(body, before)
        outputs: Document = {}

        def refer(name: str, attribute: str) -> Document:
            key = f"{name}{attribute}".replace(".", "")
            outputs[key] = {"Value": _original(name, attribute), "Export": {"Name": export(key)}}
            return {"Fn::ImportValue": imported(key)}

        rest = _referred(rest, kept, refer)
        second = {"Parameters": {"Parent": {"Type": "String"}}, "Resources": rest}
        first = {**body, "Resources": kept, "Outputs": outputs}
        return [Template(name="T", body=first, source="t"), Template(name="U", body=second, source="u")]

    return apply


def _nested(body: Document, before: Collection[str]) -> list[Template]:
    kept, rest = _divided(body, before)
    given: Document = {}

    def refer(name: str, attribute: str) -> Document:
        key = f"{name}{attribute}".replace(".", "")
        given[key] = _original(name, attribute)
        return {"Ref": key}

    rest = _referred(rest, kept, refer)
    child = {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "child.json", "Parameters": given}}
    parameters = {name: {"Type": "String"} for name in given}
    return [
        Template(name="T", body={**body, "Resources": {**kept, "Child": child}}, source="parent.json"),
        Template(name="C", body={"Parameters": parameters, "Resources": rest}, source="child.json"),
    ]


def _by_parameters(body: Document, before: Collection[str]) -> list[Template]:
    parameters: Document = {}

    def refer(value: str) -> Document:
        name = f"P{len(parameters)}"
        parameters[name] = {"Type": "String", "Default": value}
        return {"Ref": name}

    [template] = _texts(refer)(body, before)
    template.body["Parameters"] = parameters
    return [template]


FORMS: Final[Mapping[str, Form]] = {
    "in a stack that imports": _exported(str, str),
    "in a stack that imports by a parent's name": _exported(
        lambda key: {"Fn::Sub": f"${{AWS::StackName}}-{key}"}, lambda key: {"Fn::Sub": f"${{Parent}}-{key}"}
    ),
    "in a nested stack": _nested,
    "with Fn::If of equal values": _texts(lambda text: {"Fn::If": ["Here", text, text]}),
    "with Fn::If of another value": _texts(
        lambda text: text if text == "2012-10-17" else {"Fn::If": ["Here", text, "other"]}
    ),
    "with Fn::Join": _texts(lambda text: {"Fn::Join": ["", [text[:2], text[2:]]]}),
    "with Fn::Sub": _texts(lambda text: {"Fn::Sub": text.replace("${", "${!")}),
    "with Fn::Select": _texts(lambda text: {"Fn::Select": [1, ["other", text]]}),
    "with lists of one": _statement(
        lambda key, value: [value] if key in {"Action", "Resource"} and not isinstance(value, list) else value
    ),
    "with one value for a list of one": _statement(
        lambda _, value: value[0] if isinstance(value, list) and len(value) == 1 else value
    ),
    "with actions in capitals": _statement(lambda key, value: _upper(value) if key == "Action" else value),
    "with texts for truth values and numbers": _parts(
        lambda value: str(value).lower() if isinstance(value, bool | int) else value
    ),
    "with parameters": _by_parameters,
}
"""By what is different: the templates, from the body and the logical IDs of the resources that stay as they are."""
