"""Checks of a synth: CloudFormation's rules by AWS's native engine, and isolation by the proof."""

from constructs_lib.validation.app import validated_app
from constructs_lib.validation.cloudformation import CloudFormationPlugin
from constructs_lib.validation.plugin import IsolationPlugin

__all__ = ["CloudFormationPlugin", "IsolationPlugin", "validated_app"]
