"""National registers and tax offices: the number each gives to companies, as a table."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from stdnum import ean
from stdnum.ad import nrt
from stdnum.ar import cuit
from stdnum.at import businessid
from stdnum.au import abn, acn
from stdnum.be import vat as be_vat
from stdnum.bg import vat as bg_vat
from stdnum.br import cnpj
from stdnum.by import unp
from stdnum.ca import bn
from stdnum.ch import uid
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.cz import dic
from stdnum.de import handelsregisternummer
from stdnum.dk import cvr
from stdnum.dz import nif as dz_nif
from stdnum.ee import registrikood
from stdnum.eg import tn as eg_tn
from stdnum.es import cif
from stdnum.es import nif as es_nif
from stdnum.fi import ytunnus
from stdnum.fr import siren, siret
from stdnum.gr import vat as gr_vat
from stdnum.hr import oib
from stdnum.hu import anum
from stdnum.id import npwp
from stdnum.il import hp
from stdnum.in_ import gstin, pan
from stdnum.is_ import kennitala, vsk
from stdnum.it import iva
from stdnum.jp import cn
from stdnum.ke import pin as ke_pin
from stdnum.kr import brn
from stdnum.li import peid
from stdnum.lt import pvm
from stdnum.lu import tva as lu_tva
from stdnum.lv import pvn
from stdnum.ma import ice
from stdnum.md import idno
from stdnum.me import pib as me_pib
from stdnum.mk import edb
from stdnum.mx import rfc
from stdnum.no import orgnr
from stdnum.nz import ird
from stdnum.pe import ruc
from stdnum.pl import nip, regon
from stdnum.pt import nif as pt_nif
from stdnum.ro import cui, onrc
from stdnum.rs import pib as rs_pib
from stdnum.ru import inn, ogrn
from stdnum.se import orgnr as se_orgnr
from stdnum.sg import uen
from stdnum.si import ddv, maticna
from stdnum.sk import dph
from stdnum.th import tin as th_tin
from stdnum.tn import mf
from stdnum.tr import vkn
from stdnum.tw import ubn
from stdnum.ua import edrpou
from stdnum.us import ein
from stdnum.uy import rut as uy_rut
from stdnum.vn import mst
from stdnum.za import tin as za_tin

from portal.core.i18n import lazy_gettext as _l


@dataclass(frozen=True)
class Register:
    """A number of one country: checked by a module of the library, else by its form alone.

    `prepare` brings it into the writing that the library reads.
    """

    code: str
    label: Any
    country: str
    module: ModuleType | None = None
    form: re.Pattern[str] | None = None
    prepare: Callable[[str], str] = str


# The tax number proper; kind of tax and county follow.
_HUNGARIAN = re.compile(r"(\d{8})-?\d-?\d{2}")

# Letterheads name the court in full.
_COURT = re.compile(r"^(?:AMTSGERICHT|REGISTERGERICHT|AG)\s+")


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


REGISTERS = (
    Register("CN", _l("Corporate number (Japan)"), "JP", cn),
    Register("CNPJ", _l("CNPJ (Brazil)"), "BR", cnpj),
    Register("EIN", _l("Employer Identification Number (USA)"), "US", ein),
    Register("GSTIN", _l("GSTIN (India)"), "IN", gstin),
    Register("RFC", _l("RFC (Mexico)"), "MX", rfc),
    Register("UID", _l("Business identification number UID (Switzerland)"), "CH", uid),
    Register("VKN", _l("Tax number VKN (Türkiye)"), "TR", vkn),
    Register("NRT", _l("NRT (Andorra)"), "AD", nrt),
    Register("CUIT", _l("CUIT (Argentina)"), "AR", cuit),
    Register("FN", _l("Company register number (Austria)"), "AT", businessid,
             prepare=str.lower),
    Register("ABN", _l("Business number ABN (Australia)"), "AU", abn),
    Register("ACN", _l("Company number ACN (Australia)"), "AU", acn),
    Register("BCE", _l("Enterprise number (Belgium)"), "BE", be_vat),
    Register("EIK", _l("Unified identification code (Bulgaria)"), "BG", bg_vat),
    Register("UNP", _l("UNP (Belarus)"), "BY", unp),
    Register("BN", _l("Business number (Canada)"), "CA", bn),
    Register("RUT-CL", _l("RUT (Chile)"), "CL", rut),
    Register("NIT", _l("NIT (Colombia)"), "CO", nit),
    Register("ICO-CZ", _l("Identification number IČO (Czechia)"), "CZ", dic),
    Register("HRB", _l("Commercial register number with court (Germany)"), "DE",
             handelsregisternummer,
             prepare=lambda number: _COURT.sub("", number)),
    Register("CVR", _l("CVR number (Denmark)"), "DK", cvr),
    Register("NIF-DZ", _l("NIF (Algeria)"), "DZ", dz_nif),
    Register("REG-EE", _l("Register code (Estonia)"), "EE", registrikood),
    Register("TRN-EG", _l("Tax registration number (Egypt)"), "EG", eg_tn),
    Register("CIF", _l("CIF (Spain)"), "ES", cif),
    Register("NIF-ES", _l("NIF (Spain)"), "ES", es_nif),
    Register("YTUNNUS", _l("Business ID (Finland)"), "FI", ytunnus),
    Register("SIREN", _l("SIREN (France)"), "FR", siren),
    Register("SIRET", _l("SIRET (France)"), "FR", siret),
    Register("CRN-GB", _l("Company number (United Kingdom)"), "GB", form=_form(
        r"\d{8}|(?:AC|CE|CS|FC|FE|GE|GN|GS|IC|IP|LP|NC|NF|NI|NL|NO|NP|NR|NV|NZ|OC|OE|PC|R0|RC|RS|"
        r"SA|SC|SE|SF|SG|SI|SL|SO|SP|SR|SZ|ZC)\d{6}")),
    Register("AFM", _l("Tax number AFM (Greece)"), "GR", gr_vat),
    Register("CR-HK", _l("Company or business registration number (Hong Kong)"), "HK",
             form=_form(r"[CF]?\d{7}|\d{8}(?:\d{3})?")),
    Register("OIB", _l("OIB (Croatia)"), "HR", oib),
    Register("ADOSZAM", _l("Tax number (Hungary)"), "HU", anum,
             prepare=lambda number: _HUNGARIAN.sub(r"\1", number)),
    Register("NPWP", _l("NPWP (Indonesia)"), "ID", npwp),
    Register("HP", _l("Company number (Israel)"), "IL", hp),
    Register("PAN", _l("PAN (India)"), "IN", pan),
    Register("CIN", _l("Corporate identity number CIN (India)"), "IN",
             form=_form(r"[LU]\d{5}[A-Z]{2}(?:19|20)\d{2}[A-Z]{3}\d{6}")),
    Register("KT", _l("Kennitala (Iceland)"), "IS", kennitala),
    Register("IVA", _l("Partita IVA (Italy)"), "IT", iva),
    Register("PIN-KE", _l("PIN (Kenya)"), "KE", ke_pin),
    Register("BRN", _l("Business registration number (South Korea)"), "KR", brn),
    Register("PEID", _l("PEID (Liechtenstein)"), "LI", peid),
    Register("PVM", _l("VAT payer code (Lithuania)"), "LT", pvm),
    Register("TVA-LU", _l("VAT number (Luxembourg)"), "LU", lu_tva),
    Register("PVN", _l("Registration number (Latvia)"), "LV", pvn),
    Register("ICE", _l("ICE (Morocco)"), "MA", ice),
    Register("IDNO", _l("IDNO (Moldova)"), "MD", idno),
    Register("PIB-ME", _l("PIB (Montenegro)"), "ME", me_pib),
    Register("EDB", _l("Tax number EDB (North Macedonia)"), "MK", edb),
    Register("SSM", _l("Company registration number SSM (Malaysia)"), "MY",
             form=_form(r"(?:19|20)\d{2}0[1-6]\d{6}|\d{1,7}-?[A-Z]")),
    Register("KVK", _l("KVK number (Netherlands)"), "NL", form=_form(r"\d{8}")),
    Register("ORGNR-NO", _l("Organisation number (Norway)"), "NO", orgnr),
    Register("NZBN", _l("Business number NZBN (New Zealand)"), "NZ", ean,
             form=_form(r"94\d{11}")),
    Register("IRD", _l("IRD number (New Zealand)"), "NZ", ird),
    Register("RUC", _l("RUC (Peru)"), "PE", ruc),
    Register("NIP", _l("NIP (Poland)"), "PL", nip),
    Register("REGON", _l("REGON (Poland)"), "PL", regon),
    Register("NIPC", _l("NIPC (Portugal)"), "PT", pt_nif),
    Register("CUI", _l("CUI (Romania)"), "RO", cui),
    Register("ONRC", _l("Trade register number (Romania)"), "RO", onrc),
    Register("PIB", _l("PIB (Serbia)"), "RS", rs_pib),
    Register("INN", _l("INN (Russia)"), "RU", inn),
    Register("OGRN", _l("OGRN (Russia)"), "RU", ogrn),
    Register("VAT-SA", _l("VAT number (Saudi Arabia)"), "SA", form=_form(r"3\d{13}3")),
    Register("ORGNR-SE", _l("Organisation number (Sweden)"), "SE", se_orgnr),
    Register("UEN", _l("UEN (Singapore)"), "SG", uen),
    Register("DDV", _l("Tax number (Slovenia)"), "SI", ddv),
    Register("MATICNA", _l("Registration number (Slovenia)"), "SI", maticna),
    Register("DIC-SK", _l("Tax number DIČ (Slovakia)"), "SK", dph),
    Register("TIN-TH", _l("Taxpayer identification number (Thailand)"), "TH", th_tin),
    Register("MF", _l("Tax number MF (Tunisia)"), "TN", mf),
    Register("UBN", _l("Unified business number (Taiwan)"), "TW", ubn),
    Register("TRN-AE", _l("Tax registration number (United Arab Emirates)"), "AE",
             form=_form(r"100\d{12}")),
    Register("EDRPOU", _l("EDRPOU (Ukraine)"), "UA", edrpou),
    Register("RUT-UY", _l("RUT (Uruguay)"), "UY", uy_rut),
    Register("MST", _l("Tax number MST (Viet Nam)"), "VN", mst),
    Register("TIN-ZA", _l("Tax number (South Africa)"), "ZA", za_tin),
)  # fmt: skip
# What stands behind the country where a VAT number is written like in the Union.
VAT_ABROAD: dict[str, ModuleType] = {
    "AD": nrt, "BR": cnpj, "IS": vsk, "RS": rs_pib, "RU": inn, "UA": edrpou, "TR": vkn,
    "ME": me_pib, "MK": edb, "BY": unp,
}  # fmt: skip
