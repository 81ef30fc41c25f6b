"""The overrides, in installation order."""

from importlib.metadata import version
from types import ModuleType
from typing import Final

from . import (
    accepted_types,
    administrator,
    api_host_names,
    change_sets,
    client_secrets,
    cognito_resources,
    copy_sources,
    distributions,
    durable_buckets,
    durable_state,
    dynamodb_keys,
    evaluation_recording,
    event_api_resources,
    event_authorization,
    function_failures,
    function_urls,
    http_api_body,
    http_api_limits,
    iam_resources,
    identity_pools,
    kms_requests,
    lambda_context_identity,
    lambda_runtimes,
    lambda_workers,
    load_balancers,
    log_group_names,
    log_limits,
    log_requests,
    managed_policies,
    not_principal,
    parameter_requests,
    partiql_requests,
    policy_evaluation,
    policy_simulation,
    refusal_cors_headers,
    replaced_tags,
    request_actions,
    rest_api_body,
    rest_api_policies,
    rest_authorizer,
    rest_validators,
    s3_rights,
    session_durations,
    shared_service_models,
    signature_scope,
    signed_headers,
    signing_keys,
    stack_exports,
    storage_resources,
    table_policies,
    unchanged_resources,
    unsigned_requests,
    user_pool_api,
    user_pool_domains,
    web_identity,
)
from .ministack_interface import UnsupportedError

OVERRIDES: Final[tuple[ModuleType, ...]] = (
    administrator,
    unsigned_requests,
    request_actions,
    s3_rights,
    copy_sources,
    replaced_tags,
    signature_scope,
    signed_headers,
    dynamodb_keys,
    partiql_requests,
    kms_requests,
    parameter_requests,
    policy_evaluation,
    not_principal,
    policy_simulation,
    shared_service_models,
    signing_keys,
    user_pool_api,
    client_secrets,
    user_pool_domains,
    identity_pools,
    session_durations,
    web_identity,
    rest_authorizer,
    rest_api_policies,
    api_host_names,
    http_api_body,
    http_api_limits,
    rest_api_body,
    accepted_types,
    cognito_resources,
    iam_resources,
    managed_policies,
    storage_resources,
    table_policies,
    log_group_names,
    distributions,
    load_balancers,
    rest_validators,
    event_api_resources,
    event_authorization,
    function_failures,
    change_sets,
    unchanged_resources,
    stack_exports,
    lambda_context_identity,
    function_urls,
    lambda_runtimes,
    lambda_workers,
    log_limits,
    log_requests,
    evaluation_recording,
    refusal_cors_headers,
    durable_buckets,
    durable_state,
)


def install() -> list[str]:
    """Check all overridden parts of MiniStack, then install the overrides.

    Returns:
        The overrides' names.

    Raises:
        UnsupportedError: If an override does not support this version of MiniStack.
    """
    for override in OVERRIDES:
        try:
            override.check()
        except (UnsupportedError, AttributeError) as error:
            name = override.__name__.rsplit(".", 1)[-1]
            raise UnsupportedError(
                f"MiniStack {version('ministack')} is not supported by the override '{name}': {error}. "
                "Install the version that emulator.lock names."
            ) from error
    for override in OVERRIDES:
        override.install()
    return [override.__name__.rsplit(".", 1)[-1] for override in OVERRIDES]
