"""From the wire to what is stored of a school; every bad field is told at once."""

from datetime import date
from typing import Any

from shared import clock
from shared.errors import Detail, ValidationFailed
from shared.money import parse_money
from shared.names import camel
from shared.phones import parse_phone
from shared.school_settings import SchoolSettings, merged

_AMOUNTS = (("fees", "lateFine", "amount"), ("fees", "lateFine", "maximum"), ("fees", "siblingDiscount", "amount"))
_RULES = (("lateFine", "late_fine"), ("siblingDiscount", "sibling_discount"))


def stored_form(sent: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """The sent fields, by Python name, as they are stored over a school that holds `before`; else ValidationFailed."""
    after = {**before, **sent}
    wrong: list[Detail] = []
    made = {name: _stored(name, value, after, wrong) for name, value in sent.items() if name != "settings"}
    if sent.keys() & {"settings", "currency"}:
        told = sent["settings"].sparse() if "settings" in sent else {}
        made["settings"] = _settings(merged(before.get("settings") or {}, told), after["currency"], wrong)
    if wrong:
        raise ValidationFailed(details=tuple(wrong))
    return made


def _stored(name: str, value: Any, after: dict[str, Any], wrong: list[Detail]) -> Any:
    match name:
        case "phone" if value is not None:
            try:
                return parse_phone(value, after["country"])
            except ValueError as error:
                wrong.append(Detail(name, str(error)))
        case "established_year" if value is not None and value > clock.today(after["timezone"]).year:
            wrong.append(Detail(camel(name), "must not be after this year"))
        case "academic_year":
            return {"name": value.name, "start": value.start.isoformat(), "end": value.end.isoformat()}
        case "limits" if value is not None:
            return {k: v for k, v in value.model_dump(by_alias=True).items() if v is not None} or None
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, str) else value


def _settings(kept: dict[str, Any], currency: str, wrong: list[Detail]) -> dict[str, Any]:
    """The merged settings, checked as a whole: amounts fit the currency, and each rule has what its kind needs."""
    for path in _AMOUNTS:
        value = _at(kept, path)
        try:
            if value is not None:
                parse_money(value, currency)
        except ValueError as error:
            wrong.append(Detail(f"settings.{'.'.join(path)}", str(error)))
    if not wrong:
        fees = SchoolSettings.stored(kept, currency).fees
        for wire, name in _RULES:
            rule = getattr(fees, name)
            needed = "percentage" if rule.kind == "PERCENTAGE" else "amount"
            if rule.kind != "NONE" and not getattr(rule, needed):
                wrong.append(Detail(f"settings.fees.{wire}.{needed}", f"A rule of kind {rule.kind} needs its {needed}"))
    return kept


def _at(kept: dict[str, Any], path: tuple[str, ...]) -> Any:
    found: Any = kept
    for name in path:
        found = found.get(name) if isinstance(found, dict) else None
    return found
