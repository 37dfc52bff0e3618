"""Quotes for paid services: what they cost, until when they hold, and what the customer says."""
