"""The text of a mail: whatever its character set claims to be, and out of HTML if need be."""

import codecs
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from email.message import Message
from html.parser import HTMLParser
from typing import Any

from portal.core.texts import is_displayable
from portal.service_requests.mail_in.headers import asked

# Names in use that mean more than they say.
_WIDER = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "iso-2022-jp": "iso2022_jp_ext",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-1": "cp1252",
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "ks_c_5601-1987": "cp949",
    "unknown-8bit": "utf-8",
}
# What is tried when a text is not what it claims to be, by the language of its sender.
_USUAL = {"zh-Hans": "gb18030", "ja": "cp932", "ar": "cp1256"}
# For names of hosts; the time they take grows with the square of the length.
_SLOW = {"punycode", "idna"}
_QUOTES = {"blockquote"}
# Markup that nothing ends is read as text when it is short, else left out: the parser would look
# for its end again and again.
LONGEST_UNENDED = 10_000
_QUOTE_IDS = re.compile(
    r"\b(gmail_quote|gmail_attr|moz-cite-prefix|yahoo_quoted|ntes-mailmaster-quote"
    r"|protonmail_quote)\b",
    re.IGNORECASE,
)
_SILENT = {"script", "style", "head", "title", "template", "noscript"}
_BLOCKS = {"p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "pre", "hr"}
_VOID = {"br", "hr", "img", "input", "meta", "link", "area", "base", "col", "wbr"}


def text_of(message: Message, tag: str) -> str:
    """The plain text of a mail in LF lines, without characters that cannot be shown."""
    plain = [_decoded(part, tag) for part in parts(message) if _is_text(part, "text/plain")]
    if any(text.strip() for text in plain):
        return tidy("\n".join(plain))
    html = [_decoded(part, tag) for part in parts(message) if _is_text(part, "text/html")]
    return tidy("\n".join(from_html(text) for text in html))


def parts(message: Message, limit: int = 200) -> Iterator[Message]:
    """The leaves of a mail, not looking into mails that are attached. Raises ValueError for more
    leaves than any honest mail has."""
    open_parts, count = [message], 0
    while open_parts:
        part = open_parts.pop()
        count += 1
        if count > limit:
            raise ValueError("too many parts")
        if part.get_content_maintype() == "multipart" and isinstance(part.get_payload(), list):
            inside: Any = part.get_payload()
            open_parts.extend(reversed(inside))
        else:
            yield part


def _is_text(part: Message, kind: str) -> bool:
    return part.get_content_type() == kind and not is_file(part)


def is_file(part: Message) -> bool:
    """Whether a leaf is something to keep rather than to read."""
    if part.get_content_disposition() == "attachment":
        return True
    readable = part.get_content_type() in ("text/plain", "text/html")
    return not readable or bool(asked(part.get_filename, None))


def _decoded(part: Message, tag: str) -> str:
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    return decode(content, asked(part.get_content_charset, None) or "", tag)


def decode(content: bytes, claimed: str, tag: str) -> str:
    """The bytes as text: by what they claim to be, by UTF-8, by what is usual where the sender
    lives, and at worst with marks for what cannot be read."""
    name = _WIDER.get(claimed.lower(), claimed.lower())
    for encoding in (name, "utf-8", _USUAL.get(tag, "cp1252"), "gb18030"):
        try:
            if codecs.lookup(encoding).name not in _SLOW:
                return content.decode(encoding)
        except (LookupError, ValueError):
            continue
    return content.decode("utf-8", errors="replace")


def tidy(text: str) -> str:
    """NFC, LF, no characters that break pages, no trailing spaces, no towers of empty lines."""
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    shown = "".join(c for c in lines if c in "\n\t" or is_displayable(c)).replace("\ufeff", "")
    return re.sub(r"\n{3,}", "\n\n", "\n".join(s.rstrip(" \t\u00a0") for s in shown.split("\n")))


def from_html(html: str) -> str:
    """What an HTML mail says, as text. Quoted parts get the `>` that plain mails have; nothing of
    the markup is kept, so nothing of it can ever be run."""
    reader = _Reader()
    reader.feed(f"{html}\n")
    if len(reader.rawdata) < LONGEST_UNENDED:
        reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects lines, and knows how deep it is in quotes and in what is not shown."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._names: Counter[str] = Counter()
        self._quoted = 0
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag in _QUOTES or tag == "br":
            self._end_line()
        if tag in _VOID:
            return
        marked = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        quotes = tag in _QUOTES or bool(_QUOTE_IDS.search(marked))
        self._open.append((tag, quotes))
        self._names[tag] += 1
        self._quoted += quotes
        self._silent += tag in _SILENT

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS or tag in _QUOTES:
            self._end_line()
        while self._names[tag]:
            name, quotes = self._open.pop()
            self._names[name] -= 1
            self._quoted -= quotes
            self._silent -= name in _SILENT
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._line.append(re.sub(r"\s+", " ", data))

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """The library fails at those it does not know; browsers pass over them."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return self.parse_bogus_comment(i)

    def _end_line(self) -> None:
        mark, said = "> " if self._quoted else "", "".join(self._line).strip()
        self._lines.append(mark + said if said else "")
        self._line = []

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip()
