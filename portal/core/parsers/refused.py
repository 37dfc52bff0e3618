"""What a parser says when it does not take a file."""


class Refused(Exception):
    """`reason` is one of the names in `portal.core.files.refusals`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
