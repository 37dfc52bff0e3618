"""Company numbers: what is refused, what only warns, and agreement with published tables."""

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from stdnum.gb import vat as gb_vat

from portal.companies.registers import REGISTERS
from portal.companies.registration import CHECK_DIGIT, check
from portal.core.errors import Invalid

TABLES = Path(__file__).parents[4] / "shared" / "data" / "validators"
GOOD = [
    ("USCC", "91430111355525404W", "CN"),
    ("USCC", "９１４３０１１１３５５５２５４０４ｗ", "CN"),
    ("USCC", " 91430111-355525404-w ", "CN"),
    ("VAT", "DE136695976", "DE"),
    ("VAT", "136695976", "DE"),
    ("VAT", "094259216", "GR"),
    ("VAT", "GB980780684", "GB"),
    ("VAT", "CHE-107.787.577 IVA", "CH"),
    ("VAT", "NO 974 760 673 MVA", "NO"),
    ("LEI", "213800KUD8LAJWSQ9D15", "US"),
    ("CNPJ", "16.727.230/0001-97", "BR"),
    ("CN", "5-8356-7825-6246", "JP"),
    ("EIN", "91-1144442", "US"),
    ("RFC", "MAB 930714 8T4", "MX"),
    ("VKN", "4540536920", "TR"),
    ("UID", "CHE-100.155.212", "CH"),
    ("OTHER", "201406-04125", "KR"),
]
BAD = [
    ("USCC", "91430111355525404", "CN", "registration_id"),
    ("USCC", "91430111355525404I", "CN", "registration_id"),
    ("USCC", "", "CN", "registration_id"),
    ("USCC", "91430111355525404W", "DE", "registration_scheme"),
    ("VAT", "DE136695977", "DE", "registration_id"),
    ("VAT", "ZZ1234567", "DE", "registration_id"),
    ("LEI", "213800KUD8LXJWSQ9D15", "US", "registration_id"),
    ("OTHER", "<b>", "KR", "registration_id"),
    ("USCC", "000000000000000000", "CN", "registration_id"),
    ("SIREN", "000 000 000", "FR", "registration_id"),
    ("KVK", "00000000", "NL", "registration_id"),
    ("", "123", "KR", "registration_scheme"),
]


@pytest.mark.parametrize(("scheme", "number", "country"), GOOD)
def test_good_numbers_are_accepted_however_they_are_typed(
    scheme: str, number: str, country: str
) -> None:
    checked = check(scheme, number, country)
    assert checked.warning is None
    assert check(scheme, checked.number, country) == checked


