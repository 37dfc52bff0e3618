"""Services around approval, conformity and control of exports."""

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.forms_compliance import (
    CERTIFICATION,
    CYBER,
    QUALITY,
    REGULATORY,
)
from portal.service_requests.catalogue.forms_control import BATTERY, EXPORT_CONTROL
from portal.service_requests.catalogue.model import Group, Service

COMPLIANCE = Group(
    "compliance",
    _l("Approval and conformity"),
    (
        Service(
            "CERT",
            _l("Certification and testing"),
            _l("UN/ECE type approval, E-mark, CE, CCC, ISO 26262 and AEC-Q for car chips."),
            _l(
                "We clarify which regulations apply to your part, check your evidence, "
                "find a technical service or laboratory with capacity, and see the approval "
                "through to the certificate. For chips our centre plans the AEC-Q qualification."
            ),
            _l("Makers of components, systems and chips that are to go into vehicles abroad."),
            (
                _l("A test plan with regulation, series of amendments and sequence"),
                _l("Two or more laboratories or technical services with dates and costs"),
                _l("Support until the report or approval is issued"),
            ),
            _l("Please describe the part, its use in the vehicle and what your customer demands."),
            8,
            5,
            "certificate",
            (CERTIFICATION,),
            checklist=(
                _l("Regulation and series of amendments confirmed with the customer's demand"),
                _l("Existing reports checked for reuse"),
                _l("Conformity of production clarified"),
                _l("Two laboratories or technical services asked"),
                _l("Dates of samples and SOP compared with the test plan"),
            ),
            paid=True,
        ),
        Service(
            "QMS",
            _l("Quality and information security systems"),
            _l("Preparation for IATF 16949, VDA 6.3, TISAX and ASPICE."),
            _l(
                "We compare your present system with the standard, agree a plan with dates, name "
                "auditors who know your customers' specific requirements, and go through a trial "
                "audit with you."
            ),
            _l("Plants and development sites whose customers ask for a certificate or an audit."),
            (
                _l("A gap list against the standard and the customer's requirements"),
                _l("A plan to the audit date with responsibilities"),
                _l("Named certification bodies and consultants"),
            ),
            _l(
                "Please name the sites with headcount, present certificates and their expiry, the "
                "customer who demands it, the level and the target date."
            ),
            8,
            5,
            "clipboard-check",
            (QUALITY,),
            checklist=(
                _l("Scope and sites agreed"),
                _l("Customer-specific requirements obtained"),
                _l("Gap list sent"),
                _l("Audit date reserved"),
            ),
            paid=True,
        ),
        Service(
            "REG",
            _l("Market entry and regulatory gaps"),
            _l("What a market demands of your product, and what you still lack."),
            _l(
                "We collect the requirements of the target market for your product class, compare "
                "them with your evidence and put the open points into a sensible order."
            ),
            _l("Companies that enter a market for the first time or with a new product."),
            (
                _l("A list of requirements with source and date of entry into force"),
                _l("For each line: met, missing or not applicable"),
                _l("Cost and time of closing the gaps"),
            ),
            _l(
                "Please name market, HS code, product class, sales model, importer and the volume "
                "you expect."
            ),
            8,
            10,
            "world-search",
            (REGULATORY,),
            checklist=(
                _l("Product class and HS code confirmed"),
                _l("Requirements collected with source and date"),
                _l("Gaps put into order and sent"),
            ),
        ),
        Service(
            "CYBER",
            _l("Cyber security and software updates"),
            _l("UN R155 and R156, ISO/SAE 21434, and rules on data that leave a country."),
            _l(
                "We read your customer's demand, check the processes and work products for the "
                "control units concerned and name assessors and test houses."
            ),
            _l("Makers of control units, connected components and vehicle software."),
            (
                _l("A reading of the demand: what is asked, of whom, until when"),
                _l("A gap list for processes and work products"),
                _l("Assessors and test houses with dates"),
            ),
            _l(
                "Please list the control units and their connectivity, data that leave the "
                "country, and the wording of the customer's demand."
            ),
            8,
            10,
            "shield-lock",
            (CYBER,),
            checklist=(
                _l("Wording of the customer's demand read"),
                _l("Transfer of data abroad assessed"),
                _l("Work products checked"),
                _l("Assessor named"),
            ),
            paid=True,
        ),
        Service(
            "BATT",
            _l("Battery passport and carbon footprint"),
            _l("Data for the battery passport, product carbon footprint and CBAM."),
            _l(
                "We determine which duties apply to your battery or goods, check your data for "
                "completeness and name verifiers for the footprint study."
            ),
            _l("Makers of cells, modules, packs and of goods that fall under CBAM."),
            (
                _l("The duties that apply to you, with dates"),
                _l("A data list: available, missing, to be measured"),
                _l("Verifiers and passport operators with offers"),
            ),
            _l(
                "Please state chemistry, energy in kWh, battery category, plant, existing "
                "footprint study, importer, CN codes and tonnes per year."
            ),
            8,
            10,
            "battery-4",
            (BATTERY,),
            checklist=(
                _l("Duties that apply determined with dates"),
                _l("Data list sent"),
                _l("Verifier named"),
            ),
            paid=True,
        ),
        Service(
            "EXCTL",
            _l("Export control screening"),
            _l("Is the product, the technology or the customer subject to control?"),
            _l(
                "We classify goods and technology against the Chinese lists and those of the "
                "destination, screen the end user and say which licence is needed and how long "
                "it takes."
            ),
            _l("Exporters of chips, materials, equipment, software and technical data."),
            (
                _l("A written classification with its reasons"),
                _l("The result of the end-user screening"),
                _l("Licence procedure, documents and duration, if one is needed"),
            ),
            _l(
                "Please state the ten-digit HS code, technical parameters, end user and end use, "
                "destination, and whether technology is transferred."
            ),
            4,
            3,
            "shield-check",
            (EXPORT_CONTROL,),
            checklist=(
                _l("HS code and parameters compared with the lists"),
                _l("End user and owners screened"),
                _l("Result written with its reasons"),
                _l("Licence procedure explained, if one is needed"),
            ),
        ),
    ),
)
