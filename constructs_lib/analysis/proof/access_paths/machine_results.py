"""What a state machine tells others: what its tasks send, the results of its maps, and events of its executions.

A definition that is spelled out says what each task sends where. Of another one, each resource that it names may get
something. A task that only reads sends nothing, and neither does a message without a part of the input.

Sources: "ResultWriter (Map)", "Learning to use AWS service SDK integrations in Step Functions", "Automating Step
Functions event delivery with EventBridge" (AWS Step Functions developer guide).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.analysis.model.resources import as_list
from constructs_lib.analysis.proof.access_paths.account_wide import may_match_source
from constructs_lib.analysis.proof.access_paths.flow_ends import End, Flow, beginning, ends_under
from constructs_lib.analysis.proof.access_paths.state_machine_calls import definition_of
from constructs_lib.analysis.template.atoms import is_unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.analysis.model.resources import Resource
    from constructs_lib.analysis.proof.access_paths.reachable_resources import ReachableResources

_RULE: Final = "AWS::Events::Rule"
_SAID: Final = ("Definition", "DefinitionString", "DefinitionSubstitutions")
_READS: Final = re.compile(r"(?:Describe|Get|Head|List)[A-Z]", re.IGNORECASE)
_OBJECTS: Final = "s3:"
_MESSAGES: Final = ("eventbridge:", "events:", "firehose:", "kinesis:", "sns:", "sqs:")
"""The services whose calls carry what they are given, and nothing that they take from elsewhere."""
_ROWS: Final = re.compile(r"dynamodb:(?:BatchWrite|Put|TransactWrite|Update)", re.IGNORECASE)
_PUT_EVENTS: Final = re.compile(r":::(?:aws-sdk:eventbridge|events):putEvents")
"""EventBridge has another name in AWS SDK integrations than in its optimized one."""
_STARTED: Final[Mapping[str, str]] = {
    "lambda:invoke": "FunctionName",
    "sfn:startExecution": "StateMachineArn",
    "states:startExecution": "StateMachineArn",
}
"""By call: the parameter with what it starts with its input."""
_OUTPUT: Final = re.compile(r"output|destination|result|target|artifact|notification|tempdir|^s3bucket$", re.IGNORECASE)
"""The parameters with which calls of other services say where they write, such as `OutputDataConfig`."""
_GIVEN: Final = ("Arguments", "Parameters")
_WHOSE: Final = ("resources", "stateMachineArn")
"""The fields of an event that name what it is about."""


def machine_results(machine: Resource, reachable: ReachableResources) -> Iterator[Flow]:
    """Yield where the results of a state machine go."""
    ends = tuple(each for each in _sent(machine) if reachable.names.within(each.value, machine))
    if ends:
        yield Flow(by=machine, why="what its states send goes to", ends=ends, lines=True)
    for rule in _rules_on_sent_events(machine, reachable):
        targets = tuple(ends_under(rule.get("Targets"), ("Arn",)))
        yield Flow(by=rule, why="what its states send goes to", ends=targets, lines=True)
    # Executions of express workflows send no events.
    if str(machine.get("StateMachineType")) != "EXPRESS":
        for rule in rules_on_events("aws.states", machine, reachable):
            targets = tuple(ends_under(rule.get("Targets"), ("Arn",)))
            yield Flow(by=rule, why="what its executions are given and answer goes to", ends=targets, lines=True)


def rules_on_events(source: str, of: Resource, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the rules of buses that no template has for the events that a source sends of a resource."""
    for rule in _rules(reachable):
        pattern = rule.get("EventPattern")
        if may_match_source(pattern, source) and not _is_of_others(pattern, rule, of, reachable):
            yield rule


