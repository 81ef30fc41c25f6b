"""Table of user pool operations: the lookup and the handler of each.

Every operation of AWS's service model is in one of three tables: this package handles `OPERATIONS`, MiniStack handles
`STOCK` after checks here, and `NOT_EMULATED` is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from . import accounts, admin, challenges, devices, forgotten_passwords, profiles, sign_in, user_lists
from .call_context import (
    Call,
    by_client,
    by_client_and_hash,
    by_client_and_secret,
    by_nothing,
    by_pool,
    by_pool_and_client,
    by_pool_and_user,
    by_token,
)
from .clients import check_client, keep_client_settings, without_empty
from .emulator_interface import EmulatorInterface
from .errors import RefusedError
from .requests import check_request

Find: TypeAlias = Callable[[Call], None]
Stock: TypeAlias = Callable[[dict[str, Any]], Any]


@dataclass(frozen=True, slots=True)
class Operation:
    """Lookup and handler of an operation.

    Args:
        find: Looks up the request's resources, in AWS's order, and refuses missing ones.
        answer: Returns the response.
    """

    find: Find
    answer: Callable[[Call], dict[str, Any]]


OPERATIONS: Final[dict[str, Operation]] = {
    # Sign-in
    "InitiateAuth": Operation(by_client, sign_in.initiate),
    "AdminInitiateAuth": Operation(by_pool_and_client, sign_in.initiate),
    "RespondToAuthChallenge": Operation(by_client, challenges.respond),
    "AdminRespondToAuthChallenge": Operation(by_pool_and_client, challenges.respond),
    "GetTokensFromRefreshToken": Operation(by_client_and_secret, sign_in.get_tokens_from_refresh_token),
    "RevokeToken": Operation(by_client, profiles.revoke_token),
    "GlobalSignOut": Operation(by_token, profiles.global_sign_out),
    # New accounts and forgotten passwords
    "SignUp": Operation(by_client_and_hash, accounts.sign_up),
    "ConfirmSignUp": Operation(by_client_and_hash, accounts.confirm_sign_up),
    "ResendConfirmationCode": Operation(by_client_and_hash, accounts.resend_confirmation_code),
    "ForgotPassword": Operation(by_client_and_hash, forgotten_passwords.forgot_password),
    "ConfirmForgotPassword": Operation(by_client_and_hash, forgotten_passwords.confirm_forgot_password),
    # Own account
    "ChangePassword": Operation(by_token, forgotten_passwords.change_password),
    "GetUser": Operation(by_token, profiles.get_user),
    "UpdateUserAttributes": Operation(by_token, profiles.update_user_attributes),
    "DeleteUserAttributes": Operation(by_token, profiles.delete_user_attributes),
    "GetUserAttributeVerificationCode": Operation(by_token, profiles.get_user_attribute_verification_code),
    "VerifyUserAttribute": Operation(by_token, profiles.verify_user_attribute),
    "DeleteUser": Operation(by_token, profiles.delete_user),
    "SetUserMFAPreference": Operation(by_token, profiles.set_mfa_preference),
    "SetUserSettings": Operation(by_token, profiles.set_user_settings),
    "GetUserAuthFactors": Operation(by_token, profiles.get_user_auth_factors),
    "AssociateSoftwareToken": Operation(by_nothing, profiles.associate_software_token),
    "VerifySoftwareToken": Operation(by_nothing, profiles.verify_software_token),
    # Devices
    "ConfirmDevice": Operation(by_token, devices.confirm),
    "GetDevice": Operation(by_token, devices.get),
    "ListDevices": Operation(by_token, devices.listed),
    "ForgetDevice": Operation(by_token, devices.forget),
    "UpdateDeviceStatus": Operation(by_token, devices.update_status),
    "AdminGetDevice": Operation(by_pool_and_user, devices.get),
    "AdminListDevices": Operation(by_pool_and_user, devices.listed),
    "AdminForgetDevice": Operation(by_pool_and_user, devices.forget),
    "AdminUpdateDeviceStatus": Operation(by_pool_and_user, devices.update_status),
    # Administrators
    "AdminCreateUser": Operation(by_pool, admin.create_user),
    "AdminGetUser": Operation(by_pool_and_user, admin.get_user),
    "AdminDeleteUser": Operation(by_pool_and_user, profiles.delete_user),
    "AdminUpdateUserAttributes": Operation(by_pool_and_user, admin.update_user_attributes),
    "AdminDeleteUserAttributes": Operation(by_pool_and_user, admin.delete_user_attributes),
    "AdminConfirmSignUp": Operation(by_pool_and_user, admin.confirm_sign_up),
    "AdminSetUserPassword": Operation(by_pool_and_user, admin.set_user_password),
    "AdminResetUserPassword": Operation(by_pool_and_user, admin.reset_user_password),
    "AdminDisableUser": Operation(by_pool_and_user, admin.disable_user),
    "AdminEnableUser": Operation(by_pool_and_user, admin.enable_user),
    "AdminUserGlobalSignOut": Operation(by_pool_and_user, profiles.global_sign_out),
    "AdminSetUserMFAPreference": Operation(by_pool_and_user, profiles.set_mfa_preference),
    "AdminSetUserSettings": Operation(by_pool_and_user, profiles.set_user_settings),
    "AdminDeleteSoftwareToken": Operation(by_pool_and_user, admin.delete_software_token),
    "AdminGetUserAuthFactors": Operation(by_pool_and_user, profiles.get_user_auth_factors),
    "ListUsers": Operation(by_pool, user_lists.list_users),
    "ListUsersInGroup": Operation(by_pool, user_lists.list_users_in_group),
    "UpdateGroup": Operation(by_pool, user_lists.update_group),
}

STOCK: Final[dict[str, Find]] = {
    "AddCustomAttributes": by_pool,
    "AdminAddUserToGroup": by_pool_and_user,
    "AdminDisableProviderForUser": by_pool,
    "AdminLinkProviderForUser": by_pool,
    "AdminListGroupsForUser": by_pool_and_user,
    "AdminListUserAuthEvents": by_pool_and_user,
    "AdminRemoveUserFromGroup": by_pool_and_user,
    "AdminUpdateAuthEventFeedback": by_pool_and_user,
    "CreateGroup": by_pool,
    "CreateIdentityProvider": by_pool,
    "CreateResourceServer": by_pool,
    "CreateUserPool": by_nothing,
    "CreateUserPoolClient": by_pool,
    "CreateUserPoolDomain": by_pool,
    "DeleteGroup": by_pool,
    "DeleteIdentityProvider": by_pool,
    "DeleteResourceServer": by_pool,
    "DeleteUserPool": by_pool,
    "DeleteUserPoolClient": by_pool_and_client,
    "DeleteUserPoolDomain": by_pool,
    "DescribeIdentityProvider": by_pool,
    "DescribeResourceServer": by_pool,
    "DescribeUserPool": by_pool,
    "DescribeUserPoolClient": by_pool_and_client,
    "DescribeUserPoolDomain": by_nothing,
    "GetGroup": by_pool,
    "GetIdentityProviderByIdentifier": by_pool,
    "GetUICustomization": by_pool,
    "GetUserPoolMfaConfig": by_pool,
    "ListGroups": by_pool,
    "ListIdentityProviders": by_pool,
    "ListResourceServers": by_pool,
    "ListTagsForResource": by_nothing,
    "ListUserPoolClients": by_pool,
    "ListUserPools": by_nothing,
    "SetUICustomization": by_pool,
    "SetUserPoolMfaConfig": by_pool,
    "TagResource": by_nothing,
    "UntagResource": by_nothing,
    "UpdateAuthEventFeedback": by_pool_and_user,
    "UpdateIdentityProvider": by_pool,
    "UpdateResourceServer": by_pool,
    "UpdateUserPool": by_pool,
    "UpdateUserPoolClient": by_pool_and_client,
    "UpdateUserPoolDomain": by_pool,
}
"""Operations that MiniStack handles after the checks and lookups here."""

NOT_EMULATED: Final = frozenset(
    {
        "AddUserPoolClientSecret", "AdminListUserSessions", "AdminRevokeUserSession", "CancelPointInTimeRecovery",
        "CompleteWebAuthnRegistration", "CreateCIMDPolicy", "CreateManagedLoginBranding", "CreateTerms",
        "CreateUserImportJob", "CreateUserPoolReplica", "DeleteCIMDPolicy", "DeleteManagedLoginBranding",
        "DeleteTerms", "DeleteUserPoolClientSecret", "DeleteUserPoolReplica", "DeleteWebAuthnCredential",
        "DescribeCIMDPolicy", "DescribeManagedLoginBranding", "DescribeManagedLoginBrandingByClient",
        "DescribePointInTimeRecovery", "DescribeRiskConfiguration", "DescribeTerms", "DescribeTermsByClient",
        "DescribeUserImportJob", "GetCSVHeader", "GetClientToken", "GetDerivedToken", "GetLogDeliveryConfiguration",
        "GetProvisionedLimit", "GetSigningCertificate", "GetUserPoolClientSessionConfiguration",
        "GetUserPoolSessionConfiguration", "InitiatePointInTimeRecovery", "ListCIMDPolicies", "ListClientMetadataURLs",
        "ListPointInTimeRecoveries", "ListTerms", "ListUserImportJobs", "ListUserPoolClientSecrets",
        "ListUserPoolReplicas", "ListUserSessions", "ListWebAuthnCredentials", "RevokeUserSession",
        "SetLogDeliveryConfiguration", "SetRiskConfiguration", "SetUserPoolClientSessionConfiguration",
        "SetUserPoolSessionConfiguration", "StartPointInTimeRecovery", "StartUserImportJob",
        "StartWebAuthnRegistration", "StopUserImportJob", "UpdateCIMDPolicy", "UpdateClientMetadataURLState",
        "UpdateManagedLoginBranding", "UpdateProvisionedLimit", "UpdateTerms", "UpdateUserPoolReplica",
    }
)  # fmt: skip
"""Operations that are refused, with an error that AWS does not have, to distinguish it from AWS's."""

_LENIENT: Final = frozenset({"AccessTokenValidity", "IdTokenValidity"})
"""An administrator may set token lifetimes that AWS refuses, because the story needs an expired token."""


def perform(emulator: EmulatorInterface, operation: str, data: Any, stock: Mapping[str, Stock]) -> Any:
    """Handle a call, and return the response of this package or of MiniStack's function in `stock`.

    Raises:
        RefusedError: If the call is refused.
    """
    if operation in NOT_EMULATED:
        raise RefusedError(
            "NotEmulatedException", f"The local cloud does not emulate {operation}; see docs/local-cloud.md.", 501
        )
    check_request(operation, data, lenient=_LENIENT)
    given = {name: value for name, value in data.items() if value is not None}
    call = Call(emulator=emulator, operation=operation, data=given)
    if operation in OPERATIONS:
        OPERATIONS[operation].find(call)
        return OPERATIONS[operation].answer(call)
    if operation not in STOCK:
        raise RefusedError("UnknownOperationException", "")
    STOCK[operation](call)
    if call.user:
        given["Username"] = call.user["Username"]  # MiniStack's own rules for names and aliases are less strict
    check_client(call)
    answered = stock[operation](given)
    keep_client_settings(call, answered)
    return without_empty(answered)
