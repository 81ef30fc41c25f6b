"""IAM as data: policies and their statements, ARNs, the catalogue of actions, and an evaluator of one request."""
