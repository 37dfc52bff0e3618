# ruff: noqa: E501  (a table is read by its lines)
"""PDF files that act; the word CANARY stands where they do."""

from tests.support.papers import PAGE, pdf

ACTING = {
    "a script upon opening": lambda: pdf(catalog=b"/OpenAction << /S /JavaScript /JS (CANARY) >>"),
    "a script by numbers": lambda: pdf(catalog=b"/OpenAction << /S /J#61vaScript /J#53 (CANARY) >>"),
    "a program upon opening": lambda: pdf(
        b"<< /S /Launch /F (CANARY.exe) >>", catalog=b"/OpenAction 5 0 R"
    ),
    "actions of a page": lambda: pdf(page=PAGE[:-2] + b"/AA << /O << /S /Launch /F (CANARY) >> >> >>"),
    "named scripts": lambda: pdf(
        b"<< /Names [(a) << /S /JavaScript /JS (CANARY) >>] >>", catalog=b"/Names << /JavaScript 5 0 R >>"
    ),
    "a file inside": lambda: pdf(
        b"<< /Type /Filespec /F (CANARY.exe) /EF << /F 6 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length 6 >>\nstream\nCANARY\nendstream",
        catalog=b"/Names << /EmbeddedFiles << /Names [(a) 5 0 R] >> >>",
    ),
    "a form of XML": lambda: pdf(
        b"<< /Length 6 >>\nstream\nCANARY\nendstream", catalog=b"/AcroForm << /XFA 5 0 R /Fields [] >>"
    ),
    "a film": lambda: pdf(
        b"<< /Type /Annot /Subtype /RichMedia /Rect [0 0 1 1] /RichMediaContent << /X (CANARY) >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a link to a script": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (javascript:CANARY) >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a link to a share": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /URI /URI (file://CANARY/x) >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a form that is sent": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /SubmitForm /F (http://CANARY) >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a script after another action": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /GoTo /D [3 0 R /Fit]"
        b" /Next << /S /JavaScript /JS (CANARY) >> >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "another document": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /GoToR /F (CANARY) /D [0 /Fit] >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a program that passes for a heading": lambda: pdf(
        b"<< /S /Launch /K 0 /F (CANARY.exe) >>", catalog=b"/OpenAction 5 0 R"
    ),
    "a form that passes for a heading": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S /SubmitForm /K 0 /F (http://CANARY) >> >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
    "a program whose kind stands elsewhere": lambda: pdf(
        b"<< /Type /Annot /Subtype /Link /Rect [0 0 1 1] /A << /S 6 0 R /Win 7 0 R >> >>",
        b"/Launch",
        b"<< /F (cmd.exe) >>",
        page=PAGE[:-2] + b"/Annots [5 0 R] >>",
    ),
}  # fmt: skip
