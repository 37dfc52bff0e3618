"""Bank data are found in whatever spelling; other numbers of the trade are left alone."""

import pytest

from portal.service_requests.quotes.bank_data import holds


@pytest.mark.parametrize(
    "text",
    [
        "IBAN DE89 3704 0044 0532 0130 00 bitte überweisen",
        "to de89370400440532013000 please",
        "Überweisung auf ＤＥ８９ 3704 0044 0532 0130 00.",
        "Konto 1234567, BLZ 10020030",
        "账号：6222021234567890123",
        "开户行：中国银行 账户 456378912345",
        "BIC: COBADEFFXXX",
        "SWIFT code DEUTDEFF500",
        "4111 1111 1111 1111",
        "A/C no. 12345678",
        "Account No.: 12345678",
        "Routing number 021000021",
    ],
)
def test_bank_data_are_refused(text: str) -> None:
    assert holds(text)


@pytest.mark.parametrize(
    "text",
    [
        "EMC test to UN R10.06, 5 days, 12,500.00 EUR plus 19 % VAT",
        "Prüfung nach ECE R100 Rev. 3, Bericht am 2026-11-22",
        "12 台样品，HS 85044090，单价 1234.50 元",
        "Call +49 711 1234567",
        "on account of 30000 samples",
        "The order will be a swift delivery",
        "Referral PR-00012, quote Q-00001, request SR-12345",
        "GB 38031-2020, 20 cycles, 2026",
        "",
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert not holds(text)
