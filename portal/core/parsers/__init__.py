"""What reads files of strangers: programs of a process of its own that may do nothing else.

Nothing here imports another part of the portal, and no other part imports this but by starting
`python -m portal.core.parsers` (see `portal.core.files.parsing`).
"""
