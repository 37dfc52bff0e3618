"""Answers that come back by mail and become part of a request's conversation."""
