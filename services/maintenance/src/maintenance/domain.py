"""The maintenance window."""
