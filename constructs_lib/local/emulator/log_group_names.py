"""Generated names of log groups, with their stack's name, as CloudFormation generates them.

Stock MiniStack names them `/aws/cloudformation/STACK/LOGICAL_ID` (1.5.33).
"""

from typing import Any, Final

from ministack.services.cloudformation import provisioners

from .ministack_interface import expect_attributes
from .provisioning import Props, expect_types, handlers

_TYPE: Final = "AWS::Logs::LogGroup"
_NAME: Final = "LogGroupName"
_LONGEST: Final = 512


def check() -> None:
    """Refuse a MiniStack that creates no log groups, or generates names elsewhere."""
    expect_types(_TYPE)
    expect_attributes(provisioners, "_physical_name")


def install() -> None:
    """Pass the name to MiniStack's handlers."""
    changed = handlers()[_TYPE]
    create, update = changed["create"], changed["update"]

    def create_named(logical_id: str, props: Props, stack_name: str) -> Any:
        return create(logical_id, _named(props, _generated_name(stack_name, logical_id)), stack_name)

    def update_named(physical_id: str, old: Props, new: Props, stack_name: str, logical_id: str) -> Any:
        name = _generated_name(stack_name, logical_id) if old.get(_NAME) else physical_id
        return update(physical_id, _named(old, physical_id), _named(new, name), stack_name, logical_id)

    changed["create"], changed["update"] = create_named, update_named


def _named(props: Props, name: str) -> Props:
    return props if props.get(_NAME) else {**props, _NAME: name}


def _generated_name(stack_name: str, logical_id: str) -> str:
    return str(provisioners._physical_name(stack_name, logical_id, max_len=_LONGEST))
