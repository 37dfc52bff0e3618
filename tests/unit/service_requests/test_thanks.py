"""A mere thank-you is told from a message that wants something, in eight languages."""

import pytest

from portal.service_requests import thanks

MERE = [
    "谢谢！",
    "收到，非常感谢您的帮助。",
    "多谢，辛苦了！",
    "Thank you!",
    "Thanks a lot, Mr Li. Best regards, Anna",
    "THX",
    "Vielen Dank für die schnelle Hilfe!",
    "Danke, das hat geholfen.\nViele Grüße\nJ. Meyer",
    "Danke!\n\n--\nNordstern AG\nTel. +49 711 1234",
    "Merci beaucoup pour votre aide !",
    "Muchas gracias por su ayuda.",
    "ありがとうございました。",
    "Muito obrigado pela ajuda!",
    "شكرا جزيلا لكم",
    "Thank you 🙏",
]
MORE = [
    "",
    "ok",
    "谢谢，但是报告不对。",
    "谢谢，请问什么时候能收到证书",
    "谢谢，还需要德文版",
    "Thanks, but the report is wrong.",
    "Thank you. When do we get the certificate?",
    "Thanks. Series 06 is what we need",
    "Danke, aber das Zeugnis fehlt.",
    "Vielen Dank, können Sie es noch einmal senden",
    "Merci, mais il manque une page.",
    "Gracias, pero falta el informe.",
    "ありがとうございます。証明書はいつ届きますか",
    "Obrigado, mas não funcionou.",
    "شكرا، لكن التقرير غير صحيح",
    "The certificate has the wrong date.",
    "Thanks " * 60,
]


@pytest.mark.parametrize("text", MERE)
def test_a_mere_thank_you(text: str) -> None:
    assert thanks.is_mere(text)


@pytest.mark.parametrize("text", MORE)
def test_more_than_thanks(text: str) -> None:
    assert not thanks.is_mere(text)


def test_the_phrases_stand_for_the_same_languages() -> None:
    assert set(thanks.THANKS) == set(thanks.OBJECTIONS)
    assert len(thanks.THANKS) == 8
