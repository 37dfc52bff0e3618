"""What can go wrong in a verb, each with a message for the person and a status for the page."""

from collections.abc import Mapping


class DomainError(Exception):
    """A rule refused the act; `message` is a (lazy) text in the reader's language.

    `field` names the form field or record key that the message belongs to, when there is one.
    """

    status = 409

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return str(self.message)


class NotFound(DomainError):
    """Absent, or not to be known of by this actor: both look the same."""

    status = 404

    def __init__(self, message: object = "not found") -> None:
        super().__init__(message)


class Forbidden(DomainError):
    """The actor knows of the object but may not do this with it."""

    status = 403


class Conflict(DomainError):
    """The object has moved on: wrong state, or a newer version."""

    status = 409


class Invalid(DomainError):
    """Input that a rule refuses; `errors` maps field names to messages."""

    status = 422

    def __init__(
        self,
        message: object,
        *,
        field: str | None = None,
        errors: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(message, field=field)
        self.errors: dict[str, object] = dict(errors or ({field: message} if field else {}))


class TooMany(DomainError):
    """A rate limit was reached; `retry_after` is in seconds."""

    status = 429

    def __init__(self, message: object, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Unavailable(DomainError):
    """A part of the system is busy or down for the moment."""

    status = 503
