"""Pages with forms that take text: who opens them, and which class of form stands there."""

from dataclasses import dataclass


@dataclass(frozen=True)
class FormPage:
    """`objects` fill the route as in the access matrix; `sends` is where the form goes to."""

    who: str
    route: str
    form: str
    objects: str = ""
    sends: str = ""
    button: tuple[str, str] = ("", "")


# fmt: off
FORM_PAGES = (
    FormPage("", "/register", "RegisterForm"),
    FormPage("", "/sign-in", "SignInForm"),
    FormPage("", "/account/forgotten", "AddressForm"),
    FormPage("", "/account/confirm", "AddressForm"),
    FormPage("", "/account/reset/<token>", "NewPasswordForm", "reset"),
    FormPage("", "/account/invitation/<token>", "JoinForm", "invitation"),
    FormPage("wang", "/account", "accounts.ProfileForm"),
    FormPage("wang", "/account/password", "ChangePasswordForm"),
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
             button=("transition", "request_changes")),
)
