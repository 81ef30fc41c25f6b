"""The ways to owned data that lead over other resources: grants, services, copies, integrations, names anywhere."""
