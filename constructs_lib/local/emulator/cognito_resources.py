"""User pool resources that stock MiniStack refuses: providers, users, group memberships, web ACL associations.

A group with an existing name is refused, as by CreateGroup; stock MiniStack replaces the existing group.
"""

from typing import Any, Final

from ministack.services import cognito, waf

from .ministack_interface import expect_parameters
from .provisioning import Props, add_type, done, expect_types, handlers
from .user_pool_api import answer

_GROUP: Final = "AWS::Cognito::UserPoolGroup"


def check() -> None:
    """Refuse a MiniStack whose Cognito or WAF calls take other arguments."""
    for function in (
        cognito._create_identity_provider, cognito._update_identity_provider, cognito._delete_identity_provider,
        waf._associate_web_acl, waf._disassociate_web_acl,
    ):  # fmt: skip
        expect_parameters(function, "data")
    expect_types(_GROUP)


def install() -> None:
    """Add the types."""
    add_type(
        "AWS::Cognito::UserPoolIdentityProvider",
        {"create": _create_provider, "update": _update_provider, "delete": _delete_provider},
    )
    add_type("AWS::Cognito::UserPoolUser", {"create": _create_user, "delete": _delete_user})
    add_type("AWS::Cognito::UserPoolUserToGroupAttachment", {"create": _join_group, "delete": _leave_group})
    add_type("AWS::WAFv2::WebACLAssociation", {"create": _associate, "delete": _disassociate})
    stock = handlers()[_GROUP]["create"]

    def create_group(logical_id: str, props: Props, stack_name: str) -> Any:
        pool = cognito._user_pools.get(props.get("UserPoolId", ""))
        if pool and props.get("GroupName") in pool["_groups"]:
            raise ValueError("A group with the name already exists.")
        return stock(logical_id, props, stack_name)

    handlers()[_GROUP]["create"] = create_group


def _create_provider(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    done(cognito._create_identity_provider(props))
    return props["ProviderName"], {}


def _update_provider(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    if any(old.get(name) != new.get(name) for name in ("UserPoolId", "ProviderName", "ProviderType")):
        return _create_provider(physical_id, new, stack_name)
    done(cognito._update_identity_provider(new))
    return physical_id, {}


def _delete_provider(physical_id: str, props: Props) -> None:
    cognito._delete_identity_provider({"UserPoolId": props.get("UserPoolId"), "ProviderName": physical_id})


def _create_user(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    created = done(answer("AdminCreateUser", props))
    return created["User"]["Username"], {}


def _delete_user(physical_id: str, props: Props) -> None:
    answer("AdminDeleteUser", {"UserPoolId": props.get("UserPoolId"), "Username": physical_id})


def _join_group(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    done(answer("AdminAddUserToGroup", props))
    return f"{props['GroupName']}|{props['Username']}", {}


def _leave_group(physical_id: str, props: Props) -> None:
    del physical_id
    answer("AdminRemoveUserFromGroup", props)


def _associate(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    done(waf._associate_web_acl(props))
    return f"{props['ResourceArn']}|{props['WebACLArn']}", {}


def _disassociate(physical_id: str, props: Props) -> None:
    del physical_id
    waf._disassociate_web_acl({"ResourceArn": props.get("ResourceArn", "")})
