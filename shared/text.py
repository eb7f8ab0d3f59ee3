"""Text of people in any script: cleaned on the way in, folded for search, masked for logs (G4)."""

import re
import unicodedata

# Line breaks that are not "\n", as multi-line text takes them in.
_LINE_BREAK = re.compile("\r\n?|[\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_ILLEGAL = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0x10000, 0x110000, 0x10000))
    + "]"
)
# White space of every kind, and the two invisible signs that come along when people copy from elsewhere.
_EDGES = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + "\u200b\ufeff"
# Unicode's own bound for text that is safe to normalise in a stream (UAX 15): beyond it normalising takes quadratic time.
_MOST_MARKS = 30


def clean(text: str, *, multiline: bool = False) -> str:
    """The text NFC-normalised and trimmed; ValueError when it holds what no text should.

    Refused are control characters (with `multiline` all but tab and line break, which becomes a line feed), bidirectional overrides
    and isolates, lone surrogates and noncharacters. Joiners stay: Persian and Indic names need them.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if multiline:
        text = _LINE_BREAK.sub("\n", text)
    if found := (_CONTROL_IN_LINES if multiline else _CONTROL).search(text):
        raise ValueError(f"must not contain a control character (U+{ord(found[0]):04X})")
    if text.isascii():
        return text.strip()
    if found := _BIDI.search(text):
        raise ValueError(f"must not contain a control character of text direction (U+{ord(found[0]):04X})")
    if found := _ILLEGAL.search(text):
        raise ValueError(f"must not contain a code point that is no character (U+{ord(found[0]):04X})")
    _refuse_piled_marks(text)
    return unicodedata.normalize("NFC", text).strip(_EDGES)


def _refuse_piled_marks(text: str) -> None:
    run = 0
    for sign in text if len(text) > _MOST_MARKS else "":
        run = run + 1 if unicodedata.combining(sign) else 0
        if run > _MOST_MARKS:
            raise ValueError(f"must not pile more than {_MOST_MARKS} marks on one letter")


# What typists use for an apostrophe, ʻokina and ʿayn included.
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u02ca\u02cb\u055a\u05f3\u2018\u2019\u201b\u2032\u2035\ua78c\uff07"
_INVISIBLE = "".join(
    map(chr, [0xAD, 0x34F, 0x61C, *range(0x180B, 0x180F), *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)])
) + "".join(map(chr, [*range(0x2066, 0x206A), *range(0xFE00, 0xFE10), 0xFEFF, *range(0xE0100, 0xE01F0)]))
# Tatweel, short vowels and reading signs of Arabic; points and accents of Hebrew: written or left out as one likes.
_HARAKAT = [0x640, 0x670, *range(0x610, 0x61B), *range(0x64B, 0x653), *range(0x6D6, 0x6DD)]
_NIQQUD = [*range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7]
_OPTIONAL = "".join(map(chr, _HARAKAT + _NIQQUD))
# Letters that Unicode does not take apart, and what people type for them who have another keyboard.
_PAIRS = "ø:o ł:l đ:d ð:d ħ:h ŧ:t ı:i ĸ:k æ:ae œ:oe þ:th ŋ:n ə:a ɛ:e ɔ:o ɓ:b ɗ:d ɖ:d ƙ:k ƴ:y ƒ:f ɣ:g"
_LATIN = dict(pair.split(":") for pair in _PAIRS.split())
_LATIN |= {letter.upper(): base for letter, base in _LATIN.items() if letter.upper() not in "IĸK"}
# Persian and Urdu keyboards type other code points than Arabic ones for the same letters of a name.
_ARABIC = {"ی": "ي", "ى": "ي", "ک": "ك", "ة": "ه", "ہ": "ه", "ٱ": "ا"}
_DASHES = dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-")
_FOLDING = str.maketrans(dict.fromkeys(_APOSTROPHES + _INVISIBLE + _OPTIONAL) | _LATIN | _ARABIC | _DASHES)
# A mark is an accent only on a letter of the Latin, Greek or Cyrillic script (and the alef of Arabic): in Indic scripts the same class
# of code points holds the vowels.
_ACCENTS = re.compile(
    "([A-Za-z\u00aa-\u02af\u0370-\u03ff\u0400-\u0482\u048a-\u052f\u1c80-\u1c8f\u1d00-\u1dbf"
    "\u1e00-\u1fff\u2c60-\u2c7f\ua640-\ua66e\ua722-\ua7ff\uab30-\uab6f])"
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+|(\u0627)[\u0653-\u0655]+"
)
_DIGIT = re.compile(r"[^\D0-9]")


def fold(text: str) -> str:
    """The key that search compares: case, accents, width, apostrophes, optional vowel points and the kind of white space do not count."""
    if text.isascii():
        if "'" in text or "`" in text:
            text = text.replace("'", "").replace("`", "")
        return " ".join(text.lower().split())
    folded = _fold_marks(_fold_marks(text).casefold())
    folded = _DIGIT.sub(lambda digit: str(unicodedata.decimal(digit[0])), folded)
    return unicodedata.normalize("NFC", " ".join(folded.split()))


def _fold_marks(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.translate(_FOLDING)).translate(_FOLDING)
    return _ACCENTS.sub(r"\1\2", decomposed)


_SHORTEST_PHONE = 7


def mask_email(email: str) -> str:
    """An e-mail for logs, enough to recognise one that is known: `a***@e***.org`."""
    name, at, domain = email.partition("@")
    host, dot, top = domain.rpartition(".")
    if not (name and at and host and dot and top.isalnum()):
        return "***"
    return f"{name[0]}***@{host[0]}***.{top}" if (name[0] + host[0]).isalnum() else f"***@***.{top}"


def mask_phone(phone: str) -> str:
    """A phone number for logs: its last three digits."""
    digits = [sign for sign in phone if sign.isdigit()]
    return "***" + "".join(digits[-3:]) if len(digits) >= _SHORTEST_PHONE else "***"
