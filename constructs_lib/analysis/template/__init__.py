"""CloudFormation templates: read, checked, and resolved to resources without intrinsics."""
