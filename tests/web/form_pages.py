"""Pages with forms that take text: who opens them, and which class of form stands there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FormPage:
    """`objects` fill the route as in the access matrix; `sends` is where the form goes to.

    `chosen` is clicked: `name=value`, or a name whose first offer is taken. `suspended`: the page
    is there for a company that is.
    """

    who: str
    route: str
    form: str
    objects: str = ""
    sends: str = ""
    chosen: tuple[str, ...] = ()
    suspended: bool = False


# fmt: off
FORM_PAGES = (
    FormPage("", "/register", "RegisterForm", chosen=("kind=buyer",)),
    FormPage("", "/sign-in", "SignInForm"),
    FormPage("", "/account/forgotten", "AddressForm"),
    FormPage("", "/account/confirm", "AddressForm"),
    FormPage("", "/account/reset/<token>", "NewPasswordForm", "reset"),
    FormPage("", "/account/invitation/<token>", "JoinForm", "invitation"),
    FormPage("wang", "/account", "accounts.ProfileForm"),
    FormPage("wang", "/account/password", "ChangePasswordForm"),
    FormPage("wang", "/account/privacy/copy", "CopyForm"),
    FormPage("chen", "/account/privacy/erase", "ErasureForm"),
    FormPage("wang", "/account/members", "InviteForm"),
    FormPage("wang", "/account/tokens", "TokenForm"),
    FormPage("chen", "/company/edit", "companies.ProfileForm"),
    FormPage("wang", "/capabilities/new", "CapabilityForm"),
    FormPage("meyer", "/needs/new", "NeedForm"),
    FormPage("meyer", "/needs/<need_id>/extend", "DeadlineForm", "need"),
    FormPage("smith", "/inquiries/new", "InquiryForm", "?capability=capability"),
    FormPage("meyer", "/inquiries/<inquiry_id>", "WordsForm", "inquiry", "/messages"),
    FormPage("wang", "/inquiries/<inquiry_id>", "MoveForm", "inquiry", "/steps/ask_more"),
    FormPage("meyer", "/service-requests/<request_id>", "WorkForm", "request"),
    FormPage("li", "/desk/requests/<request_id>", "WorkForm", "request"),
    FormPage("admin", "/desk/catalogue/<code>/texts", "ServiceForm", "CERT"),
    FormPage("admin", "/desk/catalogue/<code>/questions/new", "QuestionForm", "CERT"),
    FormPage("admin", "/desk/catalogue/<code>", "ReasonForm", "LEGAL", "/publish"),
    FormPage("li", "/desk/services/<code>/request", "BehalfForm", "MATCH ?company=company"),
    FormPage("li", "/desk/reviews/<kind>/<object_id>", "DecisionForm", "need need-submitted",
             chosen=("transition=request_changes",)),
    FormPage("li", "/desk/requests/<request_id>/split", "SplitForm", "request",
             chosen=("entries",)),
    FormPage("li", "/desk/requests/<request_id>/referrals", "ReferralForm",
             "request ?partner=lotse"),
    FormPage("li", "/desk/requests/<request_id>/quotes", "QuoteForm", "request",
             chosen=("currency=EUR",)),
    FormPage("hoffmann", "/partner/referrals/<referral_id>/quote", "QuoteForm", "referral",
             chosen=("currency=EUR",)),
    FormPage("hoffmann", "/partner/referrals/<referral_id>", "WorkForm", "referral"),
    FormPage("li", "/desk/referrals/<referral_id>", "WorkForm", "referral", chosen=("do=note",)),
    FormPage("hoffmann", "/partner/hours", "HoursForm"),
    FormPage("zhao", "/desk/partners/new", "PartnerForm", chosen=("kind=law",)),
    FormPage("zhao", "/desk/calendars/<calendar_id>/<int:year>", "calendars.DayForm", "base 2026"),
    FormPage("zhao", "/desk/calendars/<calendar_id>/hours", "CalendarForm", "base"),
    FormPage("zhao", "/desk/staff/<user_id>", "staff.ProfileForm", "li"),
    FormPage("zhao", "/desk/texts/new", "ModuleForm", chosen=("owner=all",)),
    FormPage("zhao", "/desk/assignment", "RulesForm"),
    FormPage("zhao", "/desk/ranking", "WeightsForm",
             "?criteria=40&relevance=50&freshness=5&responsiveness=5"),
    FormPage("", "/satisfaction/<token>", "AnswerForm", "satisfaction-link",
             chosen=("solved=4", "service=4")),
    FormPage("meyer", "/service-requests/<request_id>/satisfaction", "AnswerForm", "request-asked",
             chosen=("solved=4", "service=4")),
    FormPage("zhao", "/desk/satisfaction", "ApartForm"),
    FormPage("li", "/desk/barriers/new", "BarrierForm", chosen=("market=DE", "kind=approval")),
    FormPage("li", "/desk/barriers/<barrier_id>/public", "PublicForm", "barrier"),
    FormPage("li", "/desk/barriers/<barrier_id>", "StepForm", "barrier-public",
             "/steps/withdraw"),
    FormPage("li", "/desk/thesaurus/new", "ConceptForm", chosen=("anyway=y", "kind=part")),
    FormPage("li", "/desk/thesaurus/concepts/<concept_id>/edit", "ConceptForm", "battery",
             chosen=("anyway=y",)),
    FormPage("chen", "/company/references", "ReferencesForm"),
    FormPage("chen", "/company/sustainability", "SustainabilityForm"),
    FormPage("chen", "/company/verification/identity", "ChangeForm", chosen=("kind=both",)),
    FormPage("chen", "/company/verification/request", "AskForm",
             chosen=("level=documents_checked",)),
    FormPage("chen", "/company/verification/appeal", "AppealForm", suspended=True),
    FormPage("smith", "/companies/<company_id>/report", "verification.ReportForm", "company",
             chosen=("reason=other",)),
    FormPage("li", "/desk/evidence/<company_id>/<anchor>", "FindingForm", "company fact",
             chosen=("level=document_seen",)),
    FormPage("zhao", "/desk/agreements/new", "TemplateForm"),
    FormPage("zhao", "/desk/market-rules/new", "RuleForm",
             chosen=("market=EU", "kind=requirement")),
    FormPage("zhao", "/desk/market-rules/import/<file_id>", "ImportForm", "file-rules"),
    FormPage("wang", "/test-centre/bookings/new", "BookingForm",
             chosen=("programme=reliability", "capability", "chip_type=mcu", "destructive=y")),
    FormPage("wang", "/test-centre/bookings/<booking_id>", "SampleForm", "test-booking-running",
             "/samples", ("quantity=9",)),
    FormPage("zhao", "/desk/test-centre/weeks", "PublishForm", chosen=("line", "first")),
    FormPage("zhao", "/desk/test-centre/lines/new", "LineForm"),
    FormPage("zhao", "/desk/test-centre/programmes/<programme_id>", "ProgrammeForm", "aec-q100"),
    FormPage("li", "/desk/test-centre/samples/<sample_id>", "CustodyForm", "test-sample",
             chosen=("kind=in_test", "quantity=80")),
    FormPage("li", "/desk/test-centre/bookings/<booking_id>", "OfferForm", "test-booking",
             "/offer", ("start", "weeks=2")),
    FormPage("li", "/desk/test-centre/bookings/<booking_id>", "ResultsForm",
             "test-booking-running", "/results"),
    FormPage("li", "/desk/test-centre/bookings/<booking_id>", "test_centre.ReportForm",
             "test-booking-tested", "/report"),
)
