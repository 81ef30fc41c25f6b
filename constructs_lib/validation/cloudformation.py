"""CloudFormation's own rules, checked in a synth by AWS's engine as a native library."""

from __future__ import annotations

import atexit
import functools
import os
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

import jsii
from aws_cdk import (
    IPolicyValidationContext,
    IPolicyValidationPlugin,
    PolicyValidationPluginReport,
    PolicyValidationStack,
    PolicyViolatingResource,
    PolicyViolation,
)

from constructs_lib.argument_checks import checked
from constructs_lib.validation.cdk_rules import rules_about

if TYPE_CHECKING:
    from types import ModuleType

    from cloudformation_validate import CompositeEngine, Diagnostic, ValidateConfig

_MODULE: Final = "cloudformation_validate"
LEFT_OUT: Final = ("W3005", "W1020", "E1018", "W9002", "W9013", "W1103")
"""The rules that the CDK leaves out, because its own templates break them without harm (aws-cdk-lib 2.275)."""
_LEFT_OUT_FOR: Final = ("W3697", "AWS::AutoScaling")
_SEVERITIES: Final = {"FATAL": "error", "ERROR": "error", "WARN": "warning"}


def is_installed() -> bool:
    """Return whether AWS's native engine is installed (extra `validation`).

    It has wheels for glibc, macOS and Windows.
    """
    return find_spec(_MODULE) is not None


@checked
@jsii.implements(IPolicyValidationPlugin)
class CloudFormationPlugin:
    """Checks the templates of a synth as the CDK's built-in validation does, in a sixth of its processor time.

    It is the same engine with the same rules and the same report: the CDK runs it as WebAssembly in Node, here it runs
    as AWS's native library. Findings can be acknowledged under the same names (`CloudFormation-Validate::E3012`), and
    the CDK's switches apply: `CDK_VALIDATION=false` and `cdk synth --no-validation` turn it off,
    `@aws-cdk/core:validateAgainstDefaultRules` decides whether a finding fails the synth. The engine starts in a
    thread, while the app is still being built.

    Turn the built-in one off beside it: `App(builtin_cloud_formation_validation=False)`. `validated_app` does both.

    Raises:
        ModuleNotFoundError: When the extra `validation` is not installed.
    """

    def __init__(self) -> None:
        """Start the engine, unless validation is off."""
        self._off = os.environ.get("CDK_VALIDATION") == "false"
        if self._off:
            return
        if not is_installed():
            raise ModuleNotFoundError(
                f"{_MODULE} is not installed; run `pip install 'cognito-app-constructs[validation]'`"
            )
        _starting()

    @property
    def name(self) -> str:
        """The name of the CDK's own plugin: reports and acknowledgements use it."""
        return "CloudFormation Validate"

    @property
    def version(self) -> str:
        """The engine's version."""
        return "0.0.0" if self._off else str(_library().version())

    @property
    def rule_ids(self) -> list[str]:
        """None: the CDK uses the rules only for usage statistics."""
        return []

    def validate(self, context: IPolicyValidationContext) -> PolicyValidationPluginReport:
        """Check every template of the synth."""
        if self._off:
            return PolicyValidationPluginReport(success=True, violations=[])
        stacks = list(context.stack_templates)
        rules = rules_about([Path(stack.template_path).read_text(encoding="utf-8") for stack in stacks])
        engine = _start(rules) if rules else _starting().result()
        found: dict[tuple[str, str, str], list[tuple[Diagnostic, PolicyViolatingResource]]] = {}
        for stack in stacks:
            for diagnostic in engine.validate_template(stack.template_path, _settings(stack)).diagnostics:
                severity = _SEVERITIES.get(diagnostic.severity.name, "informational")
                key = (diagnostic.rule_id, severity, _description(diagnostic))
                found.setdefault(key, []).append((diagnostic, _resource(diagnostic, stack)))
        return PolicyValidationPluginReport(
            success=all(severity != "error" for _, severity, _ in found),
            violations=[
                _violation(rule, severity, description, cases) for (rule, severity, description), cases in found.items()
            ],
        )


@functools.cache
def _starting() -> Future[CompositeEngine]:
    """Start the engine, once per process, in a thread."""
    pool = ThreadPoolExecutor(1, thread_name_prefix="validation")
    # The library frees an engine with functions that are gone when the interpreter has shut down.
    atexit.register(_starting.cache_clear)
    try:
        return pool.submit(_start, [])
    finally:
        pool.shutdown(wait=False)


def _library() -> ModuleType:
    # Takes a tenth of a second, which is saved if the validation is off.
    return import_module(_MODULE)


def _start(rules: list[tuple[str, str]]) -> CompositeEngine:
    library = _library()
    sources = [library.ExternalRuleSource(name=name, content=source) for name, source in rules]
    engine: CompositeEngine = library.CompositeEngine(library.CompositeEngineConfig(rego_rules=sources))
    return engine


def _settings(stack: PolicyValidationStack) -> ValidateConfig:
    library = _library()
    rule, service = _LEFT_OUT_FOR
    return library.ValidateConfig(
        detail_level=library.DetailLevel.STANDARD,
        severity_level=library.Severity.WARN,
        exclude=library.RuleFilterConfig(
            ids=list(LEFT_OUT), services=[library.ServiceFilter(rule_id=rule, service=service)]
        ),
        pseudo_parameter_overrides=library.PseudoParameterOverrides(account_id=stack.account_id, region=stack.region),
    )


def _description(diagnostic: Diagnostic) -> str:
    place = (diagnostic.property_path or "").removeprefix("Properties.")
    return f"{place}: {diagnostic.message}" if diagnostic.property_path else str(diagnostic.message)


def _resource(diagnostic: Diagnostic, stack: PolicyValidationStack) -> PolicyViolatingResource:
    entity = diagnostic.entity
    logical_id = entity.logical_id if entity is not None and entity.entity_type.name == "RESOURCE" else None
    return PolicyViolatingResource(
        resource_logical_id=logical_id,
        construct_path=None if logical_id else stack.stack_construct_path,
        template_path=stack.template_path,
        locations=[diagnostic.property_path] if diagnostic.property_path else [],
    )


def _violation(
    rule: str, severity: str, description: str, cases: list[tuple[Diagnostic, PolicyViolatingResource]]
) -> PolicyViolation:
    first = cases[0][0]
    return PolicyViolation(
        rule_name=rule,
        description=description,
        severity=severity,
        fix=first.suggested_fix,
        violating_resources=[resource for _, resource in cases],
        rule_metadata={"category": first.category} if first.category else None,
    )
