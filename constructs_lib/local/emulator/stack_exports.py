"""Stack exports: an imported export cannot change, and an export name belongs to one stack.

Stock MiniStack lets an update remove or change an export in use, keeps a removed one importable, and lets a second
stack export the same name (measured on 1.5.33). AWS fails the update at the outputs, with these messages.
"""

from collections.abc import Iterator
from typing import Any, Final

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

from .ministack_interface import expect_attributes, expect_parameters

_GONE: Final = ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")


def check() -> None:
    """Refuse a MiniStack that publishes exports elsewhere."""
    expect_attributes(cloudformation, "_stacks", "_exports")
    expect_parameters(handlers._imported_export_names, "stack", "stack_name")
    expect_parameters(
        stacks._resolve_stack_outputs,
        "outputs_defs", "conditions", "resources", "param_values", "mappings", "stack_name", "stack_id",
    )  # fmt: skip


def install() -> None:
    """Check the exports when a stack's outputs are resolved, the last step that can fail an operation."""
    stock = stacks._resolve_stack_outputs

    def resolve_stack_outputs(*given: Any) -> Any:
        outputs, exports = stock(*given)
        stack_name, stack_id = given[-2:]
        old = {name: each for name, each in cloudformation._exports.items() if each["StackId"] == stack_id}
        for name, export in old.items():
            new = exports.get(name)
            users = sorted(_importers(name, but=stack_name)) if new is None or new["Value"] != export["Value"] else []
            if users:
                verb = "deleted" if new is None else "updated"
                raise ValueError(f"Export {name} cannot be {verb} as it is in use by {', '.join(users)}")
        for name in exports:
            other = cloudformation._exports.get(name)
            if other is not None and other["StackId"] != stack_id:
                owner = other["StackId"].split("/")[1]
                raise ValueError(f"Export with name {name} is already exported by stack {owner}")
        for name in old.keys() - exports.keys():
            cloudformation._exports.pop(name, None)
        return outputs, exports

    stacks._resolve_stack_outputs = resolve_stack_outputs


def _importers(export: str, *, but: str) -> Iterator[str]:
    for name, stack in cloudformation._stacks.items():
        present = name != but and stack.get("StackStatus") not in _GONE
        if present and export in handlers._imported_export_names(stack, name):
            yield name
