"""The forms of services that ask more than the common fields, as data."""

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Form, Question

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
)
_VEHICLES = (
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
_AEC_Q_GRADES = (
    ("0", _l("Grade 0 (−40 to 150 °C)")),
    ("1", _l("Grade 1 (−40 to 125 °C)")),
    ("2", _l("Grade 2 (−40 to 105 °C)")),
    ("3", _l("Grade 3 (−40 to 85 °C)")),
)
_ASIL = tuple((level, level) for level in ("QM", "A", "B", "C", "D"))

CERTIFICATION = Form(
    1,
    (
        Question(
            "component",
            "text",
            _l("Component or system"),
            _l("Name and type as they shall stand on the certificate."),
            required=True,
            prefill="title",
        ),
        Question("vehicle_category", "choice", _l("Vehicle category"), choices=_VEHICLES),
        Question(
            "regulation",
            "standards",
            _l("Regulations and standards"),
            _l("Tick what you need; write the series of amendments into the description."),
            required=True,
        ),
        Question(
            "existing_reports",
            "longtext",
            _l("Existing reports and certificates"),
            _l("Test reports, approvals, conformity-of-production evidence: number, body, date."),
        ),
        Question("samples_available", "text", _l("Samples"), _l("How many, where, and from when.")),
        Question("sop_date", "date", _l("Start of production (SOP)")),
        Question(
            "authority",
            "text",
            _l("Approval authority wished"),
            _l("For example KBA, RDW or VCA; leave empty if you have no preference."),
        ),
        Question("chip", "bool", _l("It is a chip (semiconductor component)")),
        Question(
            "chip_type",
            "text",
            _l("Type of chip"),
            _l("For example MCU, SoC, SiC MOSFET, analogue front end."),
            required=True,
            when="chip",
        ),
        Question("node_nm", "number", _l("Process node"), when="chip", unit="nm"),
        Question("aec_q_grade", "choice", _l("AEC-Q grade"), when="chip", choices=_AEC_Q_GRADES),
        Question("package", "text", _l("Package"), _l("For example LQFP-64."), when="chip"),
        Question(
            "asil",
            "choice",
            _l("Functional safety level (ASIL)"),
            _l("ASIL according to ISO 26262, if one is allocated."),
            choices=_ASIL,
        ),
    ),
)

CUSTOMS = Form(
    1,
    (
        Question("product", "text", _l("Product"), required=True, prefill="title"),
        Question(
            "composition",
            "longtext",
            _l("Composition and function"),
            _l("Materials with their shares, and what the product does: both decide the heading."),
        ),
        Question(
            "proposed_hs",
            "text",
            _l("HS code you have in mind"),
            _l("6, 8 or 10 digits."),
        ),
        Question(
            "origin_of_inputs",
            "longtext",
            _l("Origin of the main inputs"),
            _l("Country of each essential part or material."),
        ),
        Question(
            "fta",
            "text",
            _l("Free trade agreement to be used"),
            _l("Leave empty if you do not know."),
        ),
        Question(
            "incoterm",
            "text",
            _l("Incoterm and named place"),
            _l("For example FCA Shanghai or DAP Hannover (Incoterms 2020)."),
            prefill="incoterm",
        ),
        Question(
            "importer_of_record",
            "text",
            _l("Importer of record"),
            _l("The company that declares the goods at destination, and its EORI number if known."),
        ),
    ),
)

MATCHING = Form(
    1,
    (
        Question(
            "tried_so_far",
            "longtext",
            _l("What have you tried so far?"),
            _l("Searches, inquiries and answers; so that we do not start from zero."),
        ),
        Question(
            "no_go_list",
            "longtext",
            _l("Whom should we not approach?"),
            _l("Companies or kinds of companies. Only the base reads this."),
        ),
        Question(
            "preferred_slots",
            "longtext",
            _l("When could you meet?"),
            _l("Days and times with your time zone."),
        ),
    ),
)
