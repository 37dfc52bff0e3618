"""The forms of the services around approval, conformity and control of exports."""

from decimal import Decimal

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Form, Question, When
from portal.service_requests.catalogue.questions import ONE, PRODUCT, VEHICLE_CATEGORY, ZERO
from portal.service_requests.catalogue.standards import (
    AEC_Q_GRADES,
    ASIL,
    SALES_MODELS,
)

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
        VEHICLE_CATEGORY,
        Question(
            "regulation",
            "standards",
            _l("Regulations and standards"),
            required=True,
            prefill="standards",
        ),
        Question(
            "series",
            "text",
            _l("Series of amendments"),
            _l("As your customer asks for it; leave empty for the one now in force."),
            placeholder=_l("For example UN R10.06, UN R155.00"),
        ),
        Question(
            "existing_reports",
            "longtext",
            _l("Existing reports and certificates"),
            _l("Test reports and approvals: number, body, date."),
        ),
        Question(
            "cop",
            "choice",
            _l("Evidence for conformity of production"),
            choices=(
                ("assessed", _l("Initial assessment by an approval authority done")),
                ("iatf", _l("IATF 16949 certificate of the plant")),
                ("iso9001", _l("ISO 9001 certificate of the plant")),
                ("none", _l("No evidence yet")),
            ),
        ),
        Question("samples_available", "text", _l("Samples"), _l("How many, where, and from when.")),
        Question("sop_date", "date", _l("Start of production (SOP)"), prefill="sop"),
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
            when=When("chip"),
        ),
        Question(
            "node_nm",
            "number",
            _l("Process node"),
            when=When("chip"),
            unit="nm",
            min=ONE,
            max=Decimal(10_000),
        ),
        Question(
            "aec_q_grade", "choice", _l("AEC-Q grade"), when=When("chip"), choices=AEC_Q_GRADES
        ),
        Question("package", "text", _l("Package"), _l("For example LQFP-64."), when=When("chip")),
        Question(
            "asil",
            "choice",
            _l("Functional safety level (ASIL)"),
            _l("ASIL according to ISO 26262, if one is allocated."),
            choices=ASIL,
        ),
    ),
)

QUALITY = Form(
    1,
    (
        Question(
            "standard",
            "choice",
            _l("What do you want to be assessed against?"),
            required=True,
            prefill="standard",
            choices=(
                ("IATF 16949", "IATF 16949"),
                ("VDA 6.3", "VDA 6.3"),
                ("TISAX", "TISAX"),
                ("ASPICE", "Automotive SPICE"),
                ("other", _l("Another standard")),
            ),
        ),
        Question(
            "other_standard",
            "text",
            _l("Which standard?"),
            required=True,
            when=When("standard", "is", "other"),
            prefill="other_standard",
        ),
        Question(
            "tisax_level",
            "choice",
            _l("Assessment level"),
            when=When("standard", "is", "TISAX"),
            choices=(("AL1", "AL 1"), ("AL2", "AL 2"), ("AL3", "AL 3")),
        ),
        Question(
            "aspice_level",
            "choice",
            _l("Capability level demanded"),
            when=When("standard", "is", "ASPICE"),
            choices=(("1", _l("Level 1")), ("2", _l("Level 2")), ("3", _l("Level 3"))),
        ),
        Question(
            "sites",
            "longtext",
            _l("Sites"),
            _l("One line each: place, what is made or developed there, shifts."),
            required=True,
            prefill="sites",
        ),
        Question(
            "headcount",
            "number",
            _l("Headcount at these sites"),
            _l("The length of an audit depends on it."),
            min=ONE,
            max=Decimal(1_000_000),
            prefill="headcount",
        ),
        Question(
            "present_certificates",
            "longtext",
            _l("Present certificates"),
            _l("Standard, number, certification body."),
            prefill="certificates",
        ),
        Question("expiry", "date", _l("Earliest expiry of these certificates")),
        Question("customer", "text", _l("Customer who demands it")),
        Question("target_date", "date", _l("Date by which it is needed"), future=True),
    ),
)

REGULATORY = Form(
    1,
    (
        PRODUCT,
        Question("hs", "hs", _l("HS code"), prefill="hs"),
        Question(
            "product_class",
            "choice",
            _l("Product class"),
            required=True,
            choices=(
                ("component", _l("Component or system for vehicles")),
                ("electronics", _l("Electronics or software for vehicles")),
                ("battery", _l("Battery or battery material")),
                ("vehicle", _l("Complete vehicle")),
                ("charging", _l("Charging or energy equipment")),
                ("machine", _l("Machine or production equipment")),
                ("chemical", _l("Chemical, adhesive or lubricant")),
            ),
        ),
        VEHICLE_CATEGORY,
        Question(
            "sales_model",
            "multichoice",
            _l("How will you sell?"),
            choices=SALES_MODELS,
        ),
        Question(
            "importer",
            "party",
            _l("Importer"),
            _l("Who places the product on the market; leave empty if nobody is named yet."),
        ),
        Question(
            "volume",
            "number",
            _l("Volume expected per year"),
            unit=_l("pieces"),
            min=ZERO,
            prefill="quantity",
        ),
        Question(
            "evidence",
            "longtext",
            _l("Approvals and reports you have"),
            _l("Also those of other markets: many can be used again."),
            prefill="certificates",
        ),
        Question("launch", "date", _l("First sale planned for"), future=True),
    ),
)

CYBER = Form(
    1,
    (
        Question(
            "ecus",
            "longtext",
            _l("Control units or systems concerned"),
            _l("One line each: name, function, who develops the software."),
            required=True,
            prefill="title",
        ),
        Question(
            "connectivity",
            "multichoice",
            _l("Connectivity"),
            choices=(
                ("cellular", _l("Cellular")),
                ("wifi", _l("Wi-Fi")),
                ("bluetooth", "Bluetooth"),
                ("v2x", "V2X"),
                ("diagnosis", _l("Diagnostic port")),
                ("charging", _l("Charging communication")),
                ("bus", _l("Vehicle network only (CAN, Ethernet)")),
            ),
        ),
        Question("ota", "bool", _l("Software is updated over the air")),
        Question(
            "update_process",
            "longtext",
            _l("How are updates made and released today?"),
            when=When("ota"),
        ),
        Question("data_abroad", "bool", _l("Data leave the country where they arise")),
        Question(
            "data_kinds",
            "longtext",
            _l("Which data, from where to where?"),
            _l(
                "Personal data, location, pictures, maps, engineering data; servers and recipients."
            ),
            required=True,
            when=When("data_abroad"),
        ),
        Question(
            "demand",
            "longtext",
            _l("Wording of the customer's demand"),
            _l("Copy the clause, or attach the document."),
        ),
        Question(
            "standards",
            "standards",
            _l("Standards named in it"),
            prefill="standards",
        ),
        Question("work_products", "file", _l("Work products you can show")),
        Question("needed_by", "date", _l("Needed by"), future=True),
    ),
)
