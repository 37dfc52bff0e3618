"""What every template knows."""

from collections.abc import Callable
from typing import Any

from flask import Flask, get_flashed_messages, render_template, request
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from portal.core import clock, i18n
from portal.core.locales import LOCALES, by_tag
from portal.core.texts import site_name
from portal.web import navigation, once
from portal.web.app import actor, portal
from portal.web.assets import static_url
from portal.web.attachments import attached
from portal.web.devices import device_name
from portal.web.forms import asked_line
from portal.web.locale import switch_url


def multiline(text: str | None) -> Markup:
    """Plain text with its paragraphs and line breaks."""
    paragraphs = [p for p in (text or "").split("\n\n") if p.strip()]
    parts = (Markup("<br>").join(p.strip("\n").split("\n")) for p in paragraphs)
    return Markup("").join(Markup("<p>{}</p>").format(p) for p in parts)


def _for_reader(words: Callable[..., str]) -> Callable[..., str]:
    """A filter that is asked at every rendering.

    Jinja applies other filters to constants once, when it compiles the template, and would keep
    the words of the first reader's language for everybody.
    """

    @pass_context
    def apply(_context: Context, *args: Any, **options: Any) -> str:
        return words(*args, **options)

    return apply


def install(app: Flask) -> None:
    env = app.jinja_env
    i18n.install_jinja(env)
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        date=_for_reader(i18n.format_date),
        datetime=_for_reader(i18n.format_datetime),
        month=_for_reader(i18n.format_month),
        number=_for_reader(i18n.format_number),
        percent=_for_reader(i18n.format_percent),
        country_name=_for_reader(i18n.country_name),
        language_name=_for_reader(i18n.language_name),
        listed=_for_reader(i18n.format_list),
        multiline=multiline,
        device_name=device_name,
    )
    env.globals.update(
        static_url=static_url,
        switch_locale_url=switch_url,
        csrf_token=generate_csrf,
        once_token=once.token,
        asked_line=asked_line,
        attached=attached,
        money=i18n.format_money,
        dir_of=lambda tag: by_tag(tag).dir,
        get_flashed_messages=get_flashed_messages,
    )
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    who = actor()
    return {
        "locale": i18n.current(),
        "locales": LOCALES,
        "actor": who,
        "site_name": site_name(portal().settings),
        "is_demo": portal().settings.demo,
        "base_url": portal().settings.base_url,
        "nav": navigation.links(navigation.MAIN, who),
        "side_nav": navigation.links(navigation.SIDE, who) if who.is_authenticated else [],
        "now": clock.now(),
        "canonical_path": request.path,
    }


def page(
    template: str, *, form: Any = None, status: int | None = None, **context: Any
) -> tuple[str, int]:
    """Render a page; a form with errors answers 422."""
    if status is None:
        status = 422 if form is not None and (form.errors or form.refused) else 200
    return render_template(template, form=form, **context), status