@pytest.mark.parametrize(("scheme", "number", "country", "field"), BAD)
def test_bad_numbers_are_refused_at_their_field(
    scheme: str, number: str, country: str, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check(scheme, number, country)
    assert refused.value.field == field


def test_wrong_check_digit_of_a_chinese_code_only_warns() -> None:
    assert check("USCC", "91430111355525404X", "CN").warning == CHECK_DIGIT


def test_letters_among_the_first_eight_are_accepted() -> None:
    assert check("USCC", "A14301113555254041", "CN").number == "A14301113555254041"


def table(name: str) -> Iterator[dict[str, str]]:
    path = TABLES / name
    if not path.exists():
        pytest.skip(f"{name} is not on this machine")
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def accepted(scheme: str, number: str, country: str) -> bool:
    try:
        check(scheme, number, country)
    except Invalid:
        return False
    return True


def test_every_issued_chinese_code_is_accepted() -> None:
    warned = 0
    for row in table("uscc_real.csv"):
        checked = check("USCC", row["uscc"], "CN")
        fails = row["python_stdnum_says"] != "valid"
        assert (checked.warning is not None) == fails, row
        warned += fails
    assert warned < 100


STDNUM = {
    "eu_vat": ("VAT", "DE"),
    "ch_uid": ("UID", "CH"),
    "ch_vat": ("VAT", "CH"),
    "jp_cn": ("CN", "JP"),
    "lei": ("LEI", "DE"),
    "tr_vkn": ("VKN", "TR"),
    "kr_brn": ("BRN", "KR"),
    "tw_ubn": ("UBN", "TW"),
    "fr_siren": ("SIREN", "FR"),
    "fr_siret": ("SIRET", "FR"),
    "bg_vat": ("VAT", "BG"),
    "no_mva": ("VAT", "NO"),
}


@pytest.mark.parametrize("module", STDNUM)
def test_agreement_with_the_table_of_stdnum(module: str) -> None:
    scheme, country = STDNUM[module]
    rows = [row for row in table("stdnum_numbers.csv") if row["module"] == module]
    assert rows
    wrong = [
        row
        for row in rows
        if accepted(scheme, row["number"], country) != (row["expected"] == "valid")
    ]
    assert not wrong


def is_gb_government_or_health(number: str) -> bool:
    """The other table knows no groups GD and HA and old check digits; the library does."""
    return number.startswith("GB") and gb_vat.is_valid(number)


# Where the two tables differ, by rule: (country of the table, expected there, rule).
CONFLICTS = {
    ("belgium", "invalid"): lambda n: n[2] == "1",  # issued since 2023
    ("estonia", "invalid"): lambda n: n[2:] == "000207418",  # prefix 000 is not excluded
    ("europe", "valid"): lambda n: n.startswith("EU826"),  # 826: a state that has left the Union
    ("france", "valid"): lambda n: n == "FRA0123456789",  # its SIREN fails the check
    ("unitedKingdom", "invalid"): is_gb_government_or_health,
    ("unitedKingdom", "validOnlyByFormat"): lambda n: n == "GB000000000",
}
# Tables that give the number without its country.
COUNTRIES = {"andorra": "AD", "brazil": "BR", "russia": "RU", "serbia": "RS"}


def test_agreement_with_the_table_of_jsvat_but_for_known_conflicts() -> None:
    wrong = []
    for row in table("vat_jsvat.csv"):
        country = COUNTRIES.get(row["country"], "ZZ")
        right = accepted("VAT", row["number"], country) == (row["expected"] == "valid")
        known = CONFLICTS.get((row["country"], row["expected"]), lambda _number: False)
        if not right and not known(row["number"]):
            wrong.append(row)
    assert not wrong


NATIONAL = [
    ("CNPJ", "12.ABC.345/01DE-35", "BR"),  # with letters, as given out from 2026 on
    ("SIREN", "552 008 443", "FR"),
    ("SIRET", "73282932000074", "FR"),
    ("IVA", "00743110157", "IT"),
    ("CIF", "J99216582", "ES"),
    ("BRN", "116-82-00276", "KR"),
    ("NPWP", "01.312.166.0-091.000", "ID"),
    ("UBN", "00501503", "TW"),
    ("UEN", "00192200M", "SG"),
    ("MST", "0100233488", "VN"),
    ("ABN", "83 914 571 673", "AU"),
    ("INN", "7707083893", "RU"),
    ("NIP", "8567346215", "PL"),
    ("REGON", "192598184", "PL"),
    ("ICO-CZ", "25123891", "CZ"),
    ("ADOSZAM", "12892312", "HU"),
    ("ADOSZAM", "12892312-2-44", "HU"),
    ("ORGNR-SE", "123456-7897", "SE"),
    ("YTUNNUS", "2077474-0", "FI"),
    ("CVR", "13585628", "DK"),
    ("KVK", "33014286", "NL"),
    ("FN", "FN 122119m", "AT"),
    ("BCE", "0403.019.261", "BE"),
    ("NIPC", "501964843", "PT"),
    ("CUI", "RO 18547290", "RO"),
    ("CRN-GB", "SC123456", "GB"),
    ("CRN-GB", "00445790", "GB"),
    ("HRB", "Aachen HRA 11223", "DE"),
    ("HRB", "Amtsgericht Stuttgart HRB 14000", "DE"),
    ("TIN-TH", "0-9940-00158-37-8", "TH"),
    ("PIB", "RS101134702", "RS"),
    ("SSM", "201901000005", "MY"),
    ("NZBN", "9429041535110", "NZ"),
]


@pytest.mark.parametrize(("scheme", "number", "country"), NATIONAL)
def test_national_numbers_are_accepted_and_a_slip_is_found(
    scheme: str, number: str, country: str
) -> None:
    checked = check(scheme, number, country)
    assert check(scheme, checked.number, country) == checked
    assert not accepted(scheme, f"{number}7A7", country)


def test_every_register_has_its_country_and_a_check() -> None:
    codes = [register.code for register in REGISTERS]
    assert len(codes) == len(set(codes))
    assert all(register.module or register.form for register in REGISTERS)
