"""What a person has newly written in a mail, without the mail it answers and without signatures.

Mail programs announce what they quote in the words of their language; these words stand in the
tables below. Lines that are marked with `>` go wherever they stand, so answers between and below
quoted lines are kept.
"""

import re

# Names of header lines, as programs repeat them above the mail that is answered.
_FROM = (
    *("From", "Von", "De", "发件人", "寄件者", "发信人", "差出人", "送信者", "من", "المرسل"),
    *("Expéditeur", "Remitente"),
)
_OTHERS = (
    *("Sent", "Date", "To", "Cc", "Subject", "Reply-To"),
    *("Gesendet", "Datum", "An", "Kopie", "Betreff"),
    *(
        "发送时间",
        "时间",
        "日期",
        "收件人",
        "抄送",
        "主题",
        "寄件日期",
        "收件者",
        "主旨",
        "发送日期",
    ),
    *("Envoyé", "Envoyé le", "À", "A", "Objet", "Copie à"),
    *("Enviado", "Enviado el", "Fecha", "Para", "CC", "Asunto"),
    *("送信日時", "日時", "宛先", "件名", "日付"),
    *("Enviada em", "Enviado em", "Data", "Assunto"),
    *("تم الإرسال", "التاريخ", "إلى", "الموضوع", "نسخة"),
)
# What stands between lines of dashes.
_SEPARATORS = (
    *("Original Message", "Original message", "Forwarded message", "Original Email"),
    *("Ursprüngliche Nachricht", "Originalnachricht", "Original-Nachricht", "Weitergeleitete"),
    *("原始邮件", "邮件原件", "转发邮件", "原郵件", "原始郵件", "回复的原邮件", "Replied Message"),
    *("Message original", "Message d'origine", "Message transféré"),
    *("Mensaje original", "Mensaje reenviado"),
    *("元のメッセージ", "Original Message", "転送メッセージ"),
    *("Mensagem original", "Mensagem encaminhada"),
    *("الرسالة الأصلية", "رسالة أصلية"),
)
# Lines that introduce a quote: "On … X wrote:" in each language.
_INTRODUCTIONS = (
    r"On\b.{6,300}\bwrote\s*:",
    r"Am\b.{6,300}\bschrieb\b.{0,200}:",
    r".{2,200}\bschrieb am\b.{6,120}:",
    r"Le\b.{6,300}\ba écrit\s*:",
    r"El\b.{6,300}\bescribió\s*:",
    r"Em\b.{6,300}\bescreveu\s*:",
    r"(在|于)?\s*.{4,300}(写道|寫道|写到|来信)\s*[:：]?",
    r".{4,300}(のメール|が書きました|書きました|wrote)\s*[:：]",
    r"(في|بتاريخ).{4,300}(كتب|كتبت)\b.{0,200}[:：]",
    # Gmail where its language has no word for it: a date, then name and address, then a colon.
    r"(?=.*\d{4}).{6,200}<[^<>\s]+@[^<>\s]+>\s*[:：]",
)
# Last lines that a program adds by itself.
_ADDED = (
    r"(Sent|Get Outlook|Enviado|Enviada|Envoyé|Gesendet|Von meine[mr])\b.{0,20}"
    r"\b(from my|desde mi|do meu|de mon|depuis mon|von meinem|iPhone|iPad|Android|Samsung|Huawei"
    r"|Xiaomi|Outlook)\b.{0,60}",
    r"Get Outlook for (iOS|Android).{0,80}",
    r"Outlook für (iOS|Android) beziehen.{0,80}",
    r"(Von meinem|Diese Nachricht wurde von meinem) .{2,40} gesendet\.?",
    r"(发自|來自|发送自|從|从).{1,30}(iPhone|iPad|手机|邮箱|Foxmail|Outlook|安卓|Android|发送).{0,40}",
    r"获取\s*Outlook for (iOS|Android).{0,60}",
    r".{0,20}(iPhone|iPad|Android|スマートフォン).{0,10}から送信",
    r"(أرسل|أُرسلت|تم الإرسال) من .{2,40}",
)


