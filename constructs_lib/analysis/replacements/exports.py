"""Exports that other stacks import: CloudFormation neither removes nor changes them while they are in use."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from constructs_lib.analysis.replacements.canonical_values import canonical
from constructs_lib.analysis.replacements.findings import Effect, Finding, Note
from constructs_lib.analysis.replacements.refusals import NO_LOSS, REFUSALS, Refusal
from constructs_lib.analysis.replacements.value_comparison import references, same, short
from constructs_lib.analysis.template.functions import mappings_in

Stacks = Mapping[str, Mapping[str, Any]]


def changed_exports(old: Stacks, new: Stacks, replaced: Mapping[str, Collection[str]]) -> Iterator[Finding | Note]:
    """Yield removed or changed exports: refused if a stack here imports them, otherwise a note.

    `replaced` are the logical IDs of the replaced resources, by stack.
    """
    kept = {name: value for template in new.values() for name, (_, value) in _exports(template).items()}
    changed = [
        (stack, output, name, value)
        for stack, template in old.items()
        for name, (output, value) in _exports(template).items()
        if name not in kept
        or not same(kept[name], value)
        or not set(replaced.get(stack, ())).isdisjoint(references(value))
    ]
    imports = {stack: _imports(template) for stack, template in old.items()} if changed else {}
    imports_of = {stack: _imports(template) for stack, template in new.items()} if changed else {}
    for stack, output, name, value in changed:
        users = [other for other, names in imports.items() if name in names and other != stack]
        # A stack that no longer imports it must be deployed first; the templates do not determine the order.
        certain = any(name in imports_of.get(other, ()) for other in users)
        refusal = REFUSALS["an export in use with another value"]
        if name not in kept:
            refusal, what = REFUSALS["an export that is in use"], f"The export {name} is no longer made"
        elif same(kept[name], value):
            what = f"The export {name} names {short(value)}, which is replaced"
        else:
            what = f"The export {name} changes from {short(value)} to {short(kept[name])}"
        yield _finding(stack, output, what, users, refusal, certain=certain)


def _finding(
    stack: str, output: str, what: str, users: list[str], refusal: Refusal, *, certain: bool
) -> Finding | Note:
    if not users:
        text = f"{what}. No stack here imports it; while any other does, CloudFormation refuses: `{refusal.message}`."
        return Note(stack=stack, logical_id=output, text=text, source=refusal.source)
    verb = "imports" if len(users) == 1 else "import"
    return Finding(
        stack=stack,
        logical_id=output,
        type="Output",
        path="",
        effect=Effect.REFUSED,
        cause="Export",
        what=f"{what}, and as deployed {' and '.join(users)} {verb} it: `{refusal.message}`. The update fails.",
        loses=NO_LOSS,
        way_out=refusal.way_out,
        certain=certain,
        source=refusal.source,
    )


def _exports(template: Mapping[str, Any]) -> dict[str, tuple[str, Any]]:
    """Return a template's exports by name: the output, and its value."""
    outputs = template.get("Outputs")
    found = {}
    for output, body in (outputs if isinstance(outputs, Mapping) else {}).items():
        export = body.get("Export") if isinstance(body, Mapping) else None
        if isinstance(export, Mapping) and export.get("Name") is not None:
            found[str(canonical(export["Name"]))] = (str(output), body.get("Value"))
    return found


def _imports(template: Mapping[str, Any]) -> set[str]:
    parts = [template.get("Resources"), template.get("Outputs"), template.get("Conditions")]
    return {str(canonical(each["Fn::ImportValue"])) for each in mappings_in(parts) if "Fn::ImportValue" in each}
