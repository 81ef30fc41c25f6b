"""Creates the resources of a finished template in shorter ways than L2 constructs: `python app.py WAY PLAN`.

PLAN is a JSON file with the `Resources` of the template. Assets, outputs and the proof are omitted, so the time is a
lower bound.
"""

import gc

gc.disable()

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

_JSON: Final = {"AssumeRolePolicyDocument", "Body", "PolicyDocument"}
"""Properties whose keys are data, not names of the schema."""
_MAPS: Final = {"RoleMappings", "Roles", "Variables"}
"""Properties whose keys are data and whose values have a schema."""
_INTRINSICS: Final = ("Ref", "Fn::")
Resource = dict[str, Any]
Set = Callable[[str, Any], Any]


def typed(stack: Any, name: str, resource: Resource) -> None:
    """Create the CDK's L1 construct of the type, whose Python module is imported and checks the arguments' types."""
    module, kind = _module(resource["Type"])
    created = getattr(import_module(f"aws_cdk.{module}"), kind)(
        stack, name, **{_snake(key): _value(key, value) for key, value in resource["Properties"].items()}
    )
    _set_attributes(resource, created.add_override, created.add_metadata)


def shim(stack: Any, name: str, resource: Resource) -> None:
    """Create the same L1 construct without its Python module, by a jsii class that jsii's internals create."""
    import jsii  # noqa: PLC0415 - each way imports only the packages that it needs

    module, kind = _module(resource["Type"])
    if kind not in _SHIMS:
        _SHIMS[kind] = jsii.JSIIMeta(kind, (), {}, jsii_type=f"aws-cdk-lib.{module}.{kind}")
    properties = {_camel(key): _value(key, value) for key, value in resource["Properties"].items()}
    created = _SHIMS[kind].__new__(_SHIMS[kind])
    jsii.create(_SHIMS[kind], created, [stack, name, properties])
    _set_attributes(
        resource,
        lambda path, value: jsii.invoke(created, "addOverride", [path, value]),
        lambda key, value: jsii.invoke(created, "addMetadata", [key, value]),
    )


_SHIMS: Final[dict[str, Any]] = {}


def generic(stack: Any, name: str, resource: Resource) -> None:
    """Create a generic `CfnResource`, whose properties have no types."""
    from aws_cdk import CfnResource  # noqa: PLC0415 - as above

    created = CfnResource(stack, name, type=resource["Type"], properties=resource["Properties"])
    _set_attributes(resource, created.add_override, created.add_metadata)


def include(stack: Any, plan: Path) -> None:
    """Create all resources by one `CfnInclude` of the plan, for which the CDK creates L1 constructs in Node."""
    from aws_cdk.cloudformation_include import CfnInclude  # noqa: PLC0415 - as above

    CfnInclude(stack, "Plan", template_file=str(plan))


def _module(type_name: str) -> tuple[str, str]:
    _, service, kind = type_name.split("::")
    return f"aws_{service.lower()}", f"Cfn{kind}"


def _set_attributes(resource: Resource, override: Set, metadata: Set) -> None:
    for key, value in resource.items():
        if key == "Metadata":
            for name, each in value.items():
                metadata(name, each)
        elif key not in {"Type", "Properties"}:
            override(key, value)


def _value(key: str, value: Any) -> Any:
    """Return the value of a property for an L1 construct: names in camel case, intrinsic functions as tokens."""
    if key in _JSON:
        return value
    if key in _MAPS and isinstance(value, dict):
        return {name: _value("", each) for name, each in value.items()}
    match value:
        case Mapping() if len(value) == 1 and next(iter(value)).startswith(_INTRINSICS):
            from aws_cdk import Token  # noqa: PLC0415 - as above

            return Token.as_string(value)
        case Mapping():
            return {_camel(inner): _value(inner, each) for inner, each in value.items()}
        case list():
            return [_value("", each) for each in value]
    return value


def _camel(key: str) -> str:
    return re.sub(r"^([A-Z]+)(?=[A-Z][a-z]|$)|^[A-Z]", lambda found: found.group().lower(), key)


def _snake(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", key).lower()


_WAYS: Final[dict[str, Callable[[Any, str, Resource], None]]] = {"typed": typed, "shim": shim, "generic": generic}


def main(way: str, plan: Path) -> None:
    """Synthesize a template with the resources of the plan."""
    resources: dict[str, Resource] = json.loads(plan.read_text(encoding="utf-8"))["Resources"]
    if way == "dict":
        written = Path(os.environ["CDK_OUTDIR"], "Level1.template.json")
        written.write_text(json.dumps({"Resources": resources}, indent=1), encoding="utf-8")
        return
    from aws_cdk import App, Stack  # noqa: PLC0415 - as above

    app = App()
    stack = Stack(app, "Level1")
    if way == "include":
        include(stack, plan)
    else:
        for name, resource in resources.items():
            _WAYS[way](stack, name, resource)
    app.synth()
    gc.freeze()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
