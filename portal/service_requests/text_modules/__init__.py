"""Texts that staff reply with, in the requester's language, and macros that also take steps."""
