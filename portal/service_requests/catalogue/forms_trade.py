"""The forms of the services around goods, money and law."""

from decimal import Decimal

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Form, Question, When
from portal.service_requests.catalogue.questions import COUNTRY, ONE, PRODUCT, ZERO, topics
from portal.service_requests.catalogue.standards import INCOTERMS

CUSTOMS = Form(
    1,
    (
        PRODUCT,
        Question(
            "composition",
            "longtext",
            _l("Composition and function"),
            _l("Materials with their shares, and what the product does: both decide the heading."),
        ),
        Question("proposed_hs", "hs", _l("HS code you have in mind"), prefill="hs"),
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
        Question("held", "bool", _l("Goods are being held by customs now")),
        Question(
            "held_details",
            "longtext",
            _l("Where, since when, and what does customs ask for?"),
            required=True,
            when=When("held"),
        ),
    ),
)

LOGISTICS = Form(
    1,
    (
        Question(
            "kind",
            "multichoice",
            _l("What do you need?"),
            required=True,
            choices=(
                ("sea", _l("Sea freight")),
                ("rail", _l("Rail freight")),
                ("air", _l("Air freight")),
                ("road", _l("Road freight")),
                ("warehouse", _l("Warehouse abroad")),
            ),
        ),
        Question("goods", "text", _l("Goods"), required=True, prefill="title"),
        Question(
            "origin", "text", _l("Place of departure"), _l("Place and country."), required=True
        ),
        Question(
            "destination",
            "text",
            _l("Place of destination"),
            _l("Place and country."),
            required=True,
            prefill="place",
        ),
        Question("incoterm", "choice", _l("Incoterm (Incoterms 2020)"), choices=INCOTERMS,
                 prefill="incoterm_term"),
        Question("weight", "number", _l("Gross weight"), unit="kg", min=ZERO),
        Question("volume", "number", _l("Volume"), unit="m³", min=ZERO),
        Question("ready", "date", _l("Ready for collection on"), future=True),
        Question("dangerous", "bool", _l("Dangerous goods, lithium batteries included")),
        Question(
            "un_number",
            "text",
            _l("UN number"),
            required=True,
            pattern=r"(UN ?)?\d{4}",
            placeholder="UN 3480",
            when=When("dangerous"),
        ),
        Question(
            "un383",
            "bool",
            _l("There is a test summary according to UN38.3"),
            when=When("dangerous"),
        ),
        Question("sds", "file", _l("Safety data sheet and test summary"), when=When("dangerous")),
        Question(
            "area",
            "number",
            _l("Warehouse space"),
            unit="m²",
            min=ONE,
            when=When("kind", "has", "warehouse"),
        ),
        Question(
            "storage_period",
            "daterange",
            _l("From when to when?"),
            when=When("kind", "has", "warehouse"),
        ),
    ),
)  # fmt: skip

FINANCE = Form(
    1,
    (
        topics(
            ("credit_insurance", _l("Export credit insurance")),
            ("lc", _l("Letter of credit or guarantee")),
            ("factoring", _l("Factoring or forfaiting")),
            ("loan", _l("Export or investment loan")),
            ("fx", _l("Currency hedging")),
            ("payment", _l("Payment across borders")),
            id="instrument",
        ),
        Question("buyer", "party", _l("Buyer"), required=True),
        Question(
            "amount",
            "money",
            _l("Amount to be insured, financed or hedged"),
            required=True,
            min=ZERO,
        ),
        Question("tenor", "number", _l("Tenor"), unit=_l("days"), min=ZERO, max=Decimal(10_000)),
        Question(
            "terms",
            "text",
            _l("Terms of payment"),
            placeholder=_l("For example 30 % in advance, 70 % at 60 days after bill of lading"),
        ),
        Question("history", "bool", _l("There has been business with this buyer before")),
        Question(
            "overdue",
            "money",
            _l("Overdue from this buyer"),
            when=When("history"),
            min=ZERO,
        ),
    ),
)

