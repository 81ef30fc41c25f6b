"""Builds the example: `cdk deploy -c public_key=public.pem`, or `cognito-app up` for the local cloud."""

from pathlib import Path

from file_cdn_stack import FileCdnStack

from constructs_lib.validation import validated_app

app = validated_app()
FileCdnStack(
    app,
    "FileCdn",
    public_key=Path(app.node.try_get_context("public_key") or "public.pem").read_text(encoding="utf-8"),
    local=app.node.try_get_context("stage") == "local",
)
app.synth()
