"""Every e-mail and SMS that was sent, read from the outbox file, as JSON and as a page."""

from html import escape
from pathlib import Path
from typing import Any

import orjson

_SHOWN = 200
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Mailbox · Homeroom</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta http-equiv="refresh" content="10">
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#1c2330;background:#f6f7f9}}
h1{{font-size:1.4rem}}article{{background:#fff;border:1px solid #dde1e7;border-radius:8px;margin:1rem 0;padding:1rem}}
header{{color:#5a6472;font-size:.9rem}}h2{{font-size:1.05rem;margin:.3rem 0}}pre{{white-space:pre-wrap;overflow-wrap:anywhere;margin:.5rem 0 0;font:inherit}}
iframe{{width:100%;height:22rem;border:1px solid #dde1e7;border-radius:6px}}summary{{cursor:pointer;color:#0b5cad}}</style></head>
<body><h1>Mailbox</h1><p>{count} messages were sent by this stack, the newest first. <a href="/_local/messages">As JSON</a></p>{messages}</body></html>"""


class Mailbox:
    """Follows the outbox file; what was read once is not read again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read_up_to = 0
        self._messages: list[dict[str, Any]] = []

    def messages(self) -> list[dict[str, Any]]:
        """All messages, the oldest first."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._read_up_to)
                new = file.read()
        except FileNotFoundError:
            return self._messages
        complete = new[: new.rfind(b"\n") + 1]
        self._read_up_to += len(complete)
        self._messages += [orjson.loads(line) for line in complete.splitlines()]
        return self._messages

    def page(self) -> bytes:
        """The newest messages as HTML."""
        messages = self.messages()
        shown = "".join(_shown(message) for message in reversed(messages[-_SHOWN:]))
        return _PAGE.format(count=len(messages), messages=shown).encode()


def _shown(message: dict[str, Any]) -> str:
    head = f"{escape(message['at'])} · {escape(message['channel'])} to {escape(', '.join(message['to']))}"
    title = f"<h2>{escape(message['subject'])}</h2>" if message["subject"] else ""
    text = f"<pre>{escape(message['text'])}</pre>" if message["text"] else ""
    rich = (
        f'<details><summary>As HTML</summary><iframe sandbox srcdoc="{escape(message["html"])}"></iframe></details>'
        if message["html"]
        else ""
    )
    return f"<article><header>{head}</header>{title}{text}{rich}</article>"
