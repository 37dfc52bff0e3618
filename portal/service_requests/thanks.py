"""Whether a message is a mere thank-you: short, it thanks, and nothing in it asks or objects."""

import re
import unicodedata

MAX_LENGTH = 160
# Words and phrases by language. Those of languages without spaces are found anywhere in the text.
THANKS = {
    "zh-Hans": ("谢谢", "多谢", "感谢", "谢了", "辛苦了", "谢"),
    "en": ("thanks", "thank you", "thank u", "thx", "many thanks", "cheers", "much appreciated"),
    "de": ("danke", "vielen dank", "besten dank", "herzlichen dank", "dankeschön", "danke schön"),
    "fr": ("merci", "grand merci", "je vous remercie", "nous vous remercions"),
    "es": ("gracias", "muchas gracias", "mil gracias", "le agradezco", "se lo agradezco"),
    "ja": ("ありがとう", "有難う", "有り難う", "感謝", "助かりました", "お世話になりました"),
    "pt-BR": ("obrigado", "obrigada", "agradeço", "agradecemos", "valeu"),
    "ar": ("شكرا", "شكرًا", "أشكركم", "نشكركم", "مشكورين", "جزيل الشكر"),
}
# What turns a thank-you into something that wants work: doubt, contrast, denial, a request.
OBJECTIONS = {
    "zh-Hans": (
        *("但", "不过", "可是", "然而", "没有", "没收到", "不", "还", "请", "吗", "怎么", "为什么"),
        *("问题", "需要", "错", "能否", "什么时候", "另外"),
    ),
    "en": (
        *("but", "however", "not", "no", "still", "missing", "wrong", "please", "can you", "could"),
        *("question", "problem", "when", "why", "how", "unfortunately", "except", "need", "also"),
        *("don't", "doesn't", "didn't", "isn't", "cannot", "can't", "again", "error"),
    ),
    "de": (
        *("aber", "jedoch", "nicht", "kein", "keine", "noch", "fehlt", "falsch", "bitte", "leider"),
        *("frage", "problem", "wann", "warum", "wie", "können", "könnten", "brauchen", "nochmal"),
        *("allerdings", "außerdem", "fehler", "nur"),
    ),
    "fr": (
        *("mais", "cependant", "toutefois", "pas", "manque", "encore", "question", "problème"),
        *("quand", "pourquoi", "comment", "pouvez", "pourriez", "malheureusement", "erreur"),
        *("besoin", "aussi", "plaît"),
    ),
    "es": (
        *("pero", "sin embargo", "no", "falta", "todavía", "aún", "pregunta", "problema", "cuándo"),
        *("cuando", "por qué", "cómo", "favor", "puede", "podría", "error", "lamentablemente"),
        *("necesito", "necesitamos", "también"),
    ),
    "ja": (
        *("ですが", "しかし", "ただ", "ない", "ません", "まだ", "ください", "下さい", "でしょうか"),
        *("ますか", "ですか", "質問", "問題", "間違", "不足", "いつ", "なぜ", "また"),
    ),
    "pt-BR": (
        *("mas", "porém", "contudo", "não", "falta", "ainda", "pergunta", "dúvida", "problema"),
        *("quando", "por que", "como", "favor", "pode", "poderia", "erro", "infelizmente"),
        *("preciso", "precisamos", "também"),
    ),
    "ar": (
        *("لكن", "ولكن", "غير", "لم", "لا", "ليس", "ما زال", "خطأ", "مشكلة", "سؤال", "متى"),
        *("لماذا", "كيف", "يرجى", "الرجاء", "نحتاج", "أيضا"),
    ),
}
UNSPACED = frozenset({"zh-Hans", "ja"})
_QUESTION = re.compile(r"[?？؟]")
_LETTERS = re.compile(r"[^\w\s']+")
_SIGNATURE = re.compile(r"^--\s*$.*", re.MULTILINE | re.DOTALL)


def is_mere(text: str) -> bool:
    """Whether nobody needs to act on this message. In doubt it is more than a thank-you."""
    said = _SIGNATURE.sub("", text)
    if len(said) > MAX_LENGTH or _QUESTION.search(said):
        return False
    plain = _plain(said)
    return _has(plain, THANKS) and not _has(plain, OBJECTIONS) and not _has_figures(plain)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return " ".join(_LETTERS.sub(" ", folded).split())


def _has(plain: str, phrases: dict[str, tuple[str, ...]]) -> bool:
    spaced = f" {plain} "
    return any(
        phrase in plain if language in UNSPACED else f" {_plain(phrase)} " in spaced
        for language, words in phrases.items()
        for phrase in words
    )


def _has_figures(plain: str) -> bool:
    """A number is information: a series, a date, a quantity."""
    return any(character.isdigit() for character in plain)
