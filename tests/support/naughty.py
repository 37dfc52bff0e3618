"""Awkward strings for every text field: a list of our own, and the public one where present."""

import json
from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared" / "data"

OWN = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'; DROP TABLE company; --",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "%0d%0aSet-Cookie: a=b",
    "=1+1",
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "＝1+1",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "𠮷野家 𪚥 龘 㐀",
    "苏州华能\u200b电驱",
    "全角ＡＢＣ１２３（括号）",
    "line\u2028separator\u2029paragraph",
    "\u00a0no\u00a0break\u00a0",
    "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇨🇳",
    "Ω≈ç√∫˜µ≤≥÷",
    "ﷺ ﷽ العربية",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "%s %d %(name)s %n %x",
    "\\u0000 \\x00 \\n",
    "null NULL None undefined NaN Infinity -1 1e400 0x0",
    "a" * 5000,
    "  leading and trailing  ",
    "tab\tand\nnew line",
    "&lt;b&gt;&amp;amp;&quot;",
    "Ümläüte ẞ ſ ﬁ ﬀ",
    "\ufeffBOM",
    "1,234.56 1.234,56 １２３４",
    "no character \ufffe\uffff\ufdd0",
    "\u202eevil\u202c",
    "\u2066isolate\u2069",
    "control\x07bell",
    "nul\x00byte",
    "escape\x1b[31mred",
)


def strings() -> list[str]:
    """Ours and, where the file is there, the public big list."""
    path = SHARED / "naughty-strings" / "blns.json"
    public = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
    return list(dict.fromkeys([*OWN, *public]))
