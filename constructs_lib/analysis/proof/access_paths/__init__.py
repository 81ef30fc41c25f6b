"""Access paths to owned data through other resources: grants, services, copies, integrations and references."""
