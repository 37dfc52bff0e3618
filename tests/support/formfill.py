"""Read a page's forms and fill them as a careful, careless or hostile person would."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import html5lib

_H = "{http://www.w3.org/1999/xhtml}"
_CHOSEN = {"radio": "checked", "checkbox": "checked"}


@dataclass
class Form:
    """A form of a page: where it goes, what it holds, which fields take free text.

    `values` is what a browser would send, `kinds` the type of each input.
    """

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    free: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, text: str) -> dict[str, list[str]]:
        """Every free field holds `text`; choices hold a valid value."""
        chosen = {
            name: values[:1] for name, values in self.offered.items() if not self.values.get(name)
        }
        return {**self.values, **chosen, **{name: [text] for name in self.free}}

    def emptied(self) -> dict[str, list[str]]:
        """Nothing is entered or chosen; what the page itself needs is kept."""
        hidden = {n: v for n, v in self.values.items() if self.kinds.get(n) == "hidden"}
        return {**hidden, **{name: [""] for name in self.free}}


def forms(html: str, path: str) -> Iterator[Form]:
    """All forms that are sent with POST."""
    document = html5lib.parse(html)
    for element in document.iter(f"{_H}form"):
        if (element.get("method") or "get").lower() == "post":
            yield _form(element, path)


def form_at(html: str, path: str) -> Form:
    """The form of a page that goes to the page's own address, or else its last one."""
    found = list(forms(html, path))
    own = [f for f in found if f.action.split("?")[0] == path.split("?", maxsplit=1)[0]]
    return (own or found)[-1]


def _form(element: Any, path: str) -> Form:
    form = Form(element.get("action") or path)
    for e in element.iter():
        name = e.get("name")
        if not name:
            continue
        if e.tag == f"{_H}input":
            _input(form, e, name)
        elif e.tag == f"{_H}textarea":
            _text(form, name, "textarea", e.text or "")
        elif e.tag == f"{_H}select":
            _select(form, e, name)
    return form


def _text(form: Form, name: str, kind: str, value: str) -> None:
    form.values[name], form.kinds[name] = [value], kind
    form.free.append(name)


def _input(form: Form, e: Any, name: str) -> None:
    kind = (e.get("type") or "text").lower()
    value = e.get("value") or ""
    if kind == "hidden":
        form.values[name], form.kinds[name] = [value], kind
    elif kind in _CHOSEN:
        form.kinds[name] = kind
        form.offered.setdefault(name, []).append(value or "y")
        if e.get("checked") is not None:
            form.values.setdefault(name, []).append(value or "y")
    elif kind not in ("submit", "button", "file"):
        _text(form, name, kind, value)


def _select(form: Form, e: Any, name: str) -> None:
    options = list(e.iter(f"{_H}option"))
    form.kinds[name] = "select"
    form.offered[name] = [o.get("value") for o in options if o.get("value")]
    chosen = [o.get("value") or "" for o in options if o.get("selected") is not None]
    form.values[name] = chosen or [o.get("value") or "" for o in options[:1]]
