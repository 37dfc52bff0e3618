"""The forms of the services around presence, people and customers abroad."""

from decimal import Decimal

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Form, Question, When
from portal.service_requests.catalogue.questions import BUDGET, COUNTRY, ONE, PRODUCT, ZERO, topics
from portal.service_requests.catalogue.standards import LANGUAGES

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
        Question(
            "form_of_meeting",
            "choice",
            _l("How would you like to meet?"),
            choices=(
                ("video", _l("Video call")),
                ("visit", _l("Visit at the partner's site")),
                ("host", _l("Visit at your site")),
                ("fair", _l("At an exhibition")),
            ),
        ),
        Question("interpreter", "bool", _l("An interpreter is needed")),
    ),
)

RESEARCH = Form(
    1,
    (
        Question("sector", "text", _l("Sector or product"), required=True, prefill="category"),
        Question("question", "longtext", _l("The question to be answered"), required=True),
        Question(
            "deliverable",
            "multichoice",
            _l("What do you want to receive?"),
            required=True,
            choices=(
                ("report", _l("Report")),
                ("contacts", _l("Validated contacts")),
                ("prices", _l("Price comparison")),
                ("competitors", _l("Picture of the competition")),
                ("presentation", _l("Presentation to management")),
            ),
        ),
        Question(
            "contacts",
            "number",
            _l("Number of contacts"),
            min=ONE,
            max=Decimal(500),
            when=When("deliverable", "has", "contacts"),
        ),
        Question(
            "not_to_approach",
            "longtext",
            _l("Who must not be approached?"),
            _l("Companies or persons, one per line. Only the base reads this."),
        ),
        Question("delivery", "date", _l("Delivery date"), future=True),
        BUDGET,
    ),
)

EXHIBITION = Form(
    1,
    (
        Question(
            "event",
            "text",
            _l("Exhibition, mission or roadshow"),
            required=True,
            placeholder=_l("For example IAA Mobility 2027, Munich"),
        ),
        Question("dates", "daterange", _l("Dates"), required=True),
        Question(
            "part",
            "choice",
            _l("How do you take part?"),
            choices=(
                ("stand", _l("Own stand")),
                ("joint", _l("Joint stand of the base")),
                ("visitor", _l("As visitors")),
                ("delegation", _l("Delegation or roadshow")),
            ),
        ),
        Question("area", "number", _l("Stand area"), unit="m²", min=ONE, max=Decimal(10_000),
                 when=When("part", "is", "stand")),
        Question("persons", "number", _l("Number of people"), min=ONE, max=Decimal(1000)),
        Question("has_exhibits", "bool", _l("Exhibits are shipped")),
        Question(
            "exhibits",
            "longtext",
            _l("Exhibits"),
            _l("What, weight, value; say if lithium batteries are among them."),
            required=True,
            when=When("has_exhibits"),
        ),
        Question("carnet", "bool", _l("An ATA carnet is needed"), when=When("has_exhibits")),
        Question("interpreters", "multichoice", _l("Interpreters"), choices=LANGUAGES),
        BUDGET,
        Question(
            "meetings",
            "longtext",
            _l("Meetings wished"),
            _l("Companies or kinds of companies, functions, topics."),
        ),
    ),
)  # fmt: skip

LANGUAGE = Form(
    1,
    (
        Question(
            "kind",
            "choice",
            _l("What do you need?"),
            required=True,
            choices=(
                ("translation", _l("Written translation")),
                ("consecutive", _l("Consecutive interpreting")),
                ("simultaneous", _l("Simultaneous interpreting")),
                ("review", _l("Review of an existing translation")),
            ),
        ),
        Question("source", "choice", _l("Source language"), required=True, choices=LANGUAGES),
        Question("target", "multichoice", _l("Target languages"), required=True, choices=LANGUAGES),
        Question("words", "number", _l("Words or characters"), min=ONE, max=Decimal(10_000_000)),
        Question("hours", "number", _l("Hours of interpreting"), unit="h", min=ZERO,
                 max=Decimal(1000)),
        Question(
            "domain",
            "choice",
            _l("Subject field"),
            choices=(
                ("technical", _l("Technical")),
                ("contract", _l("Contracts and law")),
                ("quality", _l("Quality and audits")),
                ("marketing", _l("Marketing")),
                ("finance", _l("Finance and tax")),
            ),
        ),
        Question("deadline", "date", _l("Deadline"), required=True, future=True),
        Question("nda", "bool", _l("A non-disclosure agreement is needed")),
        Question("certified", "bool", _l("A certified translation is needed")),
        Question(
            "authority",
            "text",
            _l("For which authority?"),
            when=When("certified"),
        ),
        Question("text", "file", _l("Text to be translated")),
    ),
)  # fmt: skip

