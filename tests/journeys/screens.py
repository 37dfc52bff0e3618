"""The screens that are looked at: which pages, seen by whom."""

from dataclasses import dataclass

PEOPLE = {
    "visitor": None,
    "supplier": "wang@supplier.example",
    "buyer": "meyer@oem.example",
    "staff": "li@base.example",
    "partner": "brandt@lab.example",
    "admin": "admin@base.example",
}


@dataclass(frozen=True)
class Screen:
    """A page by its path, or reached by clicking the first link that `first` selects there."""

    name: str
    person: str
    path: str
    first: str = ""


SCREENS = (
    Screen("home", "visitor", "/"),
    Screen("search", "visitor", "/search?q=inverter"),
    Screen("search-de", "visitor", "/search?q=Festk%C3%B6rperbatterie&kind=capability"),
    Screen("search-empty", "visitor", "/search?q=zzqqxx&country=BR"),
    Screen("needs", "visitor", "/needs"),
    Screen("need", "visitor", "/needs", "main h2 a, main h3 a, main td a"),
    Screen("capability", "visitor", "/search?q=inverter&kind=capability", ".result-list h3 a"),
    Screen("company", "visitor", "/search?kind=company", ".result-list h3 a"),
    Screen("services", "visitor", "/services"),
    Screen("service", "visitor", "/services/CERT"),
    Screen("barriers", "visitor", "/barriers"),
    Screen("barrier", "visitor", "/barriers", "main h3 a"),
    Screen("guide", "visitor", "/guides/how-matching-works"),
    Screen("register", "visitor", "/register"),
    Screen("sign-in", "visitor", "/sign-in"),
    Screen("forgotten", "visitor", "/account/forgotten"),
    Screen("not-found", "visitor", "/nowhere"),
    Screen("dashboard-supplier", "supplier", "/dashboard"),
    Screen("company-own", "supplier", "/company"),
    Screen("company-edit", "supplier", "/company/edit"),
    Screen("capabilities-own", "supplier", "/capabilities"),
    Screen("capability-new", "supplier", "/capabilities/new"),
    Screen("matches-supplier", "supplier", "/matches"),
    Screen("inquiries-supplier", "supplier", "/inquiries"),
    Screen("inquiry", "supplier", "/inquiries", "main li a[href*='/inquiries/']"),
    Screen("requests-supplier", "supplier", "/service-requests"),
    Screen("request-new", "supplier", "/service-requests/new/CERT"),
    Screen("account", "supplier", "/account"),
    Screen("mails", "supplier", "/account/mails"),
    Screen("privacy", "supplier", "/account/privacy"),
    Screen("privacy-erase", "supplier", "/account/privacy/erase"),
    Screen("privacy-notice", "visitor", "/privacy"),
    Screen("desk-privacy", "admin", "/desk/privacy"),
    Screen("members", "supplier", "/account/members"),
    Screen("inbox", "supplier", "/account/notices"),
    Screen("tokens", "supplier", "/account/tokens"),
    Screen("dashboard-buyer", "buyer", "/dashboard"),
    Screen("needs-own", "buyer", "/needs/own"),
    Screen("need-new", "buyer", "/needs/new"),
    Screen("matches-buyer", "buyer", "/matches"),
    Screen("need-matches", "buyer", "/matches", "main a[href*='/needs/'][href$='/matches']"),
    Screen("inquiries-buyer", "buyer", "/inquiries"),
    Screen("desk", "staff", "/desk"),
    Screen("desk-request", "staff", "/desk", "main a[href*='/desk/requests/']"),
    Screen("desk-search", "staff", "/desk/search?q=UN38.3"),
    Screen("texts", "staff", "/desk/texts"),
    Screen("text-new", "staff", "/desk/texts/new"),
    Screen("reviews", "staff", "/desk/reviews"),
    Screen("review", "staff", "/desk/reviews", "main a[href*='/desk/reviews/']"),
    Screen("dashboard-staff", "staff", "/dashboard"),
    Screen("judgements", "staff", "/desk/judgements"),
    Screen("match", "staff", "/desk/judgements", "main h2 a[href*='/matches/']"),
    Screen("calendar", "staff", "/desk/calendars", "main a[href*='/desk/calendars/']"),
    Screen("desk-satisfaction", "staff", "/desk/satisfaction"),
    Screen("desk-barriers", "staff", "/desk/barriers"),
    Screen("desk-barrier", "staff", "/desk/barriers", "main td a[href*='/desk/barriers/']"),
    Screen("partners", "staff", "/desk/partners"),
    Screen("desk-referrals", "staff", "/desk/referrals"),
    Screen("desk-staff", "staff", "/desk/staff"),
    Screen("reports", "staff", "/desk/reports"),
    Screen("thesaurus", "staff", "/desk/thesaurus?q=inverter"),
    Screen("concept", "staff", "/desk/thesaurus/concepts/traction-inverter"),
    Screen("referrals", "partner", "/partner"),
    Screen("referral", "partner", "/partner", "main a[href*='/partner/referrals/']"),
    Screen("hours", "partner", "/partner/hours"),
    Screen("assignment", "admin", "/desk/assignment"),
    Screen("staff-member", "admin", "/desk/staff", "main a[href*='/desk/staff/']"),
    Screen("calendar-hours", "admin", "/desk/calendars/base/hours"),
    Screen("catalogue", "admin", "/desk/catalogue"),
    Screen("catalogue-service", "admin", "/desk/catalogue/CERT"),
    Screen("ranking", "admin", "/desk/ranking"),
    Screen("reports-people", "admin", "/desk/reports?by=person"),
    Screen("reports-monthly", "admin", "/desk/reports/monthly"),
    Screen(
        "ranking-trial",
        "admin",
        "/desk/ranking?criteria=40&relevance=50&freshness=5&responsiveness=5",
    ),
    Screen("users", "admin", "/desk/users"),
    Screen("jobs", "admin", "/desk/jobs"),
)
