"""The e-mails of this module, in the school's name and language, as plain text and as simple HTML."""

from html import escape
from urllib.parse import quote

from functions.auth.accounts import Account
from functions.auth.texts import LANGUAGES, Words
from shared.gateways.mail import Mail
from shared.settings import settings

_PLATFORM_NAME = "Homeroom"
_RIGHT_TO_LEFT = frozenset({"ar"})
_STYLE = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em"
_BUTTON = "display:inline-block;padding:.6em 1.2em;background:#1a4f8b;color:#fff;text-decoration:none;border-radius:4px"
_CODE = "font-size:28px;letter-spacing:.2em;font-weight:bold"


def invitation(account: Account, token: str) -> Mail:
    """The link by which an invited user sets the first password."""
    words = _words(account)
    link = f"{settings().web_url}/accept-invitation?token={quote(token)}"
    button = f'<a href="{escape(link)}" style="{_BUTTON}">{escape(words.invitation_button)}</a>'
    return _mail(account, words.invitation_subject, (words.invitation_text,), link, button, (words.invitation_until,))


def reset_code(account: Account, code: str) -> Mail:
    """The code by which a forgotten password is replaced."""
    words = _words(account)
    shown = f'<span dir="ltr" style="{_CODE}">{code}</span>'
    return _mail(account, words.reset_subject, (words.reset_text,), code, shown, (words.reset_until, words.reset_ignore))


def _language(account: Account) -> str:
    language = account.school.locale.partition("-")[0].lower() if account.school else "en"
    return language if language in LANGUAGES else "en"


def _words(account: Account) -> Words:
    return LANGUAGES[_language(account)]


def _mail(account: Account, subject: str, before: tuple[str, ...], plain: str, shown: str, after: tuple[str, ...]) -> Mail:
    school = account.school.name if account.school else _PLATFORM_NAME
    name = " ".join(filter(None, (account.user.first_name, account.user.last_name)))
    words = _words(account)
    named = {"school": school, "name": name}
    hello = words.hello.format(**named)
    head, tail = [line.format(**named) for line in before], [line.format(**named) for line in after]
    text = "\n\n".join([hello, *head, plain, *tail, school]) + "\n"
    paragraphs = [*(escape(line) for line in (hello, *head)), shown, *(escape(line) for line in (*tail, school))]
    language = _language(account)
    direction = "rtl" if language in _RIGHT_TO_LEFT else "ltr"
    body = "".join(f"<p>{line}</p>" for line in paragraphs)
    html = f'<!doctype html><html lang="{language}" dir="{direction}"><meta charset="utf-8"><body style="{_STYLE}">{body}</body></html>'
    reply_to = account.school.email if account.school else None
    return Mail(account.user.email, subject.format(**named), text, html, sender_name=school, reply_to=reply_to)
