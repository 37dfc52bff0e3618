"""Composition root: the only file that knows every feature. It builds; it touches no data."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import paths
from portal.accounts import jobs as accounts_jobs
from portal.accounts import login, passwords
from portal.accounts.views import blueprint as accounts
from portal.api.views import blueprint as api
from portal.capabilities.views import blueprint as capabilities
from portal.companies.facts.views import blueprint as company_facts
from portal.companies.verification import jobs as verification_jobs
from portal.companies.verification.views import blueprint as verification
from portal.companies.views import blueprint as companies
from portal.config import Settings, load_settings
from portal.core import files, mail, scanning
from portal.core.db import Database
from portal.core.files import FileStore
from portal.core.journal import Journal
from portal.core.limits import RateLimiter
from portal.desk.views import blueprint as desk
from portal.disclosure.views import blueprint as disclosure
from portal.evidence import jobs as evidence_jobs
from portal.evidence.views import blueprint as evidence
from portal.fact_sheets import jobs as fact_sheets_jobs
from portal.fact_sheets.views import blueprint as fact_sheets
from portal.inquiries import remarks as inquiry_remarks
from portal.inquiries import responsiveness
from portal.inquiries.views import blueprint as inquiries
from portal.market_rules import jobs as market_rules_jobs
from portal.market_rules.views import blueprint as market_rules
from portal.matching import trial
from portal.matching.views import blueprint as matching
from portal.needs.views import blueprint as needs
from portal.pages.health import blueprint as health
from portal.pages.views import blueprint as pages
from portal.pages.views import root
from portal.privacy import jobs as privacy_jobs
from portal.privacy import watching
from portal.privacy.views import blueprint as privacy
from portal.search import jobs as search_jobs
from portal.search import releases
from portal.search.engine import EmbeddedEngine
from portal.search.translation import dictionaries
from portal.search.views import blueprint as search
from portal.service_requests import jobs as service_requests_jobs
from portal.service_requests.barriers.views import blueprint as barriers
from portal.service_requests.finding import jobs as finding_jobs
from portal.service_requests.mail_in import jobs as mail_in_jobs
from portal.service_requests.partners import jobs as partners_jobs
from portal.service_requests.partners.views import blueprint as partners
from portal.service_requests.quotes import jobs as quotes_jobs
from portal.service_requests.quotes.views import blueprint as quotes
from portal.service_requests.reports import jobs as reports_jobs
from portal.service_requests.satisfaction import jobs as satisfaction_jobs
from portal.service_requests.satisfaction.views import blueprint as satisfaction
from portal.service_requests.text_modules import jobs as text_modules_jobs
from portal.service_requests.views import blueprint as service_requests
from portal.test_centre.views import blueprint as test_centre
from portal.thesaurus import templating as thesaurus_templating
from portal.thesaurus.live import Live
from portal.thesaurus.store import shipped
from portal.thesaurus.views import blueprint as thesaurus
from portal.web import assets, errors, guards, headers, locale, templating
from portal.web.app import Portal, close_session

LOCALISED = (
    pages,
    accounts,
    companies,
    verification,
    company_facts,
    evidence,
    disclosure,
    capabilities,
    needs,
    search,
    matching,
    inquiries,
    service_requests,
    quotes,
    satisfaction,
    barriers,
    market_rules,
    partners,
    test_centre,
    fact_sheets,
    thesaurus,
    privacy,
    desk,
)
UNLOCALISED = (root, health, api)
# Importing them registers what the job worker does again and again, and what features tell.
REPEATED = (
    accounts_jobs,
    verification_jobs,
    evidence_jobs,
    fact_sheets_jobs,
    inquiry_remarks,
    responsiveness,
    service_requests_jobs,
    finding_jobs,
    text_modules_jobs,
    market_rules_jobs,
    partners_jobs,
    quotes_jobs,
)
MAX_BODY = 10 * 1024 * 1024 + 64 * 1024


def create_app(settings: Settings | None = None) -> Portal:
    """The WSGI application. Raises ConfigurationError or UndeclaredRoute, never half-starts."""
    settings = settings or load_settings()
    app = Portal(
        "portal",
        template_folder=str(paths.TEMPLATES),
        static_folder=None,
    )
    _configure(app, settings)
    app.settings = settings
    app.database = Database(settings.database_url)
    app.limiter = RateLimiter(settings.instance, enabled=settings.rate_limits)
    app.journal = Journal(settings.instance, settings.secret_keys[0])
    app.files = FileStore(settings.files_folder)
    passwords.use_memory(settings.argon2_memory_kib)
    scanning.use(settings.scan_url)
    files.register(app.files)
    translator = dictionaries(settings.instance / "cache")
    app.engine = EmbeddedEngine(settings.index_folder, shipped(), translator)
    mail.register(settings)
    mail_in_jobs.register(settings)
    satisfaction_jobs.register(settings)
    reports_jobs.register(settings, app.files)
    search_jobs.register(app.engine)
    privacy_jobs.register(settings, app.files, app.journal)
    app.live = Live(app.database, app.engine.use)
    releases.register(app.engine, app.live)
    trial.register(app.engine)
    app.before_request(app.live.follow)
    _install(app)
    _register(app)
    guards.check_routes(app)
    app.wsgi_app = assets.HashedStatic(app.wsgi_app)  # type: ignore[method-assign]
    if not settings.demo:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    return app


def _configure(app: Portal, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=list(settings.secret_keys[1:]),
        TRUSTED_HOSTS=list(settings.trusted_hosts),
        MAX_CONTENT_LENGTH=MAX_BODY,
        MAX_FORM_MEMORY_SIZE=500_000,
        MAX_FORM_PARTS=1000,
        SESSION_COOKIE_NAME="portal",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        TESTING=settings.testing,
        PROPAGATE_EXCEPTIONS=False,
    )


def _install(app: Portal) -> None:
    app.url_map.converters["locale"] = locale.LocaleConverter
    app.url_map.strict_slashes = False
    csrf = CSRFProtect(app)
    csrf.exempt(api)
    login.install(app)
    templating.install(app)
    thesaurus_templating.install(app)
    errors.install(app)
    headers.install(app)
    watching.install(app)
    app.url_value_preprocessor(locale.pull)
    app.url_defaults(locale.push)
    # Order matters: who, then language, then access (before Flask-WTF's own check of the token).
    hooks = app.before_request_funcs[None]
    hooks[:0] = [login.identify, locale.activate, guards.enforce]
    app.teardown_request(close_session)


def _register(app: Flask) -> None:
    for blueprint in LOCALISED:
        app.register_blueprint(blueprint, url_prefix=locale.PREFIX)
    for blueprint in UNLOCALISED:
        app.register_blueprint(blueprint)
