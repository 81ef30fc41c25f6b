"""Builds the example: `cdk deploy`, or `cognito-app up` here for the local cloud."""

from aws_cdk import App
from machine_to_machine_stack import MachineToMachineStack

app = App()
MachineToMachineStack(
    app, "MachineToMachine", domain_prefix=app.node.try_get_context("domain_prefix") or "orders-of-machines"
)
app.synth()
