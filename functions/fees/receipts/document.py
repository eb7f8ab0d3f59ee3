"""Sets a receipt as PDF: the same receipt gives the same bytes, and no text of a user is ever read as markup."""

import io
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from shared.settings import fonts_dir

_FOLDER = Path(__file__).parent
# In this order a character is looked for: the first font that has it is taken.
FONTS = (
    "Noto Sans", "Noto Sans Bengali", "Noto Sans Tamil", "Noto Sans Telugu", "Noto Sans Kannada",
    "Noto Sans Malayalam", "Noto Sans Gujarati", "Noto Sans Gurmukhi", "Noto Sans Oriya", "Noto Sans Sinhala", "Noto Sans Thai",
    "Noto Sans Lao", "Noto Sans Khmer", "Noto Sans Myanmar", "Noto Naskh Arabic", "Noto Sans Hebrew", "Noto Sans Ethiopic",
    "Noto Sans Armenian", "Noto Sans Georgian", "Noto Sans Thaana", "Noto Serif Tibetan", "Noto Sans SC", "Noto Sans KR",
)  # fmt: skip


@cache
def _compiler() -> Any:
    import typst  # Only who sets a document needs it.

    return typst.Compiler(str(_FOLDER / "receipt.typ"), root=str(_FOLDER), font_paths=[fonts_dir()], ignore_system_fonts=True)


def pdf(content: dict[str, Any], made_at: datetime) -> bytes:
    """The document; `made_at` is the moment that it names as its own."""
    data = {**content, "fonts": FONTS, "qr": _qr(content["address"])}
    made: bytes = _compiler().compile(
        format="pdf", sys_inputs={"data": orjson.dumps(data).decode()}, timestamp=made_at.replace(microsecond=0)
    )
    return made


def _qr(text: str) -> str:
    """The text as a QR code, in SVG."""
    import segno

    out = io.BytesIO()
    segno.make_qr(text, error="m").save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode()
