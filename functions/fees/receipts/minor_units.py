"""What the hundredth or thousandth part of a currency is called: of one, and of several. CLDR has no names for them.

Only where every number takes one of two forms; any other amount is written as `50/100`.
"""

_CENT_COUNTRIES = [
    "USD",
    "EUR",
    "AUD",
    "CAD",
    "NZD",
    "SGD",
    "HKD",
    "ZAR",
    "KES",
    "LKR",
    "TTD",
    "JMD",
    "BBD",
    "BSD",
    "BZD",
    "BMD",
    "KYD",
    "FJD",
    "NAD",
    "SCR",
    "MUR",
    "TWD",
    "BND",
    "GYD",
    "LRD",
    "SBD",
    "XCD",
    "TZS",
    "SLE",
    "ETB",
    "SZL",
]

MINOR_UNITS: dict[str, dict[str, tuple[str, str]]] = {
    "en": {
        **dict.fromkeys(_CENT_COUNTRIES, ("cent", "cents")),
        **dict.fromkeys(("INR", "NPR", "PKR"), ("paisa", "paise")),
        "BDT": ("poisha", "poisha"),
        "GBP": ("penny", "pence"),
        "NGN": ("kobo", "kobo"),
        "GHS": ("pesewa", "pesewas"),
        "ZMW": ("ngwee", "ngwee"),
        "BWP": ("thebe", "thebe"),
        **dict.fromkeys(("AED", "BHD", "JOD", "KWD", "IQD"), ("fils", "fils")),
        "OMR": ("baisa", "baisa"),
        "QAR": ("dirham", "dirhams"),
        "SAR": ("halala", "halalas"),
    },
    "hi": {"INR": ("पैसा", "पैसे")},
    "es": {
        "EUR": ("céntimo", "céntimos"),
        **dict.fromkeys(("USD", "MXN", "ARS", "BOB", "COP", "CUP", "DOP", "GTQ", "HNL", "NIO", "UYU"), ("centavo", "centavos")),
        "PEN": ("céntimo", "céntimos"),
    },
    "fr": {
        **dict.fromkeys(("EUR", "CHF", "MAD"), ("centime", "centimes")),
        **dict.fromkeys(("CAD", "USD"), ("cent", "cents")),
    },
}
