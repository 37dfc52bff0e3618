"""Services around presence, people and customers abroad."""

from portal.core.i18n import lazy_gettext as _l
from portal.service_requests.catalogue.forms_growth import (
    AFTERSALES,
    EXHIBITION,
    LANGUAGE,
    MATCHING,
    RESEARCH,
    SITE,
    TALENT,
)
from portal.service_requests.catalogue.model import Group, Service, When

MARKET = Group(
    "market",
    _l("Customers and partners"),
    (
        Service(
            "MATCH",
            _l("Assisted matching and meetings"),
            _l("When search and inquiries are not enough, a person helps."),
            _l(
                "We go through your need or capability with you, speak to suitable companies in "
                "their language, and prepare and moderate the first meeting."
            ),
            _l("Suppliers and buyers who want a conversation rather than a list."),
            (
                _l("A shortlist with the reasons for each company"),
                _l("Contacts who have agreed to speak with you"),
                _l("A prepared meeting with interpreter, if wanted"),
            ),
            _l("Please describe whom you are looking for and what a good partner must bring."),
            4,
            3,
            "arrows-join",
            (MATCHING,),
            checklist=(
                _l("No-go list read"),
                _l("Shortlist with reasons sent"),
                _l("Consent of each contact obtained"),
                _l("Meeting prepared"),
            ),
        ),
        Service(
            "MKT",
            _l("Market research and validated contacts"),
            _l("Who buys what, from whom, on which terms."),
            _l(
                "We sharpen the question with you, choose the method, and validate contacts by "
                "speaking to them before you get them."
            ),
            _l("Companies that prepare a market entry or a sales plan."),
            (
                _l("A proposal with question, method, sources and price"),
                _l("A report with its sources"),
                _l("Contacts whose function and interest were confirmed"),
            ),
            _l(
                "Please state the sector, the question, the form of the result, contacts not to be "
                "approached and the delivery date."
            ),
            8,
            5,
            "chart-bar",
            (RESEARCH,),
            checklist=(
                _l("Question and method agreed"),
                _l("Offer accepted"),
                _l("Contacts validated by speaking to them"),
            ),
            paid=True,
        ),
        Service(
            "EXPO",
            _l("Exhibitions, missions and roadshows"),
            _l("A stand, a delegation or a tour that ends with meetings."),
            _l(
                "We book space on joint stands, arrange ATA carnets, interpreters and transport of "
                "exhibits, and fix meetings before the first day."
            ),
            _l("Companies that show products or visit customers abroad."),
            (
                _l("An offer for stand or journey with all costs"),
                _l("A plan for exhibits, carnet and customs"),
                _l("Confirmed meetings with named persons"),
            ),
            _l(
                "Please state event, dates, m², exhibits, whether an ATA carnet and interpreters "
                "are needed, budget and the meetings you wish for."
            ),
            8,
            5,
            "calendar-event",
            (EXHIBITION,),
            checklist=(
                _l("Stand or journey booked"),
                _l("Carnet and transport of exhibits arranged"),
                _l("Meetings confirmed with names"),
            ),
            paid=True,
        ),
        Service(
            "LANG",
            _l("Translation and interpreting"),
            _l("Technical texts, contracts, audits and negotiations."),
            _l(
                "We choose translators and interpreters who know the field, have terms checked "
                "against the portal's thesaurus and keep confidentiality in writing."
            ),
            _l("Everybody who writes, audits or negotiates across languages."),
            (
                _l("A price and delivery date"),
                _l("A text that a specialist has read"),
                _l("Certified copies, if needed"),
            ),
            _l(
                "Please state languages, number of words or hours, field, deadline, and whether a "
                "non-disclosure agreement or a certified translation is needed."
            ),
            4,
            1,
            "language",
            (LANGUAGE,),
            checklist=(
                _l("Non-disclosure agreement signed, if wanted"),
                _l("Terms checked against the thesaurus"),
                _l("Text read by a second person"),
            ),
            paid=True,
        ),
    ),
)
PRESENCE = Group(
    "presence",
    _l("Presence abroad"),
    (
        Service(
            "SITE",
            _l("Sites, localisation and plants"),
            _l("Where to build, rent or share, and how much local content is needed."),
            _l(
                "We compare regions on the same criteria, obtain data on power, land, wages and "
                "incentives, and arrange visits with the development agencies."
            ),
            _l("Companies that plan a plant, an assembly line or a development centre abroad."),
            (
                _l("A comparison of regions with sources"),
                _l("Available sites and shared plants with conditions"),
                _l("A visit programme with appointments"),
            ),
            _l(
                "Please state region, m², power in kVA, jobs, investment, timeline and the local "
                "content you must reach."
            ),
            8,
            10,
            "building-factory-2",
            (SITE,),
            checklist=(
                _l("Criteria and weights agreed"),
                _l("Data obtained with sources"),
                _l("Visits arranged"),
            ),
            paid=True,
        ),
        Service(
            "TAL",
            _l("People, visas and labour law"),
            _l("Posting, hiring and employing people abroad."),
            _l(
                "We clarify visa and work permit, name recruiters and employment lawyers and check "
                "contracts against local law."
            ),
            _l("Companies that send staff abroad or hire there."),
            (
                _l("The permit that fits, with duration and documents"),
                _l("Named recruiters, payroll providers and lawyers"),
                _l("A checked contract template"),
            ),
            _l("Please state roles, number of people, country, dates and kind of contract."),
            8,
            5,
            "users",
            (TALENT,),
            checklist=(
                _l("Permit and duration clarified"),
                _l("Social security and tax clarified"),
                _l("Contract checked against local law"),
            ),
            paid=True,
        ),
        Service(
            "AFTER",
            _l("After-sales, spare parts, recalls and mediation"),
            _l("When a product in the field needs help."),
            _l(
                "We find workshops and spare part stores, support field actions and recalls, and "
                "mediate when supplier and customer disagree."
            ),
            _l("Suppliers and buyers with products in use abroad."),
            (
                _l("A named partner for service or parts"),
                _l("A plan for the field action, coordinated with the authorities"),
                _l("A mediated settlement, if both sides wish"),
            ),
            _l(
                "Please state product, market, size of the fleet, what happened, whether safety is "
                "affected, and which parts are needed."
            ),
            4,
            3,
            "car-garage",
            (AFTERSALES,),
            sooner=((When("safety"), 2),),
            promise_note=_l("If safety is affected, you hear from us within 2 working hours."),
            checklist=(
                _l("Effect on safety decided"),
                _l("Authority informed, if required"),
                _l("Service partner or parts store named"),
                _l("Settlement confirmed by both sides, if mediated"),
            ),
        ),
    ),
)