def _rules(reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the rules of buses that no template has."""
    for each in reachable.model.resources:
        if each.type == _RULE and not reachable.names.within(each.get("EventBusName"), each):
            yield each


def _rules_on_sent_events(machine: Resource, reachable: ReachableResources) -> Iterator[Resource]:
    """Yield the rules of buses that no template has for the events that the states of a machine put there."""
    sources = [*_sources(machine, reachable)]
    for rule in _rules(reachable) if sources else ():
        pattern = rule.get("EventPattern")
        if any(may_match_source(pattern, each) if each else pattern is not None for each in sources):
            yield rule


def _sources(machine: Resource, reachable: ReachableResources) -> Iterator[str]:
    """Yield the sources of the events that states put on a bus that no template has; "" if it may be any."""
    for state in _tasks(definition_of(machine)):
        if _PUT_EVENTS.search(str(state["Resource"])):
            given = _given(state)
            entries = given.get("Entries") if isinstance(given, Mapping) else None
            for entry in entries if isinstance(entries, list) else [given]:
                if _has_input(entry) and not reachable.names.within(entry, machine):
                    source = entry.get("Source") if isinstance(entry, Mapping) else None
                    yield source if isinstance(source, str) and not is_unknown(source) and "{%" not in source else ""


def _is_of_others(pattern: Any, rule: Resource, of: Resource, reachable: ReachableResources) -> bool:
    """Return whether an event pattern only matches events of other resources than one."""
    detail = pattern.get("detail") if isinstance(pattern, Mapping) else None
    fields = {**pattern, **detail} if isinstance(detail, Mapping) else pattern
    for field in (fields.get(name) for name in _WHOSE) if isinstance(fields, Mapping) else ():
        texts = as_list(field)
        plain = bool(texts) and all(isinstance(each, str) for each in texts)
        known = plain and all(reachable.names.within(each, rule) for each in texts)
        if known and of.place not in reachable.names.within(field, rule):
            return True
    return False


def _sent(machine: Resource) -> Iterator[End]:
    definition = definition_of(machine)
    if definition is None:
        yield from (End(machine.get(name)) for name in _SAID if machine.get(name) is not None)
        return
    for state in _tasks(definition):
        given = _given(state)
        yield from _told(str(state["Resource"]), given) if isinstance(given, Mapping) else [End(given)]


def _given(state: Mapping[str, Any]) -> Any:
    return next((state[name] for name in _GIVEN if state.get(name) is not None), None)


def _told(call: str, given: Mapping[str, Any]) -> Iterator[End]:
    """Yield where a call may send a part of its input, or of what a service reads for it."""
    _, integrated, name = call.partition(":::")
    action = name.removeprefix("aws-sdk:")
    if is_unknown(call) or "${" in call:
        yield End(given)
    elif not integrated or _READS.match(action.partition(":")[2]):
        return
    elif action.startswith(_OBJECTS):
        yield End(given.get("Bucket"), beginning(given) or beginning({"Prefix": given.get("Key")}))
    elif action.startswith(_MESSAGES) or _ROWS.match(action):
        yield from [End(given)] if _has_input(given) else []
    elif (started := _STARTED.get(action.partition(".")[0])) is not None:
        yield End(given.get(started))
    else:
        yield from _outputs(given)


def _outputs(given: Any) -> Iterator[End]:
    """Yield the parameters that say where a call writes, at any depth."""
    if isinstance(given, Mapping):
        for name, value in given.items():
            yield from [End(value)] if _OUTPUT.search(name) else _outputs(value)
    for each in given if isinstance(given, list) else ():
        yield from _outputs(each)


def _tasks(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the states and parts of states that call a service."""
    if isinstance(value, Mapping):
        if "Resource" in value:
            yield value
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _tasks(each)


def _has_input(value: Any) -> bool:
    """Return whether what a call is given has a part of the input: a path or an expression."""
    if isinstance(value, Mapping):
        return any(str(key).endswith(".$") or _has_input(each) for key, each in value.items())
    if isinstance(value, list):
        return any(map(_has_input, value))
    return isinstance(value, str) and "{%" in value
