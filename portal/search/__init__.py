"""Search over published companies, capabilities and needs."""