def _any(patterns: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in patterns), re.IGNORECASE)


def _label(names: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    return re.compile(rf"[*_>\s]*(?:{alternatives})\s?[*_]*\s?[:：][*_]*(?:\s|\S|$)", re.IGNORECASE)


_FROM_LINE, _OTHER_LINE = _label(_FROM), _label(_OTHERS)
_SEPARATOR = re.compile(
    rf"\s*-{{2,}}\s*(?:{'|'.join(map(re.escape, _SEPARATORS))}).{{0,40}}?-{{2,}}.*", re.IGNORECASE
)
_INTRODUCTION, _ADDED_LINE = _any(_INTRODUCTIONS), _any(_ADDED)
_RULE = re.compile(r"\s*[_\-]{10,}\s*")
LONGEST_INTRODUCTION = 4  # lines


def newly_written(text: str) -> str:
    """The text without what it quotes. Where nothing would be left, the text as it came."""
    kept = _without_quotes(_before_original(text.split("\n")))
    return "\n".join(_without_signature(kept)).strip() or text.strip()


def _before_original(lines: list[str]) -> list[str]:
    """Up to the mail that is repeated below without marks, as Outlook and QQ do."""
    for at, line in enumerate(lines):
        if _SEPARATOR.fullmatch(line) or _begins_headers(lines, at):
            end = at
            while end and (not lines[end - 1].strip() or _RULE.fullmatch(lines[end - 1])):
                end -= 1
            return lines[:end]
    return lines


def _begins_headers(lines: list[str], at: int) -> bool:
    """A sender's line with two other header lines close below."""
    if not _FROM_LINE.match(lines[at]):
        return False
    following = [line for line in lines[at + 1 : at + 10] if line.strip()][:5]
    return sum(bool(_OTHER_LINE.match(line)) for line in following) >= 2


def _without_quotes(lines: list[str]) -> list[str]:
    """Without marked lines and what introduces them. An introduction with no marked line below
    stands before a mail that is repeated as it was: everything from there goes."""
    kept: list[str] = []
    at = 0
    while at < len(lines):
        length = _introduction(lines, at)
        if length:
            at += length
            while at < len(lines) and not lines[at].strip():
                at += 1
            if at < len(lines) and not _is_marked(lines[at]):
                break
        elif _is_marked(lines[at]):
            at += 1
        else:
            kept.append(lines[at])
            at += 1
    return kept


def _is_marked(line: str) -> bool:
    return line.lstrip().startswith((">", "＞"))


def _introduction(lines: list[str], at: int) -> int:
    """How many lines from here on introduce a quote: programs break them as they like."""
    if not lines[at].strip():
        return 0
    said = ""
    for length in range(1, LONGEST_INTRODUCTION + 1):
        if at + length > len(lines) or not lines[at + length - 1].strip():
            return 0
        said = f"{said} {lines[at + length - 1].strip().lstrip('> ')}".strip()
        if len(said) > 400:
            return 0
        if _INTRODUCTION.fullmatch(said) and _is_likely(said, lines, at + length):
            return length
    return 0


def _is_likely(said: str, lines: list[str], after: int) -> bool:
    """People write such sentences, too: it must carry a date or an address, or stand before a
    marked line."""
    following = next((line for line in lines[after:] if line.strip()), "")
    dated = bool(re.search(r"\d{4}|\d{1,2}[:.]\d{2}", said))
    return _is_marked(following) or "@" in said or (dated and following != "")


def _without_signature(lines: list[str]) -> list[str]:
    for at, line in enumerate(lines):
        if line.rstrip() == "--":
            lines = lines[:at]
            break
    while lines and (not lines[-1].strip() or _ADDED_LINE.fullmatch(lines[-1].strip())):
        lines = lines[:-1]
    return lines
