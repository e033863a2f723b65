"""The pages of policy: rules and versions."""
