"""Standards and other lists that the forms of several services choose from."""

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Choices

STANDARDS = (
    "UN R10",
    "UN R79",
    "UN R100",
    "UN R136",
    "UN R155",
    "UN R156",
    "UN R157",
    "UN38.3",
    "E-mark",
    "WVTA",
    "CE",
    "CCC",
    "ISO 26262",
    "ISO/SAE 21434",
    "AEC-Q100",
    "AEC-Q101",
    "AEC-Q102",
    "AEC-Q104",
    "AEC-Q200",
    "IEC 62660",
    "UL 2580",
    "GB 38031",
    "IATF 16949",
    "VDA 6.3",
    "TISAX",
    "ASPICE",
    "ISO 9001",
    "ISO 14001",
    "ISO 45001",
    "ISO/IEC 27001",
)
# The service that helps with a missing certificate; approvals and tests are the rule.
SERVICE_OF_STANDARD = {
    **dict.fromkeys(
        ("IATF 16949", "VDA 6.3", "TISAX", "ASPICE", "ISO 9001", "ISO 14001", "ISO 45001",
         "ISO/IEC 27001"),
        "QMS",
    ),
    **dict.fromkeys(("UN R155", "UN R156", "ISO/SAE 21434"), "CYBER"),
}  # fmt: skip
INCOTERMS: Choices = tuple(
    (term, term)
    for term in ("EXW", "FCA", "CPT", "CIP", "DAP", "DPU", "DDP", "FAS", "FOB", "CFR", "CIF")
)
VEHICLES: Choices = (
    ("M1", _l("M1 – passenger car")),
    ("M2", _l("M2 – bus up to 5 t")),
    ("M3", _l("M3 – bus over 5 t")),
    ("N1", _l("N1 – goods vehicle up to 3.5 t")),
    ("N2", _l("N2 – goods vehicle up to 12 t")),
    ("N3", _l("N3 – goods vehicle over 12 t")),
    ("O", _l("O – trailer")),
    ("L", _l("L – two- or three-wheeler")),
    ("other", _l("Other, or not for road use")),
)
AEC_Q_GRADES: Choices = (
    ("0", _l("Grade 0 (−40 to 150 °C)")),
    ("1", _l("Grade 1 (−40 to 125 °C)")),
    ("2", _l("Grade 2 (−40 to 105 °C)")),
    ("3", _l("Grade 3 (−40 to 85 °C)")),
)
ASIL: Choices = tuple((level, level) for level in ("QM", "A", "B", "C", "D"))
SALES_MODELS: Choices = (
    ("oem", _l("Direct supply to vehicle makers (OEM)")),
    ("tier", _l("Supply to tier 1 or tier 2 suppliers")),
    ("aftermarket", _l("Aftermarket through importers or distributors")),
    ("vehicle", _l("Complete vehicles through dealers")),
    ("direct", _l("Direct sale to fleets or end customers")),
    ("online", _l("Online sale across the border")),
)
LANGUAGES: Choices = (
    ("zh", _l("Chinese")),
    ("en", _l("English")),
    ("de", _l("German")),
    ("fr", _l("French")),
    ("es", _l("Spanish")),
    ("pt", _l("Portuguese")),
    ("it", _l("Italian")),
    ("hu", _l("Hungarian")),
    ("pl", _l("Polish")),
    ("cs", _l("Czech")),
    ("tr", _l("Turkish")),
    ("ru", _l("Russian")),
    ("ar", _l("Arabic")),
    ("ja", _l("Japanese")),
    ("ko", _l("Korean")),
    ("th", _l("Thai")),
    ("id", _l("Indonesian")),
    ("vi", _l("Vietnamese")),
    ("other", _l("Another language")),
)
