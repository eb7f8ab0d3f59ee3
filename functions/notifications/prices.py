"""What messages cost, roughly: list prices of the providers in US dollars, as data with the day on which they were noted.

They are for an estimate before sending. What is charged depends on the region, the route and the contract, and changes often.
"""

from decimal import Decimal

NOTED_ON = "2026-11-24"
CURRENCY = "USD"
MAIL = Decimal("0.0001")
# A part of a text message by the country code of its number; carriers' fees are not in it.
_TEXT_ELSEWHERE = Decimal("0.08")
_TEXT = {
    "1": Decimal("0.0081"),
    "33": Decimal("0.075"),
    "34": Decimal("0.08"),
    "44": Decimal("0.045"),
    "49": Decimal("0.11"),
    "61": Decimal("0.045"),
    "91": Decimal("0.045"),
    "966": Decimal("0.06"),
    "971": Decimal("0.06"),
}
_LONGEST_CODE = 3
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€\f")
_PART = {True: (160, 153), False: (70, 67)}  # GSM alphabet or not: signs of a text in one part, and of each part of several


def text_parts(text: str) -> int:
    """How many parts a text message is sent and charged in."""
    plain = all(sign in _GSM or sign in _GSM_DOUBLE for sign in text)
    length = sum(2 if sign in _GSM_DOUBLE else 1 for sign in text) if plain else len(text.encode("utf-16-le")) // 2
    single, several = _PART[plain]
    return 1 if length <= single else -(-length // several)


def text_price(phone: str) -> Decimal:
    """The price of one part to a number (E.164)."""
    digits = phone.removeprefix("+")
    codes = (digits[:length] for length in range(_LONGEST_CODE, 0, -1))
    return next((_TEXT[code] for code in codes if code in _TEXT), _TEXT_ELSEWHERE)