LEGAL = Form(
    1,
    (
        Question(
            "matter",
            "choice",
            _l("Kind of matter"),
            required=True,
            choices=(
                ("contract", _l("Contract to be drawn up or checked")),
                ("dispute", _l("Dispute or claim")),
                ("liability", _l("Product liability or recall")),
                ("employment", _l("Employment")),
                ("data", _l("Data protection")),
                ("competition", _l("Competition or distribution")),
                ("other", _l("Something else")),
            ),
        ),
        Question(
            "contract_kind",
            "text",
            _l("Which contract?"),
            placeholder=_l("Supply contract, development contract, non-disclosure agreement …"),
            when=When("matter", "is", "contract"),
        ),
        Question("law", "text", _l("Governing law"), _l("As agreed or proposed.")),
        Question("forum", "text", _l("Court or arbitration")),
        Question("counterparty", "party", _l("Counterparty"), required=True, prefill="about"),
        Question("amount", "money", _l("Amount at stake"), min=ZERO),
        Question(
            "deadline",
            "date",
            _l("Deadline"),
            _l("The date by which you must act; a missed one cannot be mended."),
            future=True,
        ),
        Question(
            "conflict_names",
            "longtext",
            _l("Names for the check of conflicts"),
            _l("All companies and persons involved, one per line. No facts of the case here."),
            required=True,
        ),
    ),
)

PROPERTY = Form(
    1,
    (
        Question(
            "right",
            "multichoice",
            _l("Which right?"),
            required=True,
            choices=(
                ("patent", _l("Patent")),
                ("utility", _l("Utility model")),
                ("design", _l("Design")),
                ("mark", _l("Trade mark")),
                ("secret", _l("Trade secret")),
                ("copyright", _l("Software or copyright")),
            ),
        ),
        Question(
            "aim",
            "choice",
            _l("What do you want to reach?"),
            choices=(
                ("fto", _l("Freedom to operate")),
                ("file", _l("File or extend a right")),
                ("defend", _l("Defend against a claim")),
                ("enforce", _l("Act against an infringement")),
                ("licence", _l("License in or out")),
            ),
        ),
        Question(
            "numbers",
            "longtext",
            _l("Numbers of applications and rights"),
            placeholder="CN 2024 1 0123456.7, EP 4 123 456 B1",
        ),
        PRODUCT,
        Question("published", "bool", _l("It has been shown or published already")),
        Question(
            "publication_dates",
            "longtext",
            _l("When and where?"),
            _l("Exhibitions, papers, offers: they decide what can still be protected."),
            required=True,
            when=When("published"),
        ),
        Question("claim_deadline", "date", _l("Deadline set by the other side"), future=True,
                 when=When("aim", "is", "defend")),
    ),
)  # fmt: skip

TAX = Form(
    1,
    (
        Question("investor", "text", _l("Investor"), _l("The company that invests."),
                 required=True, prefill="company"),
        Question(
            "structure",
            "choice",
            _l("Planned structure"),
            choices=(
                ("subsidiary", _l("Wholly owned subsidiary")),
                ("joint_venture", _l("Joint venture")),
                ("branch", _l("Branch or representative office")),
                ("acquisition", _l("Acquisition")),
                ("open", _l("Still open")),
            ),
        ),
        Question("partner", "party", _l("Partner"), when=When("structure", "is", "joint_venture")),
        Question("target", "party", _l("Company to be acquired"),
                 when=When("structure", "is", "acquisition")),
        Question("amount", "money", _l("Amount to be invested"), min=ZERO),
        COUNTRY,
        Question(
            "activity",
            "multichoice",
            _l("Activity there"),
            required=True,
            choices=(
                ("sales", _l("Sales and service")),
                ("rnd", _l("Development")),
                ("production", _l("Production")),
                ("warehouse", _l("Warehouse")),
                ("holding", _l("Holding")),
            ),
        ),
        Question("filings", "longtext", _l("Filings made so far")),
    ),
)  # fmt: skip
