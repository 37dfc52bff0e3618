"""Only what is new in a mail becomes an entry, in whatever program and language it was written."""

import time

import pytest

from portal.service_requests.mail_in import bodies
from portal.service_requests.mail_in.quoting import newly_written

OUTLOOK_DE = """Sehr geehrte Damen und Herren,

die Prüfung nach UN R10 kann am 3. Dezember beginnen.

Mit freundlichen Grüßen
Anna Meyer

________________________________
Von: Overseas Base <portal@base.example>
Gesendet: Freitag, 20. November 2026 10:15
An: Anna Meyer <meyer@nordstern.example>
Betreff: SR-00001: Wir haben eine Rückfrage

Hallo Anna Meyer,
alter Text
"""
OUTLOOK_ZH = """您好，

样品已经寄出。

发件人: Overseas Base <portal@base.example>
发送时间: 2026年11月20日 10:15
收件人: 王芳 <wang@huaneng.example>
主题: SR-00001：我们有一个问题

旧内容
"""
GMAIL_EN = """Yes, series 06.

On Fri, Nov 20, 2026 at 10:15 AM Overseas Base <
reply+sr1.abc@base.example> wrote:

> Hello Anna,
>
> old text
"""
GMAIL_ZH = """可以，系列06。

Overseas Base <reply@base.example> 于2026年11月20日周五 10:15写道：

> 旧内容
"""
GMAIL_JA = """はい、可能です。

2026年11月20日(金) 10:15 Overseas Base <portal@base.example>:

> 古い本文
"""
APPLE_DE = """Ja, bitte.

Von meinem iPhone gesendet

> Am 20.11.2026 um 10:15 schrieb Overseas Base <portal@base.example>:
>
> alter Text
"""
APPLE_EN = """Fine with us.

> On 20. Nov 2026, at 10:15, Overseas Base <portal@base.example> wrote:
>
> old text
"""
QQ = """好的，谢谢，附件是报告。

发自我的iPhone

------------------ 原始邮件 ------------------
发件人: "Overseas Base" <portal@base.example>;
发送时间: 2026年11月20日(星期五) 上午10:15
收件人: "王芳"<wang@qq.example>;
主题: SR-00001：我们有一个问题

旧内容
"""
FOXMAIL = """请见附件。



发件人： Overseas Base
发送时间： 2026-11-20 10:15
收件人： 王芳
主题： SR-00001：我们有一个问题
旧内容
"""
FRENCH = """D'accord.

Le ven. 20 nov. 2026 à 10:15, Overseas Base <portal@base.example> a écrit :
> ancien texte
"""
SPANISH = """De acuerdo.

El vie, 20 nov 2026 a las 10:15, Overseas Base (<portal@base.example>) escribió:
> texto antiguo
"""
PORTUGUESE = """De acordo.

Em sex., 20 de nov. de 2026 às 10:15, Overseas Base <portal@base.example> escreveu:
> texto antigo
"""
ARABIC = """موافق.

في الجمعة، 20 نوفمبر 2026 في 10:15 ص تمت كتابة ما يلي بواسطة كتب Overseas Base <p@base.example>:
> نص قديم
"""
BETWEEN = """On 20 Nov 2026, Overseas Base wrote:
> Which amendment?
Series 06.
> And which market?
Germany.
--
Anna Meyer
Nordstern AG
"""
CASES = {
    "outlook-de": (OUTLOOK_DE, "Mit freundlichen Grüßen\nAnna Meyer"),
    "outlook-zh": (OUTLOOK_ZH, "样品已经寄出。"),
    "gmail-en": (GMAIL_EN, "Yes, series 06."),
    "gmail-zh": (GMAIL_ZH, "可以，系列06。"),
    "gmail-ja": (GMAIL_JA, "はい、可能です。"),
    "apple-de": (APPLE_DE, "Ja, bitte."),
    "apple-en": (APPLE_EN, "Fine with us."),
    "qq": (QQ, "好的，谢谢，附件是报告。"),
    "foxmail": (FOXMAIL, "请见附件。"),
    "fr": (FRENCH, "D'accord."),
    "es": (SPANISH, "De acuerdo."),
    "pt": (PORTUGUESE, "De acordo."),
    "ar": (ARABIC, "موافق."),
    "between": (BETWEEN, "Series 06.\nGermany."),
}
OLD = ("alter Text", "旧内容", "old text", "古い", "ancien", "antiguo", "antigo", "قديم", "portal@")


@pytest.mark.parametrize("name", CASES)
def test_only_what_is_new_is_kept(name: str) -> None:
    text, expected = CASES[name]
    kept = newly_written(text)
    assert kept.endswith(expected), kept
    assert not [old for old in OLD if old in kept]


