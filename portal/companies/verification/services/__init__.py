"""Verbs of verification: what companies ask for, and what the base decides."""
