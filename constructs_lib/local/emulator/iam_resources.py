"""IAM resources that stock MiniStack refuses: inline policies, groups, OIDC providers; and checks of function roles."""

import json
from typing import Any, Final

from ministack.core.responses import get_account_id
from ministack.services import iam

from .ministack_interface import expect_attributes, expect_parameters
from .provisioning import Handlers, Props, add_type, done, expect_types, handlers

_INLINE: Final = {"Role": "AWS::IAM::RolePolicy", "User": "AWS::IAM::UserPolicy", "Group": "AWS::IAM::GroupPolicy"}
_POLICY: Final = "AWS::IAM::Policy"
_FUNCTION: Final = "AWS::Lambda::Function"


def check() -> None:
    """Refuse a MiniStack whose IAM calls take other arguments."""
    expect_types(_POLICY, _FUNCTION)
    for function in (
        iam._create_group, iam._delete_group, iam._attach_group_policy, iam._put_group_policy,
        iam._detach_group_policy, iam._delete_group_policy,
        iam._add_user_to_group, iam._remove_user_from_group, iam._create_oidc_provider, iam._delete_oidc_provider,
    ):  # fmt: skip
        expect_parameters(function, "p")
    expect_attributes(iam, "_groups", "_roles")


def install() -> None:
    """Add the types, and refuse functions with a missing role."""
    for kind, name in _INLINE.items():
        add_type(name, _inline(kind))
    add_type("AWS::IAM::Group", {"create": _create_group, "update": _update_group, "delete": _delete_group})
    add_type("AWS::IAM::UserToGroupAddition", {"create": _add_users, "delete": _remove_users})
    add_type("AWS::IAM::OIDCProvider", {"create": _create_oidc, "update": _update_oidc, "delete": _delete_oidc})
    function = handlers()[_FUNCTION]
    function["create"] = _with_role(function["create"])


def _inline(kind: str) -> Handlers:
    """Return handlers of a single principal's policy, based on those of `AWS::IAM::Policy`, which has several."""
    policy = handlers()[_POLICY]

    def several(props: Props) -> Props:
        return {**props, f"{kind}s": [props[f"{kind}Name"]]}

    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        return policy["create"](logical_id, several(props), stack_name)

    def update(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
        return policy["update"](physical_id, several(old), several(new), stack_name)

    def delete(physical_id: str, props: Props) -> None:
        policy["delete"](physical_id, several(props))

    return {"create": create, "update": update, "delete": delete}


def _create_group(logical_id: str, props: Props, stack_name: str) -> Any:
    name = props.get("GroupName") or f"{stack_name}-{logical_id}"
    done(iam._create_group({"GroupName": name, "Path": props.get("Path", "/")}))
    return _put_group_policies(name, props)


def _update_group(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    if new.get("GroupName", physical_id) != physical_id:
        return _create_group("", new, stack_name)
    for arn in old.get("ManagedPolicyArns", []):
        done(iam._detach_group_policy({"GroupName": physical_id, "PolicyArn": arn}))
    for policy in old.get("Policies", []):
        done(iam._delete_group_policy({"GroupName": physical_id, "PolicyName": policy["PolicyName"]}))
    return _put_group_policies(physical_id, new)


def _put_group_policies(name: str, props: Props) -> Any:
    for arn in props.get("ManagedPolicyArns", []):
        done(iam._attach_group_policy({"GroupName": name, "PolicyArn": arn}))
    for policy in props.get("Policies", []):
        document = json.dumps(policy["PolicyDocument"])
        done(iam._put_group_policy({"GroupName": name, "PolicyName": policy["PolicyName"], "PolicyDocument": document}))
    return name, {"Arn": iam._groups[name]["Arn"]}


def _delete_group(physical_id: str, props: Props) -> None:
    del props
    iam._delete_group({"GroupName": physical_id})


def _add_users(logical_id: str, props: Props, stack_name: str) -> Any:
    for user in props["Users"]:
        done(iam._add_user_to_group({"GroupName": props["GroupName"], "UserName": user}))
    return f"{stack_name}-{logical_id}", {}


def _remove_users(physical_id: str, props: Props) -> None:
    del physical_id
    for user in props.get("Users", []):
        iam._remove_user_from_group({"GroupName": props.get("GroupName"), "UserName": user})


def _create_oidc(logical_id: str, props: Props, stack_name: str) -> Any:
    del logical_id, stack_name
    listed = {
        f"{name}.member.{number}": value
        for name, values in (("ClientIDList", "ClientIdList"), ("ThumbprintList", "ThumbprintList"))
        for number, value in enumerate(props.get(values, []), start=1)
    }
    done(iam._create_oidc_provider({"Url": props["Url"], **listed}))
    arn = f"arn:aws:iam::{get_account_id()}:oidc-provider/{props['Url'].partition('://')[2]}"
    return arn, {"Arn": arn}


def _update_oidc(physical_id: str, old: Props, new: Props, stack_name: str) -> Any:
    if old.get("Url") == new.get("Url"):
        _delete_oidc(physical_id, old)
    return _create_oidc("", new, stack_name)


def _delete_oidc(physical_id: str, props: Props) -> None:
    del props
    iam._delete_oidc_provider({"OpenIDConnectProviderArn": physical_id})


def _with_role(stock: Any) -> Any:
    def create(logical_id: str, props: Props, stack_name: str) -> Any:
        name = str(props.get("Role", "")).rpartition("/")[2]
        role = iam._roles.get_scoped(get_account_id(), None, name)
        if role is None or not _lambda_may_assume(role):
            raise ValueError(f"The role defined for the function cannot be assumed by Lambda: {props.get('Role')}")
        return stock(logical_id, props, stack_name)

    return create


def _lambda_may_assume(role: dict[str, Any]) -> bool:
    document = role.get("AssumeRolePolicyDocument") or {}
    return "lambda.amazonaws.com" in (document if isinstance(document, str) else json.dumps(document))
