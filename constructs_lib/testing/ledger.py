"""The committed ledger of stateful resources, with the logical ID and fixed properties of each.

A logical ID that changes, or a property Cognito fixes at creation, makes an update build new, empty resources or
fail. Unit tests detect neither; the ledger does, because it records the deployed resources.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from constructs_lib.argument_checks import checked
from constructs_lib.testing.templates import TemplateLike, template_of

_UPDATE: Final = "--ledger-update"
_NEW_USERS: Final = ("AWS::Cognito::UserPool", "AWS::Cognito::IdentityPool")


class LedgerError(AssertionError):
    """The template and the committed ledger disagree."""


@checked
def ledger_of(template: TemplateLike) -> dict[str, dict[str, Any]]:
    """Return the ledger of one template.

    Args:
        template: As for `template_of`.

    Returns:
        Construct path (or logical ID, where the template carries none) to `type`, `logical_id` and `fixed`, the
        properties that cannot change while the resource lives. Resources that hold no data, no users and no
        address are left out.
    """
    from constructs_lib.analysis.replacements.consequences import consequence_of  # noqa: PLC0415 - a plugin loads fast
    from constructs_lib.analysis.replacements.resource import resources_of  # noqa: PLC0415 - a plugin loads fast
    from constructs_lib.analysis.replacements.schemas import identity  # noqa: PLC0415 - a plugin loads fast
    from constructs_lib.pool_fingerprint import immutable_fingerprint  # noqa: PLC0415 - a plugin loads fast

    return {
        resource.path or resource.logical_id: {
            "type": resource.type,
            "logical_id": resource.logical_id,
            "fixed": immutable_fingerprint(resource.properties)
            if resource.type == "AWS::Cognito::UserPool"
            else identity(resource.type, resource.properties),
        }
        for resource in resources_of("", template_of(template))
        if consequence_of(resource.type) is not None
    }


@checked
class Ledger:
    """One committed ledger file, with which a test compares templates.

    Args:
        path: The file, named after the test, beside its module in `__ledger__`.
        update: Whether to write instead of compare (`pytest --ledger-update`).
    """

    def __init__(self, path: Path, *, update: bool) -> None:
        self.path = path
        self._update = update

    def check(self, *templates: TemplateLike) -> None:
        """Fail if deploying these templates would lose a stateful resource.

        Args:
            templates: All templates of the app that the ledger is about.

        Raises:
            LedgerError: If a resource of the ledger is gone, has another logical ID or other fixed properties; if
                a new one is not in the ledger yet; or if two templates have one of the same construct path, or of the
                same logical ID without a path. Each line names the resource, the effect and the remedy.
        """
        __tracebackhide__ = True  # pytest shows the caller's line and the message, not the templates
        current: dict[str, dict[str, Any]] = {}
        for template in templates:
            found = ledger_of(template)
            if twice := ", ".join(current.keys() & found.keys()):
                raise LedgerError(f"two templates have a resource {twice}; check each template in a test of its own")
            current |= found
        # Through JSON, so that both sides have the types that JSON has.
        current = json.loads(json.dumps(current, default=str))
        if self._update:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(json.dumps(current, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            return
        problems = _problems(self._read(), current)
        if problems:
            raise LedgerError(
                "\n".join(["the template and the ledger of stateful resources disagree:", *problems])
                + f"\nIf this is intended, run `pytest {_UPDATE}` and commit {self.path}."
            )

    def _read(self) -> dict[str, Any]:
        if not self.path.exists():
            raise LedgerError(f"{self.path} does not exist; run `pytest {_UPDATE}` once and commit it")
        document = json.loads(self.path.read_text(encoding="utf-8"))
        return document if isinstance(document, dict) else {}


def _problems(ledger: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    lines = []
    for name, entry in ledger.items():
        what = _effect(entry["type"])
        if name not in current:
            successor = _renamed(entry, current.keys() - ledger.keys(), current)
            lines.append(f"  {name} ({entry['logical_id']}) is gone{successor}: {what}")
        elif current[name]["logical_id"] != entry["logical_id"]:
            lines.append(
                f"  {name} changes its logical ID from {entry['logical_id']} to {current[name]['logical_id']}: {what}; "
                f"call override_logical_id({entry['logical_id']!r}) or undo the renaming"
            )
        elif current[name]["type"] != entry["type"]:
            lines.append(f"  {name} turns from {entry['type']} into {current[name]['type']}: this update is refused")
        else:
            lines.extend(_fixed_problems(name, entry, current[name]))
    lines.extend(
        f"  {name} ({current[name]['logical_id']}) is new and not in the ledger yet"
        for name in current
        if name not in ledger
    )
    return lines


def _fixed_problems(name: str, entry: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    before, after = entry["fixed"], current["fixed"]
    refused = entry["type"] == "AWS::Cognito::UserPool"
    lines = []
    for key in sorted({*before, *after}):
        was, becomes = before.get(key), after.get(key)
        # A pool may gain custom attributes; it never loses or changes one.
        if key == "custom_attributes" and was == {kept: becomes.get(kept) for kept in was}:
            continue
        if was != becomes:
            outcome = "Cognito refuses this update, and a new pool would make new users"
            lines.append(
                f"  {name} changes {key} from {was} to {becomes}: {outcome if refused else _effect(entry['type'])}"
            )
    return lines


def _renamed(entry: Mapping[str, Any], added: set[str], current: Mapping[str, Any]) -> str:
    candidates = [name for name in sorted(added) if current[name]["type"] == entry["type"]]
    return f" ({candidates[0]} is new)" if candidates else ""


def _effect(resource_type: str) -> str:
    from constructs_lib.analysis.replacements.consequences import consequence_of  # noqa: PLC0415 - a plugin loads fast

    consequence = consequence_of(resource_type)
    loss = consequence.loses if consequence else "Its content is lost."
    start = "this update would make new users" if resource_type in _NEW_USERS else "this update would start it anew"
    return f"{start}. {loss}"
