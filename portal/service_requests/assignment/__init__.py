"""Who takes care of a request: by rules that staff keep, by language, and by load."""
