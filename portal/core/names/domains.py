"""Domains that look alike: of websites and of mail addresses, with international ones."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from portal.core.names.folding import fold, joined, letters

KEY_LENGTH = 100
# Names under a country under which domains are given out: example.com.cn.
_SECOND = frozenset(
    ("co", "com", "net", "org", "gov", "edu", "ac", "or", "ne", "go", "gob", "mil", "ind", "in")
)
_COUNTRY = 2
# Anybody has an address here; it says nothing about a company.
_MAIL_SERVICES = """
    gmail googlemail outlook hotmail live msn yahoo ymail icloud me aol gmx web mail proton
    protonmail zoho yandex qq foxmail 163 126 yeah sina sohu aliyun 139 189 21cn naver daum hanmail
    1688 tmall taobao jd baidu alibaba facebook linkedin youku wixsite wordpress github
    orange free laposte wanadoo tonline freenet uol bol terra
"""
_ANYBODY = frozenset(_MAIL_SERVICES.split())
_COMMON = frozenset({"www", "mail", "mx", "web", "shop", "en", "cn", "de", "m", "portal", "login"})
# What is put before or behind a known name to borrow its credit.
_ADDED = ("official", "verified", "verify", "secure", "login", "account", "support", "online",
          "mail", "group", "global", "intl", "international", "supplier", "sales", "service",
          "shop", "store", "company", "corp", "inc", "gmbh", "ltd")  # fmt: skip
_SHORTEST = 3
_MISTYPED_FROM = 7
_SIGNS = "abcdefghjklmnopqrstuvwxyz0123456789"


def host(text: str) -> str:
    """The host of an address, of a website or of a mail, in its own letters and lower case."""
    after = text.rpartition("@")[2].strip() if "://" not in text else text.strip()
    try:
        name = urlsplit(after if "://" in after else f"//{after}").hostname or ""
    except ValueError:
        return ""
    return ".".join(_letters(label) for label in name.casefold().strip(".").split("."))


def _letters(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label


def registrable(name: str) -> list[str]:
    """The labels of a host from its own name on: `www.a.example.com.cn` → example, com, cn."""
    labels = name.split(".")
    suffix = 1
    if len(labels) > _COUNTRY and len(labels[-1]) == _COUNTRY and labels[-2] in _SECOND:
        suffix = 2
    return labels[-suffix - 1 :]


def key(text: str) -> str:
    """What a domain is known by: its own label, folded; "" where anybody has addresses."""
    name = host(text)
    label = registrable(name)[0] if "." in name else ""
    return "" if label in _ANYBODY else fold(label)[:KEY_LENGTH]


def same(one: str, other: str) -> bool:
    """Whether two addresses belong to one registered domain."""
    return registrable(host(one)) == registrable(host(other))


def suspects(text: str) -> frozenset[str]:
    """Keys of domains that this one could be taken for: its own, those of the labels before it,
    without added words, and with one slip of the keyboard."""
    name, own = host(text), key(text)
    if not own:
        return frozenset()
    rest = name.split(".")[: -len(registrable(name))]
    found = {own, *(fold(label) for label in rest if label not in _COMMON)}
    found |= {bare for full in tuple(found) for bare in _without_added(full)}
    label = letters(registrable(name)[0])
    found |= set(map(joined, _slips(label))) if len(label) >= _MISTYPED_FROM else set()
    return frozenset(k for k in found if k == own or len(k) >= _SHORTEST)


def _without_added(full: str) -> Iterator[str]:
    for word in map(fold, _ADDED):
        yield full.removesuffix(word)
        yield full.removeprefix(word)


def _slips(label: str) -> Iterator[str]:
    """Everything one missing, added, wrong or swapped sign away."""
    for at in range(len(label) + 1):
        before, after = label[:at], label[at:]
        yield before + after[1:]
        for sign in _SIGNS:
            yield before + sign + after
            if after:
                yield before + sign + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
