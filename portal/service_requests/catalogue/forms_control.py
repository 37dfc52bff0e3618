"""The forms of the services around batteries, carbon and controlled goods."""

from decimal import Decimal

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.model import Form, Question, When
from portal.service_requests.catalogue.questions import ZERO, topics

BATTERY = Form(
    1,
    (
        topics(
            ("passport", _l("Battery passport")),
            ("footprint", _l("Product carbon footprint")),
            ("cbam", _l("Carbon border adjustment (CBAM)")),
            ("due_diligence", _l("Due diligence in the supply chain")),
            ("recycled", _l("Recycled content")),
        ),
        Question(
            "chemistry",
            "choice",
            _l("Cell chemistry"),
            choices=(
                ("LFP", "LFP"),
                ("LMFP", "LMFP"),
                ("NMC", "NMC"),
                ("NCA", "NCA"),
                ("LTO", "LTO"),
                ("sodium", _l("Sodium-ion")),
                ("solid", _l("Solid-state")),
                ("lead", _l("Lead-acid")),
                ("other", _l("Another chemistry")),
            ),
        ),
        Question(
            "energy",
            "number",
            _l("Energy of one battery"),
            unit="kWh",
            min=ZERO,
            max=Decimal(100_000),
        ),
        Question(
            "category",
            "choice",
            _l("Battery category"),
            choices=(
                ("ev", _l("Electric vehicle battery")),
                ("lmt", _l("Battery for light means of transport")),
                ("industrial", _l("Industrial or storage battery")),
                ("sli", _l("Starter battery")),
                ("portable", _l("Portable battery")),
            ),
        ),
        Question("plant", "text", _l("Plant"), _l("Place where cells or goods are made.")),
        Question("study", "bool", _l("There is a footprint study already")),
        Question(
            "study_details",
            "text",
            _l("Which study?"),
            _l("Method, year of the data, verifier."),
            when=When("study"),
        ),
        Question("importer", "party", _l("Importer")),
        Question(
            "cn_codes",
            "text",
            _l("CN codes of the goods"),
            _l("Eight digits each, separated by commas."),
            required=True,
            pattern=r"\d{4} ?\d{2} ?\d{2}([,;，、] ?\d{4} ?\d{2} ?\d{2}){0,19}",
            placeholder="73181595, 76042990",
            when=When("topic", "has", "cbam"),
        ),
        Question(
            "tonnes",
            "number",
            _l("Tonnes imported per year"),
            unit="t",
            min=ZERO,
            when=When("topic", "has", "cbam"),
        ),
    ),
)

EXPORT_CONTROL = Form(
    1,
    (
        Question("product", "text", _l("Product or technology"), required=True, prefill="title"),
        Question(
            "hs10",
            "hs",
            _l("HS code"),
            _l("All ten digits: the Chinese lists of controlled goods follow them."),
            required=True,
            digits=(10,),
        ),
        Question(
            "parameters",
            "longtext",
            _l("Technical parameters"),
            _l("Those that the lists name: computing power, wavelength, purity, accuracy …"),
            required=True,
        ),
        Question(
            "end_user",
            "party",
            _l("End user"),
            _l("Who will use the goods in the end, not the trader."),
            required=True,
        ),
        Question(
            "end_use",
            "longtext",
            _l("End use"),
            _l("What the goods are used for, in which product or plant."),
            required=True,
        ),
        Question(
            "military",
            "bool",
            _l(
                "Military, aerospace or nuclear use is possible, or the end user has such customers"
            ),
        ),
        Question("destination", "countries", _l("Destination"), required=True, prefill="markets"),
        Question(
            "technology",
            "bool",
            _l("Technology is transferred, too: drawings, source code, training, remote access"),
        ),
        Question(
            "technology_details",
            "longtext",
            _l("Which technology, in which form, to whom?"),
            required=True,
            when=When("technology"),
        ),
        Question("value", "money", _l("Value of the delivery"), min=ZERO),
    ),
)