@pytest.mark.parametrize(
    "text",
    [
        "On Monday our engineer wrote: the sample is broken.\nPlease send another one.",
        "Am Montag schrieb unser Ingenieur: Das Muster ist defekt.",
        "From: our plant in Suzhou\nTo: Hamburg, by sea\nplease quote.",
        "我们在苏州写道路试验报告，请查收。",
        "Price: 10\nDate: 2026-12-01\nSubject: to change",
        "Data: see attachment",
    ],
)
def test_sentences_that_only_look_like_quotes_stay(text: str) -> None:
    assert newly_written(text) == text


def test_a_mail_of_nothing_but_quotes_stays_as_it_is() -> None:
    assert newly_written("> Which amendment?\n> Series 06") == "> Which amendment?\n> Series 06"


def test_html_becomes_text_and_its_quotes_go() -> None:
    html = (
        "<html><head><style>p{color:red}</style><title>t</title></head><body>"
        "<p>Gr&uuml;&szlig;e,<br>Teil <b>zwei</b> &lt;neu&gt;</p><script>alert(1)</script>"
        '<div class="gmail_quote"><div class="gmail_attr">Am Fr. schrieb X:</div>'
        "<blockquote><p>alter Text</p></blockquote></div></body></html>"
    )
    assert newly_written(bodies.from_html(html)) == "Grüße,\nTeil zwei <neu>"


def test_outlook_html_repeats_headers_without_marks() -> None:
    html = (
        "<div>样品已寄出。</div><hr><div><b>发件人:</b> Base<br><b>发送时间:</b> 2026年11月20日<br>"
        "<b>收件人:</b> 王芳<br><b>主题:</b> SR-00001</div><div>旧内容</div>"
    )
    assert newly_written(bodies.from_html(html)) == "样品已寄出。"


def test_hostile_html_ends_soon() -> None:
    html = "<b>" * 100_000 + "</i>" * 100_000 + "text" + "<blockquote>" * 10_000
    assert bodies.from_html(html).strip() == "text"


@pytest.mark.parametrize(
    ("text", "encoding", "claimed", "tag"),
    [
        ("电驱动系统㐂", "gb18030", "gb2312", "zh-Hans"),
        ("电驱动", "gb18030", "utf-8", "zh-Hans"),
        ("電動車①", "iso2022_jp_ext", "iso-2022-jp", "ja"),
        ("電動車", "cp932", "us-ascii", "ja"),
        ("Grüße – 5 €", "cp1252", "iso-8859-1", "de"),
        ("Grüße", "cp1252", "utf-8", "de"),
        ("Grüße", "utf-8", "x-unknown", "de"),
    ],
)
def test_texts_survive_wrong_character_sets(
    text: str, encoding: str, claimed: str, tag: str
) -> None:
    assert (
        bodies.decode(text.encode(encoding, "replace"), claimed, tag).replace("?", "①")[:3]
        == (text[:3])
    )


def test_what_cannot_be_shown_is_left_out() -> None:
    assert bodies.tidy("a\x00b\x1b[31m\r\nc   \n\n\n\nd\ufeff") == "ab[31m\nc\n\nd"


@pytest.mark.parametrize(
    "piece", ["<p", "<!--", "<![x", "</", "<?x", "&#", "<a '", "a<b>", '<a ="']
)
def test_html_that_never_ends_is_read_soon(piece: str) -> None:
    begun = time.process_time()
    bodies.from_html("Angebot folgt.<br>" + piece * (400_000 // len(piece)))
    assert time.process_time() - begun < 5


def test_long_lines_of_spaces_are_read_soon() -> None:
    begun = time.process_time()
    assert bodies.tidy(" " * 400_000 + "x").strip() == "x"
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("claimed", ["punycode", " PUNYCODE.", "idna"])
def test_no_character_set_takes_forever(claimed: str) -> None:
    begun = time.process_time()
    assert bodies.decode(b"a-" + b"b" * 400_000, claimed, "de").endswith("bb")
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("odd", ["<![x]>", "<![x", "<!x y>", "<?x>", "</ >", "<![if a]>"])
def test_odd_markup_is_passed_over(odd: str) -> None:
    assert "Angebot" in bodies.from_html(f"<p>Angebot {odd} folgt</p>")


@pytest.mark.parametrize("tail", ["5 < 6", "I <3 it", "see <here", "AT&T", "a &lt"])
def test_stray_marks_stay_in_the_text(tail: str) -> None:
    assert bodies.from_html(f"<p>Kurz: {tail}").startswith("Kurz: ")
    assert tail.rpartition(" ")[2].strip("<&lt") in bodies.from_html(f"<p>Kurz: {tail}")
