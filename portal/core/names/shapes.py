"""Which signs print like which: the table behind the folding of names.

Each line gives a plain letter or digit and the signs of other scripts that a reader takes for it,
capital or small; what Unicode decomposes by itself (full width, mathematical, circled letters)
is not repeated here.
"""

import re
import unicodedata
from collections.abc import Iterator

# One line per letter: Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, Georgian, Hebrew, Arabic,
# Deseret, and odd Latin and phonetic letters.
_LETTERS = {
    "a": "ᗅᗩᴬ АаӒӓ ΑαᾳἀΆά ɑɒᴀꭺ Ꭺ Ⲁⲁ ꓮ 𐊠",
    "b": "ᗷᗸ ВвЬьЪъ Ββϐ ʙɓƄƅ ᏏᏴ Ⲃⲃ ꓐ 8",
    "c": "ᑕᑢ СсҪҫԌԍ Ϲϲͻ ᴄƈↄ Ꮯ Ⲥⲥ ꓚ 𐐕𐐽¢ ₵€",
    "d": "ᗪᗞᗫ Ԁԁ ɖɗ ᎠᏧ ꓓ ₫ժ",
    "e": "ᗴ ЕеЁёЄєҼҽҾҿЭэ Εεϵ ᴇɛǝəℯ Ꭼ Ⲉⲉ ꓰ ⋴℮",
    "f": "ᖴ Ϝϝ ƒꞘ ꓝ ք₣",
    "g": "Ԍ ɡɢᶃ ԍ ᏀᏳ ꓖ ցգ 9",
    "h": "ᕼ НнҢңҺһӇӈ ΗἩἨ ʜɦⱨ ᎻᏂ Ⲏⲏ ꓧ հիԻ",
    "j": "ᒍ Јј ϳͿ ɉʝᴊ Ꭻ ꓙ յյ",
    "k": "ᛕ КкҚқӃӄҜҝЌќ Κκϰ ᴋƙ Ꮶ Ⲕⲕ ꓗ ₭",
    "l": "ᒪ IiІіӀӏЇїİı1|¦ǀ Ιιΐΐϊίɩɪ ɭʟⅼℓ ᎥᏞ ⲒⲓⳐⳑ ꓲꓡ לוןㅣ ا١۱ լԼ 𐊊丨ꙇ׀∣Ɩ",
    "m": "ᗰ Мм Μᴍ ɱ Ꮇ Ⲙⲙ ꓟ ₥",
    "n": "ᑎ ПпИиЙйЍѝ Ν ɴɲŋ Ⲛⲛ ꓠ ոռղ חመ ₦",
    "o": "ᗝة ОоӦӧӨөѲѳ0 ΟοόΌσѺ ᴏɔɵ Ꮎ Ⲟⲟ ꓳ օՕ ס ه٥۵۰٠ ჿ 𐐄𐐬 ο०০੦૦௦౦೦൦๐໐ဝ၀〇◯○",
    "p": "ᑭ Рр Ρρϱ ᴘƥ Ꮲ Ⲣⲣ ꓑ ₱",
    "q": "ᑫ Ԛԛ ϙϘ զ ɋʠ ℺",
    "r": "ᖇ ГгЃѓҐґЯя Γᴦ ʀɾɼɽꭇꭈ ᎡᏒ ꓣ ր",
    "s": "ᔕ Ѕѕ ʂꜱ ᏚᏕ ꓢ տՏ 5 𐑈 §$",
    "t": "ТтҬҭ Ττ ᴛƭ Ꭲ Ⲧⲧ ꓔ ₮ե†",
    "u": "ᑌ Цц ᴜʋ սՍՆն ꓴ ∪ ⋃ Ʊ",
    "v": "ᐯ Ѵѵ ᴠʌ ᏙᏤ ꓦ ט ∨⋁ⅴ ۷٧",
    "w": "ᗯ ѠѡШшЩщԜԝ ω ᴡɯ ᎳᏔ ꓪ աШ ₩ѿ",
    "x": "ХхҲҳ Χχ ᕁ Ⲭⲭ ꓫ ×✕╳⨯ ᙭",
    "y": "УуЎўҮүҰұЧч ΥϒΎΫγ ʏƴɣ ᎩᎽ Ⲩⲩ ꓬ ყ ¥ վ",
    "z": "ᘔ Ζζ ᴢʐʑ Ꮓ Ⲍⲍ ꓜ 2",
    "3": "ЗзҘҙӞӟ ƷʒȜȝɜ Ⳍ ꝫ",
    "4": "Ꮞ",
    "6": "Бб Ꮾ",
    # Chinese and Japanese signs that differ by a hair.
    "二": "ニ",
    "八": "ハ",
    "口": "ロ囗",
    "力": "カ",
    "工": "エ",
    "夕": "タ",
    "卜": "ト",
    "一": "ー—─━﹣",
    "未": "末",
    "土": "士",
    "大": "太犬",
    "宁": "寕甯寍",
    "天": "夭",
    "王": "玉⺩",
    "田": "由甲申",
    "白": "自",
    "间": "问",
    "鸟": "乌⻦",
    "今": "令",
    "午": "牛",
    "刀": "刁",
    "几": "凡",
    "本": "夲",
    "欧": "殴",
    "驰": "弛",
    "凌": "淩",
    "福": "褔",
    "峰": "峯",
    "群": "羣",
    "己": "已巳⺒",
    "日": "曰",
    "人": "入",
    "千": "干",
    "治": "冶",
    "侯": "候",
    "拆": "折",
    "拨": "拔",
    "睛": "晴",
    "戊": "戌戍",
    "竞": "竟",
    "辨": "辩辫",
    "迪": "廸",
    "德": "徳悳",
    "户": "戸戶",
    "民": "⺠",
    "西": "⻄",
    "车": "⻋",
    "长": "⻓",
    "门": "⻔",
    "青": "⻘",
    "风": "⻛",
    "飞": "⻜",
    "马": "⻢",
    "鱼": "⻥",
    "黄": "⻩",
    "齐": "⻬",
    "龙": "⻰",
    "月": "⺝",
    "虎": "⻁",
    "见": "⻅",
    "贝": "⻉",
    "页": "⻚",
    "角": "⻆",
}
# Arabic letters that are written the one or the other way.
_LETTERS |= {"ي": "یىې", "ك": "ک", "و": "ؤ"}
# Greek small letters that print like another letter than their capitals do.
_SMALL_GREEK = {"n": "ηή", "v": "ν", "u": "υύϋµμ", "y": "γ", "o": "σ", "w": "ω", "p": "ρ"}
_CAPITAL_GREEK = {"h": "ηή", "n": "ν", "y": "υύϋ", "m": "μµ", "r": "γ"}
# Letters that Unicode names after the plain one: strokes, hooks, small capitals, boxes, flags.
_NAMED = re.compile(
    r"(?:(?:REGIONAL INDICATOR SYMBOL|TAG LATIN (?:SMALL|CAPITAL)|"
    r"(?:NEGATIVE (?:CIRCLED|SQUARED) |SQUARED |CIRCLED )?LATIN (?:SMALL|CAPITAL))"
    r" LETTER|LATIN LETTER SMALL CAPITAL|MODIFIER LETTER SMALL) ([A-Z])(?: WITH .*)?"
)
_NAMED_BLOCKS = (
    (0x00C0, 0x02B0), (0x1D00, 0x1E00), (0x2C60, 0x2C80), (0xA720, 0xA800), (0xAB30, 0xAB70),
    (0x1F110, 0x1F200),
)  # fmt: skip


