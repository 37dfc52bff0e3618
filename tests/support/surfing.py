"""A person at a served portal, over real connections; each call has one of its own."""

import http.client
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

from tests.support.formfill import Form, form_at, forms
from tests.support.people import PASSWORD

TIMEOUT_SECONDS = 60
Values = dict[str, list[str]]


@dataclass(frozen=True)
class Answer:
    status: int
    location: str
    html: str


@dataclass
class Surfer:
    """Keeps cookies; reads forms before it sends them, as browsers do."""

    address: str
    slug: str = "en"
    cookies: SimpleCookie = field(default_factory=SimpleCookie)

    def sign_in(self, name: str) -> "Surfer":
        form = self.form("/sign-in")
        given = {"email": [f"{name}@test.example"], "password": [PASSWORD]}
        assert self.send(form, given).status == 303
        return self

    def get(self, path: str) -> Answer:
        return self._call("GET", f"/{self.slug}{path}", None)

    def form(self, path: str) -> Form:
        """The form of a page that goes to the page's own address, or else its last one."""
        return form_at(self.get(path).html, f"/{self.slug}{path}")

    def form_with(self, path: str, name: str) -> Form:
        """The form of a page that has this field to write in."""
        page = self.get(path)
        assert page.status == 200, page.html
        found = forms(page.html, f"/{self.slug}{path}")
        return next(form for form in found if name in form.free)

    def send(self, form: Form, given: Values) -> Answer:
        body = urlencode({**form.values, **given}, doseq=True)
        return self._call("POST", form.action, body)

    def _call(self, method: str, path: str, body: str | None) -> Answer:
        connection = http.client.HTTPConnection(
            urlsplit(self.address).netloc, timeout=TIMEOUT_SECONDS
        )
        head = {"Cookie": "; ".join(f"{c.key}={c.value}" for c in self.cookies.values())}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            connection.request(method, path, body, head)
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self.cookies.load(line)
        return Answer(answer.status, answer.headers.get("Location", ""), text)
