"""What the API refuses by itself, as problem+json (RFC 9457)."""

from collections.abc import Mapping

from flask import Response

from portal.web import errors


class ApiError(Exception):
    """An answer of 400 or more with its detail, messages per field and headers."""

    def __init__(
        self,
        status: int,
        detail: object,
        *,
        errors: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail
        self.errors = {name: str(text) for name, text in (errors or {}).items()}
        self.headers = dict(headers or {})


def answer(problem: ApiError) -> Response:
    """The response of a problem."""
    more: dict[str, object] = {"errors": problem.errors} if problem.errors else {}
    response = errors.problem(problem.status, problem.detail, **more)
    response.headers.update(problem.headers)
    return response