SITE = Form(
    1,
    (
        Question(
            "purpose",
            "choice",
            _l("What is planned?"),
            required=True,
            choices=(
                ("plant", _l("Plant")),
                ("assembly", _l("Assembly from kits (CKD, SKD)")),
                ("rnd", _l("Development centre")),
                ("warehouse", _l("Warehouse")),
                ("contract", _l("Contract manufacturing")),
            ),
        ),
        Question("region", "countries", _l("Countries in question"), required=True,
                 prefill="markets"),
        Question("region_details", "text", _l("Region or cities"),
                 _l("Leave empty if it is open.")),
        Question("area", "number", _l("Floor space"), unit="m²", min=ONE),
        Question("power", "number", _l("Electrical power"), unit="kVA", min=ZERO),
        Question("jobs", "number", _l("Jobs"), min=ZERO, max=Decimal(100_000)),
        Question("capex", "money", _l("Investment (capex)"), min=ZERO),
        Question("timeline", "daterange", _l("From decision to start of production")),
        Question("local_content", "number", _l("Local content to be reached"), unit="%", min=ZERO,
                 max=Decimal(100)),
    ),
)  # fmt: skip

TALENT = Form(
    1,
    (
        topics(
            ("posting", _l("Posting own staff abroad")),
            ("hiring", _l("Hiring abroad")),
            ("visa", _l("Visa and work permit")),
            ("law", _l("Labour law and contracts")),
            ("payroll", _l("Payroll and social security")),
        ),
        Question(
            "roles", "longtext", _l("Roles"), _l("One line each: function, level."), required=True
        ),
        Question("number", "number", _l("Number of people"), required=True, min=ONE,
                 max=Decimal(10_000)),
        COUNTRY,
        Question("period", "daterange", _l("From when to when?")),
        Question(
            "nationality",
            "countries",
            _l("Nationality of the people posted"),
            when=When("topic", "has", "visa"),
        ),
        Question(
            "contract",
            "choice",
            _l("Kind of contract"),
            choices=(
                ("posting", _l("Home contract with posting letter")),
                ("local", _l("Local contract")),
                ("agency", _l("Through an employer of record or agency")),
                ("freelance", _l("Freelance")),
                ("open", _l("Still open")),
            ),
        ),
    ),
)  # fmt: skip

AFTERSALES = Form(
    1,
    (
        PRODUCT,
        Question("fleet", "number", _l("Size of the fleet or number in the field"), min=ZERO),
        Question(
            "incident",
            "longtext",
            _l("What happened?"),
            _l("Since when, how often, under which conditions, which software version."),
            required=True,
        ),
        Question("safety", "bool", _l("Safety may be affected")),
        Question(
            "safety_details",
            "longtext",
            _l("In what way, and what has been done at once?"),
            _l("Persons hurt, fire, loss of braking or steering; vehicles stopped; who was told."),
            required=True,
            when=When("safety"),
        ),
        Question("parts", "longtext", _l("Parts needed"), _l("Part number and quantity.")),
        Question(
            "wish",
            "multichoice",
            _l("What do you need?"),
            choices=(
                ("workshop", _l("Workshop or service partner")),
                ("parts", _l("Spare parts or a parts store")),
                ("recall", _l("Recall or field action")),
                ("analysis", _l("Analysis of the fault")),
                ("mediation", _l("Mediation between supplier and customer")),
            ),
        ),
        Question(
            "other_side",
            "party",
            _l("The other side"),
            required=True,
            when=When("wish", "has", "mediation"),
            prefill="about",
        ),
    ),
)