def _named() -> Iterator[tuple[str, str]]:
    for first, end in _NAMED_BLOCKS:
        for code in range(first, end):
            found = _NAMED.fullmatch(unicodedata.name(chr(code), ""))
            if found:
                yield chr(code), found[1].lower().replace("i", "l")


def _table() -> dict[int, str]:
    table = {ord(sign): letter for sign, letter in _named()}
    for letter, signs in _LETTERS.items():
        forms = {c for sign in signs for c in (sign, sign.casefold()) if len(c) == 1 and c != " "}
        table |= {ord(form): letter for form in forms}
    for letter, signs in _CAPITAL_GREEK.items():
        table |= {ord(sign): letter for sign in signs}
    return {code: letter for code, letter in table.items() if chr(code) != letter}


# Applied to what is case-folded already.
LOOKS_LIKE = _table()
# Applied before, where small Greek letters count as what they look like themselves.
SMALL_GREEK = {ord(sign): letter for letter, signs in _SMALL_GREEK.items() for sign in signs}
# Latin letters in a Greek word, by the small Greek ones that they stand for.
GREEK_MEANT = {ord(letter): signs[0] for letter, signs in _SMALL_GREEK.items()}
# What Unicode takes for a variant of another letter than the one it looks like, and Hiragana,
# which writes the same sounds as Katakana.
_HIRAGANA, _TO_KATAKANA = range(0x3041, 0x3097), 0x60
BEFORE = {ord("ϲ"): "c", ord("Ϲ"): "c"} | {n: chr(n + _TO_KATAKANA) for n in _HIRAGANA}
# Signs that are part of a letter's look only together.
PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("æ", "ae"), ("œ", "oe"))
