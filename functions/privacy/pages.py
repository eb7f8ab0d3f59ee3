"""What is held about a person, for people to read."""

import re
from html import escape
from typing import Any

import orjson

from shared.csv_files import write_rows

_STYLE = "body{font-family:sans-serif;margin:2em}table{border-collapse:collapse;margin-bottom:2em}th,td{border:1px solid #999;padding:.3em;text-align:start;vertical-align:top}"


def file_name(title: str) -> str:
    """A title as the name of a file."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else orjson.dumps(value, default=str).decode()


def _columns(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(name for row in rows for name in row))


def table_of(rows: list[dict[str, Any]]) -> bytes:
    """Rows as CSV."""
    columns = _columns(rows)
    return b"".join(write_rows(columns, ([_text(row.get(name)) for name in columns] for row in rows)))


def page_of(facts: dict[str, Any], found: dict[str, list[dict[str, Any]]]) -> str:
    """Everything on one page, without anything loaded from elsewhere."""
    head = "".join(f"<li>{escape(name)}: {escape(_text(value))}</li>" for name, value in facts.items())
    body = "".join(_section(title, rows) for title, rows in found.items())
    title = f"Personal data held by {escape(_text(facts['school']))}"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1><ul>{head}</ul>{body}</html>'


def _section(title: str, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return f"<h2>{escape(title)}</h2><p>Nothing is held.</p>"
    if len(rows) == 1:
        lines = "".join(f"<tr><th>{escape(n)}</th><td>{escape(_text(v))}</td></tr>" for n, v in rows[0].items())
        return f"<h2>{escape(title)}</h2><table>{lines}</table>"
    columns = _columns(rows)
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = "".join("<tr>" + "".join(f"<td>{escape(_text(row.get(n)))}</td>" for n in columns) + "</tr>" for row in rows)
    return f"<h2>{escape(title)}</h2><table><tr>{head}</tr>{lines}</table>"
