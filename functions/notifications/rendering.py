"""Makes a person's message of a topic's text and its facts: title and content, e-mail, text message."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from functions.notifications.texts import BUILT_IN, DEFAULT_LANGUAGE, FRAMES, RIGHT_TO_LEFT, Text
from shared.entities.tenancy import School
from shared.gateways.mail import Mail
from shared.lists import NOTICE_TEMPLATES
from shared.topics import COMMON_FACTS, TopicName, topic_of

PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_STYLE = "font-family:sans-serif;font-size:16px;line-height:1.5;max-width:36em;margin:2em auto;padding:0 1em"
_SMALL = "font-size:13px;color:#555"
_LONGEST_SUBJECT = 200
_LONGEST_SMS = 600  # signs: within the 1,600 bytes that the provider takes, in any script


@dataclass(frozen=True, slots=True)
class Words:
    """A message in one language, filled in."""

    language: str
    title: str
    content: str
    sms: str

    @property
    def direction(self) -> str:
        """`rtl` for scripts that are written from right to left."""
        return "rtl" if self.language.partition("-")[0] in RIGHT_TO_LEFT else "ltr"


def languages_of(own: str | None, school: School) -> list[str]:
    """The languages to try, best first: the recipient's own, the school's, the default; each also without its region."""
    wanted = [tag for told in (own, school.locale) if told for tag in (told, told.partition("-")[0])]
    return list(dict.fromkeys(tag.lower() for tag in (*wanted, DEFAULT_LANGUAGE)))


def text_of(school: School, topic: str, own: str | None) -> tuple[str, Text]:
    """The text of a topic in the best language that there is, the school's own before the built-in one."""
    templates = {
        (row["topic"], row["language"].lower()): Text(row["subject"], row["body"], row["sms"])
        for row in NOTICE_TEMPLATES.recent(school.id).values()
    }
    built_in = BUILT_IN[TopicName(topic) if topic in TopicName.__members__ else TopicName.ANNOUNCEMENT]
    for language in languages_of(own, school):
        found = templates.get((topic, language)) or built_in.get(language)
        if found is not None:
            return language, found
    return DEFAULT_LANGUAGE, built_in[DEFAULT_LANGUAGE]


def unknown_placeholders(topic: str, text: str) -> list[str]:
    """The placeholders of a text that its topic does not fill in, and braces that are none."""
    known = {*COMMON_FACTS, *topic_of(topic).facts}
    wrong = [name for name in PLACEHOLDER.findall(text) if name not in known]
    rest = PLACEHOLDER.sub("", text)
    return [f"{{{name}}}" for name in wrong] + [sign for sign in "{}" if sign in rest]


def words(school: School, topic: str, own: str | None, facts: Mapping[str, str]) -> Words:
    """The message of a topic in the recipient's language."""
    language, text = text_of(school, topic, own)
    told = {"school": school.name, **facts}
    title = " ".join(_fill(text.subject, told).split())
    return Words(language, title, _fill(text.body, told).strip(), " ".join(_fill(text.sms, told).split()))


def _fill(text: str, facts: Mapping[str, str]) -> str:
    """The text with its placeholders filled in once: what a fact holds is never looked through again."""
    return PLACEHOLDER.sub(lambda found: str(facts.get(found[1]) or ""), text)


def mail(school: School, said: Words, *, to: str, name: str, unsubscribe: str | None, tags: Mapping[str, str]) -> Mail:
    """The e-mail, as plain text and as simple HTML in which everything is escaped."""
    frame = FRAMES.get(said.language.partition("-")[0], FRAMES[DEFAULT_LANGUAGE])
    hello = _fill(frame.hello, {"name": name})
    text = f"{hello}\n\n{said.content}\n\n{school.name}"
    paragraphs = [hello, *filter(None, re.split(r"\n{2,}", said.content)), school.name]
    body = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)
    if unsubscribe:
        text += f"\n\n--\n{frame.unsubscribe} {unsubscribe}"
        body += f'<p style="{_SMALL}">{escape(frame.unsubscribe)} <a href="{escape(unsubscribe)}">{escape(frame.stop)}</a></p>'
    html = (
        f'<!doctype html><html lang="{escape(said.language)}" dir="{said.direction}"><meta charset="utf-8"><body style="{_STYLE}">'
        f"{body}</body></html>"
    )
    return Mail(
        to=to,
        subject=said.title[:_LONGEST_SUBJECT],
        text=text + "\n",
        html=html,
        sender_name=school.name,
        reply_to=school.email,
        unsubscribe_url=unsubscribe,
        tags=dict(tags),
    )


def sms(said: Words) -> str:
    """The text message, cut to what a phone still shows as one."""
    return said.sms if len(said.sms) <= _LONGEST_SMS else said.sms[: _LONGEST_SMS - 1] + "…"
