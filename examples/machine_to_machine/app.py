"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from machine_to_machine_stack import MachineToMachineStack

from constructs_lib.validation import validated_app

app = validated_app()
MachineToMachineStack(
    app, "MachineToMachine", domain_prefix=app.node.try_get_context("domain_prefix") or "orders-of-machines"
)
app.synth()
