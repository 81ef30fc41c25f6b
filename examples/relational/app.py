"""Builds the example: `cdk deploy`."""

from relational_stack import RelationalStack

from constructs_lib.validation import validated_app

app = validated_app()
RelationalStack(app, "Relational")
app.synth()
