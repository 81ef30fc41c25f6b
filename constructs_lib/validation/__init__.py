"""The proof as a CDK policy-validation plugin: a synth fails with the attack and the construct that opens it."""

from constructs_lib.validation.plugin import IsolationPlugin

__all__ = ["IsolationPlugin"]
