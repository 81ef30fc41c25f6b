"""Permissions in any AWS service, validated against the published action data before they become a policy."""

from constructs_lib.any_service.statement_compiler import StatementCompiler, plain_of

__all__ = ["StatementCompiler", "plain_of"]
