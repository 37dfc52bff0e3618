"""Confidentiality agreements: the base's templates, and what two organisations agreed."""
