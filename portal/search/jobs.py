"""Index jobs: what the outbox asks the index to do."""
