"""Amounts in words and figures, and dates, as a school's locale writes them."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.fees.receipts.labels import LANGUAGES
from functions.fees.receipts.locales import currency_name, day_text, figures, tags
from functions.fees.receipts.words import in_words
from shared.currencies import DECIMALS
from shared.money import decimals, parse_money


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "wanted"),
    [
        ("0.00", "INR", "en-IN", "Zero Indian rupees only"),
        ("1.00", "INR", "en-IN", "One Indian rupee only"),
        ("1.01", "INR", "en-IN", "One Indian rupee and one paisa only"),
        ("100000.00", "INR", "en-IN", "One lakh Indian rupees only"),
        (
            "12345678.90",
            "INR",
            "en-IN",
            "One crore twenty-three lakh forty-five thousand six hundred seventy-eight Indian rupees and ninety paise only",
        ),
        ("100000.00", "USD", "en-US", "One hundred thousand US dollars only"),
        ("100000.00", "INR", "hi-IN", "एक लाख भारतीय रुपए मात्र"),
        ("1250.50", "INR", "hi", "एक हज़ार दो सौ पचास भारतीय रुपए और पचास पैसे मात्र"),
        ("1250", "JPY", "ja-JP", "千二百五十円"),
        ("1250.005", "KWD", "en-KW", "One thousand two hundred fifty Kuwaiti dinars and five fils only"),
        ("1250.005", "KWD", "ar-KW", "ألف ومائتان وخمسون دينار كويتي 005/1000 فقط لا غير"),
        ("2.00", "RUB", "ru-RU", "Два российских рубля"),
        ("5.00", "RUB", "ru-RU", "Пять российских рублей"),
        ("2000000.00", "EUR", "fr-FR", "Deux millions d’euros"),
        ("2000000.00", "EUR", "es-ES", "Dos millones de euros"),
        ("21.00", "GBP", "fr-FR", "Vingt-et-une livres sterling"),
        ("-1500.00", "INR", "en-IN", "One thousand five hundred Indian rupees only"),
    ],
)
def test_an_amount_in_words(amount: str, currency: str, locale: str, wanted: str) -> None:
    assert in_words(Decimal(amount), currency, locale) == wanted


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "wanted"),
    [("1500.50", "BDT", "bn-BD", "1,500.50 বাংলাদেশী টাকা"), ("1500.00", "INR", "mr-IN", "1,500.00 भारतीय रुपये")],
)
def test_a_language_without_rules_has_figures_with_the_currencys_name(amount: str, currency: str, locale: str, wanted: str) -> None:
    assert in_words(Decimal(amount), currency, locale) == wanted


def test_an_amount_too_large_for_a_languages_words_is_in_figures() -> None:
    assert in_words(Decimal("999999999999999.99"), "KHR", "km-KH").startswith("999,999,999,999,999.99 ")


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "wanted"),
    [
        ("1234567.50", "INR", "en-IN", "12,34,567.50"),
        ("123.00", "INR", "en-IN", "123.00"),
        ("-1234.50", "USD", "en-US", "-1,234.50"),
        ("1234.50", "EUR", "de-DE", "1.234,50"),
        ("1234.50", "CHF", "de-CH", "1’234.50"),
        ("1234", "JPY", "ja", "1,234"),
        ("1234.567", "KWD", "ar-KW", "1,234.567"),
        ("0.05", "INR", "xx", "0.05"),
    ],
)
def test_an_amount_in_figures_is_grouped_as_the_locale_does(amount: str, currency: str, locale: str, wanted: str) -> None:
    assert figures(Decimal(amount), currency, locale) == wanted


@pytest.mark.parametrize(
    ("locale", "wanted"),
    [
        ("en-IN", "4 November 2026"),
        ("en-US", "November 4, 2026"),
        ("es-MX", "4 de noviembre de 2026"),
        ("th-TH", "4 พฤศจิกายน ค.ศ. 2026"),
        ("zh-TW", "2026年11月4日"),
        ("xx", "November 4, 2026"),
    ],
)
def test_a_day_is_written_as_the_locale_does(locale: str, wanted: str) -> None:
    assert day_text(date(2026, 11, 4), locale) == wanted


def test_the_closest_locale_stands_first() -> None:
    assert list(tags("zh-TW")) == ["zh-Hant-TW", "zh-Hant", "zh"]
    assert list(tags("sr-Latn-RS")) == ["sr-Latn-RS", "sr-Latn", "sr"]


def test_every_currency_has_a_name_in_every_language() -> None:
    assert {currency for currency in DECIMALS if not currency_name(currency, "xx")} == set()
    assert currency_name("INR", "hi") == "भारतीय रुपए"
    assert currency_name("CLP", "ta") == currency_name("CLP", "en")


LOCALES = st.sampled_from(
    [
        "en-IN",
        "en-US",
        "hi-IN",
        "ta-IN",
        "mr-IN",
        "ar-EG",
        "he-IL",
        "fr-SN",
        "de-CH",
        "es-MX",
        "pt-BR",
        "ru-RU",
        "zh-CN",
        "ja-JP",
        "th-TH",
        "am-ET",
    ]
)


@given(st.integers(-(10**17) + 1, 10**17 - 1), st.sampled_from(sorted(DECIMALS)), LOCALES)
def test_g3_every_amount_has_words_and_figures_that_read_back_to_it(units: int, currency: str, locale: str) -> None:
    amount = parse_money(
        Decimal(units // 10 ** (4 - min(decimals(currency), 4))).scaleb(-decimals(currency)), currency, allow_negative=True
    )
    assert in_words(amount, currency, locale).strip()
    shown = figures(amount, currency, locale)
    digits = "".join(sign for sign in shown if sign.isdigit())
    assert int(digits) == abs(int(amount.scaleb(decimals(currency))))
    assert shown.startswith("-") == (amount < 0)


def test_every_language_of_labels_names_every_method() -> None:
    assert {frozenset(labels.methods) for labels in LANGUAGES.values()} == {frozenset(LANGUAGES["en"].methods)}
    for code, labels in LANGUAGES.items():
        assert labels.language == code
        assert labels.joined.count("{}") == 2
        assert labels.only.count("{}") == 1
