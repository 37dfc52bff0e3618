"""Services around goods, money and law."""

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.forms_trade import (
    CUSTOMS,
    FINANCE,
    LEGAL,
    LOGISTICS,
    PROPERTY,
    TAX,
)
from portal.service_requests.catalogue.model import Group, Service

TRADE = Group(
    "trade",
    _l("Goods and payments"),
    (
        Service(
            "CUST",
            _l("Customs, classification and origin"),
            _l("HS codes, origin, duties and binding rulings."),
            _l(
                "We classify the product, calculate duties, check rules of origin under the "
                "agreements that may be used and prepare applications for binding rulings."
            ),
            _l("Exporters and importers of vehicle parts, materials and equipment."),
            (
                _l("A reasoned classification and the duty rate"),
                _l("The origin calculation and the wording of the declaration"),
                _l("A customs broker at destination, if you need one"),
            ),
            _l(
                "Please describe the product and the question that customs or your customer raised."
            ),
            8,
            3,
            "package",
            (CUSTOMS,),
            checklist=(
                _l("Product and composition understood"),
                _l("Classification reasoned in writing"),
                _l("Duty rate and origin calculated"),
                _l("Broker at destination named, if needed"),
            ),
        ),
        Service(
            "LOGI",
            _l("Freight, dangerous goods and warehouses abroad"),
            _l(
                "Sea, rail, air and road, lithium batteries included; warehouses near the customer."
            ),
            _l(
                "We ask forwarders and warehouses of our network, check dangerous goods documents "
                "and compare offers on the same basis."
            ),
            _l("Companies that ship samples, spare parts or series deliveries abroad."),
            (
                _l("Comparable offers with transit time and validity"),
                _l("A check of UN38.3 summary, safety data sheet and packaging"),
                _l("Warehouse space with conditions, if wanted"),
            ),
            _l(
                "Please state origin, destination, Incoterm, weight and volume, ready date; for "
                "batteries the UN number, UN38.3 summary and safety data sheet; for storage the m²."
            ),
            4,
            2,
            "ship",
            (LOGISTICS,),
            checklist=(
                _l("Dangerous goods documents checked"),
                _l("Three offers on the same basis obtained"),
                _l("Incoterm and insurance clarified"),
            ),
            paid=True,
        ),
        Service(
            "FIN",
            _l("Trade finance, export credit insurance and currency"),
            _l("Getting paid, insured and hedged."),
            _l(
                "We name banks and insurers that take the risk, explain instruments and documents "
                "and accompany the first application. The base itself lends and holds no money."
            ),
            _l("Exporters with foreign buyers on payment terms."),
            (
                _l("Suitable instruments with their cost"),
                _l("Named contacts at banks and insurers"),
                _l("A list of the documents to prepare"),
            ),
            _l(
                "Please state buyer, country, amount, currency, tenor and payment terms. "
                "Never send account numbers."
            ),
            8,
            5,
            "coins",
            (FINANCE,),
            checklist=(
                _l("Buyer and country limits asked"),
                _l("Instruments with cost explained"),
                _l("Contact at bank or insurer named"),
            ),
        ),
    ),
)
LAW = Group(
    "law",
    _l("Law and tax"),
    (
        Service(
            "LEGAL",
            _l("Contracts, disputes and product liability"),
            _l("Reading contracts, handling claims, finding counsel."),
            _l(
                "We look at the matter, check for conflicts of interest and name law firms with "
                "experience in the car industry of that country."
            ),
            _l("Companies that sign supply contracts abroad or face a claim."),
            (
                _l("A first assessment of the matter and its deadlines"),
                _l("Two or more law firms with hourly rates or fixed fees"),
                _l("A prepared summary for counsel in the language of the forum"),
            ),
            _l(
                "Please state the kind of matter, governing law and forum, counterparty, amount, "
                "deadline, and names to be checked for conflicts."
            ),
            8,
            3,
            "scale",
            (LEGAL,),
            checklist=(
                _l("Conflict of interest checked"),
                _l("Deadline entered and confirmed"),
                _l("Law firms with fees proposed"),
            ),
            paid=True,
        ),
        Service(
            "IP",
            _l("Patents, trade marks and freedom to operate"),
            _l("Protecting what is yours and not infringing what belongs to others."),
            _l(
                "We order searches, name patent attorneys in the target markets and explain the "
                "result in terms of your product."
            ),
            _l("Developers who bring new products or brands to a market."),
            (
                _l("A scope for search or filing, with cost"),
                _l("Named attorneys per market"),
                _l("A plain summary of the result"),
            ),
            _l(
                "Please name the right, its numbers, the markets, the product and any publication "
                "dates. Do not attach unpublished inventions."
            ),
            8,
            5,
            "bulb",
            (PROPERTY,),
            checklist=(
                _l("Unpublished inventions kept out of the request"),
                _l("Deadlines and priority dates checked"),
                _l("Attorneys named per market"),
            ),
            paid=True,
        ),
        Service(
            "TAX",
            _l("Tax, company formation and outbound-investment filing"),
            _l("From the holding structure to the filing with the authorities."),
            _l(
                "We outline structures, name advisers at home and at destination and list the "
                "filings in the order in which they must be made."
            ),
            _l("Companies that found, buy or fund a company abroad."),
            (
                _l("An outline of the structure with its tax effects"),
                _l("A calendar of filings and approvals"),
                _l("Named advisers in both countries"),
            ),
            _l("Please state investor, planned structure, amount, country and activity."),
            8,
            5,
            "building-bank",
            (TAX,),
            checklist=(
                _l("Structure outlined"),
                _l("Order of filings confirmed"),
                _l("Advisers named in both countries"),
            ),
            paid=True,
        ),
    ),
)
