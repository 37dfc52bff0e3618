"""Search over requests and all that was said on them, for the desk alone: internal notes are in
the index, which nobody else ever reads."""
