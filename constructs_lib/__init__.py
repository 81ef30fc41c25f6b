"""AWS CDK constructs for Cognito-backed serverless apps, and the proof that their users are isolated.

Import from the packages by name (`constructs_lib.auth`, `constructs_lib.storage`, ...). This root imports
nothing, so that `constructs_lib.analysis` and the command line start without Node.
"""

__all__: list[str] = []
