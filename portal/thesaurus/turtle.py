"""Reading Turtle: enough of it for any SKOS editor's files, each fault with its line."""

import re
from collections.abc import Iterator
from typing import NamedTuple

RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_TOKENS = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\n]*)
    |(?P<long>\"{3}(?:\"{0,2}(?:[^\"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3})
    |(?P<string>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<iri><[^<>\s"]*>)
    |(?P<at>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    |(?P<datatype>\^\^)
    |(?P<end>[;,.](?=[\s;,.\]\#]|$))
    |(?P<name>[^\s<>"';,\#\[\]()]*[^\s<>"';,\#\[\]().])
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SIGNS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


class TurtleError(ValueError):
    """What cannot be read, with its line."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


class Value(NamedTuple):
    """An object of a statement; `iri` tells resources from texts."""

    text: str
    iri: bool = False
    lang: str = ""


class Triple(NamedTuple):
    subject: str
    predicate: str
    value: Value
    line: int


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def triples(text: str) -> Iterator[Triple]:
    """All statements in order. Raises TurtleError."""
    return _Reader(text).read()


def _tokens(text: str) -> Iterator[_Token]:
    place, line = 0, 1
    while place < len(text):
        found = _TOKENS.match(text, place)
        if found is None:
            raise TurtleError(line, f"unexpected {text[place : place + 20]!r}")
        if found.lastgroup != "space":
            yield _Token(found.lastgroup or "", found[0], line)
        line += found[0].count("\n")
        place = found.end()


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = _tokens(text)
        self._now: _Token | None = next(self._tokens, None)
        self._prefixes: dict[str, str] = {}
        self._base = ""
        self._line = 1

    def read(self) -> Iterator[Triple]:
        while self._now is not None:
            word = self._now.text.casefold()
            if word in ("@prefix", "prefix", "@base", "base"):
                self._declare(word)
            else:
                yield from self._statements()

    def _take(self, *kinds: str) -> _Token:
        token = self._now
        if token is None:
            raise TurtleError(self._line, "the file ends in the middle of a statement")
        if kinds and token.kind not in kinds:
            raise TurtleError(token.line, f"unexpected {token.text!r}")
        self._line = token.line
        self._now = next(self._tokens, None)
        return token

    def _declare(self, word: str) -> None:
        self._take()
        if word.endswith("prefix"):
            name = self._take("name").text.removesuffix(":")
            self._prefixes[name] = self._base + self._take("iri").text[1:-1]
        else:
            self._base = self._take("iri").text[1:-1]
        if word.startswith("@"):
            self._end(".")

    def _end(self, sign: str) -> None:
        token = self._take("end")
        if token.text != sign:
            raise TurtleError(token.line, f"expected {sign}")

    def _is(self, sign: str) -> bool:
        return self._now is not None and self._now.kind == "end" and self._now.text == sign

    def _statements(self) -> Iterator[Triple]:
        subject = self._resource(self._take("iri", "name"))
        while True:
            verb = self._take("iri", "name")
            predicate = RDF_TYPE if verb.text == "a" else self._resource(verb)
            yield Triple(subject, predicate, self._value(), self._line)
            while self._is(","):
                self._take()
                yield Triple(subject, predicate, self._value(), self._line)
            while self._is(";"):
                self._take()
            if self._is("."):
                self._take()
                return

    def _resource(self, token: _Token) -> str:
        if token.kind == "iri":
            return self._base + token.text[1:-1] if ":" not in token.text else token.text[1:-1]
        prefix, colon, local = token.text.partition(":")
        if not colon or prefix not in self._prefixes:
            raise TurtleError(token.line, f"unknown prefix in {token.text!r}")
        return self._prefixes[prefix] + local.replace("\\", "")

    def _value(self) -> Value:
        token = self._take("iri", "name", "string", "long")
        if token.kind in ("string", "long"):
            return self._literal(token)
        if token.kind == "name" and ":" not in token.text:
            return Value(token.text)  # true, false and numbers
        return Value(self._resource(token), iri=True)

    def _literal(self, token: _Token) -> Value:
        quotes = 3 if token.kind == "long" else 1
        text = _ESCAPE.sub(_sign, token.text[quotes:-quotes])
        if self._now is not None and self._now.kind == "at":
            return Value(text, lang=self._take().text[1:])
        if self._now is not None and self._now.kind == "datatype":
            self._take()
            self._take("iri", "name")
        return Value(text)


def _sign(found: re.Match[str]) -> str:
    code = found[1]
    if code[0] in "uU" and len(code) > 1:
        number = int(code[1:], 16)
        return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"
    return _SIGNS.get(code, code)
