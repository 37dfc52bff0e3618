"""The part of a company's name that tells it apart: without its legal form."""

import re
import unicodedata

from portal.core.names.folding import INVISIBLE, fold

# As single words, without dots: what the law adds to a name, in the languages of the trade.
_FORMS = """
    co company companies ltd limited inc incorporated corp corporation llc llp lp plc pllc gmbh mbh
    ggmbh ag kg kgaa ohg ug gbr se ek eg sa sas sasu sarl sprl srl srls spa snc sl slu sau scop
    bv nv cv vof oy oyj ab hb as asa ans aps ivs ks kft zrt nyrt bt rt doo dd ad ead eood ood sro
    spol zoo oo sp spzoo sa ltda eireli mei epp lda unipessoal sacv rl sapi pty pte sdn bhd kk yk
    gk pt tbk jsc ojsc pjsc ooo oao zao pao tov sti tic san anonim sirketi limitet pvt private
    proprietary gesellschaft aktiengesellschaft kommanditgesellschaft haftung beschränkter mit
    société anonyme responsabilité limitée sociedad anónima sociedade limitada società
    ооо оао зао пао ао тов εε αε επε ιωα
"""


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


_WORDS = frozenset(map(_plain, _FORMS.split()))
# Words that belong to a form only where one of the words above stands beside them.
_JOINTS = frozenset(
    {"de", "z", "o", "s", "r", "v", "a", "n", "b", "d", "c", "and", "und", "et", "y"}
)
# Words that say nothing more where a form follows them: “(Group) Co., Ltd.”
_BEFORE_FORMS = frozenset({"public", "group", "holding", "holdings", "groupe", "gruppe", "grupo"})
# “市” and “省” after the first place of a Chinese name, which are written or left out as one likes.
_PLACE = re.compile(r"^([\u4e00-\u9fff]{2,3})省|(?<=[\u4e00-\u9fff]{2})市(?=[\u4e00-\u9fff]{2})")
_ENDS = re.compile(
    r"(?:集团)?(?:股份)?有限(?:责任)?公司$|股份公司$|集团公司$|(?<=.)总?公司$|"
    r"株式会社|有限会社|合同会社|주식회사|유한회사|บริษัท|จำกัด|มหาชน"
)
_BRACKETED = re.compile(r"\((?:株|有|주|유|股|集团|集團)\)")
_TRADITIONAL = str.maketrans({"團": "团", "責": "责", "總": "总", "會": "会"})
_DOTTED = re.compile(r"\b(?:\w[./]\s?)+\w?(?=\W|$)")
_SHORTEST = 2


def core(name: str) -> str:
    """The key of a name without its legal form, or "" when hardly anything is left."""
    key = fold(bare(name))
    return key if len(key) >= _SHORTEST else ""


def bare(name: str) -> str:
    """A name without its legal form and signs."""
    wide = "".join(c for c in unicodedata.normalize("NFKC", name) if c not in INVISIBLE)
    plain = _BRACKETED.sub(" ", wide.casefold().translate(_TRADITIONAL))
    joined = _DOTTED.sub(lambda found: re.sub(r"[./\s]", "", found[0]) + " ", plain)
    spaced = " ".join(re.findall(r"[\w|]+", joined)).strip()
    words = _ENDS.sub(" ", _PLACE.sub(lambda found: found[1] or "", spaced)).split()
    return " ".join(_bare(words))


def _bare(words: list[str]) -> list[str]:
    """Forms stand at the end or, in some languages, in front."""
    end = len(words)
    while end and _is_form(words, end - 1):
        end -= 1
    start = 0
    while start < end and _plain(words[start]) in _WORDS:
        start += 1
    return words[start:end]


def _is_form(words: list[str], at: int) -> bool:
    """Whether a word with nothing but forms behind it is one."""
    followed = at + 1 < len(words) and words[at] in _BEFORE_FORMS
    return followed or _plain(words[at]) in _WORDS or _joins(words, at)


def _joins(words: list[str], at: int) -> bool:
    return words[at] in _JOINTS and at > 0 and _plain(words[at - 1]) in _WORDS
