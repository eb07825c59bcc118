"""The time a query speaks of, as an interval: "on 8 May 2023", "last summer", "two weeks before the wedding". Pure.

English. A moment is worked out from `now`, in UTC, and belongs to what was said then (`occurred_at`): people tell of a thing
after it happened, so what was said a little after the interval is close, and what was said before it is half as close.
An expression that names an event instead of a date is left open: the store knows when people spoke of the wedding.
What is not understood is no expression, and so is anything that lies ahead: no record was made then.

Knows no database.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12}
_NUMBERS = {word: number for number, word in enumerate(
    "one two three four five six seven eight nine ten eleven twelve".split(), start=1  # noqa: SIM905
)} | {"a": 1, "an": 1, "a couple of": 2, "couple of": 2, "a few": 3, "few": 3}

_MONTH = r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?" \
         r"|nov(?:ember)?|dec(?:ember)?)\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_SEASON = rf"(?P<season>{'|'.join(_SEASONS)})"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"
_UNIT = r"(?P<unit>day|week|month|year)s?"
_IN = r"(?:in|during|of|since|until|till|by|before|after|from|around|early|late|mid)"
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


@dataclass(frozen=True)
class Interval:
    """From `start`, inclusive, to `end`, exclusive; None where it is open."""

    start: datetime | None
    end: datetime | None

    def closeness(self, moment: datetime) -> float:
        """1 within; falling off outside, within days of a day and weeks of a month; half of that for what came before."""
        if self.start is not None and moment < self.start:
            return 0.5 * math.exp(-(self.start - moment).total_seconds() / self._tolerance())
        if self.end is not None and moment >= self.end:
            return math.exp(-(moment - self.end).total_seconds() / self._tolerance())
        return 1.0

    def _tolerance(self) -> float:
        """Seconds in which closeness falls to a third."""
        if self.start is None or self.end is None:
            return timedelta(days=3).total_seconds()
        wide = (self.end - self.start).total_seconds()
        return min(max(wide / 3, timedelta(days=3).total_seconds()), timedelta(days=30).total_seconds())


@dataclass(frozen=True)
class Around:
    """A time told by an event: `event` in the query's words, and what makes the interval once its moment is known."""

    event: str
    of: Callable[[datetime], Interval]


def asked_time(query: str, now: datetime) -> Interval | Around | None:
    """What time the query speaks of, seen from `now` (aware). The first expression that is understood counts."""
    text = " ".join(query.split())
    try:
        found = _dated(text, now)
        if found is None:
            return _around(text)
        return found if found.start is None or found.start <= now else None
    except (ValueError, OverflowError):  # 31 February; nine hundred years before the year 500
        return None


# --- dates --------------------------------------------------------------------------------------------------------------------


def _dated(text: str, now: datetime) -> Interval | None:
    for pattern, resolve in _FORMS:
        for match in pattern.finditer(text):
            day = resolve(match, now)
            if day is not None:
                return _shifted(text[:match.start()], day)
    return None


def _shifted(before: str, date: Interval) -> Interval:
    """What the words in front of a date make of it: "the week before", "since"."""
    if match := _OFFSET.search(before):
        assert date.start is not None and date.end is not None
        at = date.start if match["side"] in ("before", "prior to") else date.end
        return _offset(match, at)
    if match := _SIDE.search(before):
        side = match["side"].lower()
        if side in ("before", "until", "till"):
            return Interval(None, date.start)
        if side == "by":
            return Interval(None, date.end)
        return Interval(date.start if side == "since" else date.end, None)
    return date


def _offset(match: re.Match[str], at: datetime) -> Interval:
    """"the week before" ends at `at`; "two weeks before" is about a week around the moment two weeks before."""
    earlier = match["side"].lower() in ("before", "prior to")
    unit = match["unit"].lower()
    if unit == "weekend":
        saturday = _midnight(at) + timedelta(days=(5 - at.weekday()) % 7)
        if earlier and saturday + timedelta(days=1) >= at:
            saturday -= timedelta(days=7)
        return Interval(saturday, saturday + timedelta(days=2))
    span = timedelta(days=_DAYS[unit])
    if match["count"] is None:  # "the week before"
        return Interval(at - span, at) if earlier else Interval(at, at + span)
    moment = at - _number(match["count"]) * span if earlier else at + (_number(match["count"]) - 1) * span
    slack = (span - timedelta(days=1)) / 2
    return Interval(moment - slack, moment + slack + timedelta(days=1))


def _iso(match: re.Match[str], now: datetime) -> Interval:
    return _day(now.replace(year=int(match["year"]), month=int(match["number"]), day=1), int(match["day"]))


def _full(match: re.Match[str], now: datetime) -> Interval:
    """A day and a month; without a year, the last time there was such a day."""
    month, day = _month_of(match), int(match["day"])
    if match["year"]:
        return _day(now.replace(year=int(match["year"]), month=month, day=1), day)
    found = _day(now.replace(month=month, day=1), day)
    assert found.start is not None
    return found if found.start <= now else _day(now.replace(year=now.year - 1, month=month, day=1), day)


def _month_and_year(match: re.Match[str], now: datetime) -> Interval:
    return _month(int(match["year"]), _month_of(match), now)


def _month_alone(match: re.Match[str], now: datetime) -> Interval | None:
    """"in May": the May that is or was last; "last May" in May: a year ago."""
    if match["month"].lower() in ("may", "mar", "march") and not match["month"][0].isupper():
        return None  # a verb
    month, last = _month_of(match), match["which"].lower() == "last"
    earlier = month > now.month or (last and month == now.month)
    return _month(now.year - earlier, month, now)


def _season(match: re.Match[str], now: datetime) -> Interval:
    first = _SEASONS[match["season"].lower()]
    year = int(match["year"]) if match["year"] else now.year
    start = _first(year, first, now)
    if not match["year"]:
        over = _months_later(start, 3) <= now
        if start > now or ((match["which"] or "").lower() == "last" and not over):
            start = _first(year - 1, first, now)
    return Interval(start, _months_later(start, 3))


def _year(match: re.Match[str], now: datetime) -> Interval:
    year = int(match["year"])
    return Interval(_first(year, 1, now), _first(year + 1, 1, now))


def _some_day(match: re.Match[str], now: datetime) -> Interval:
    words = match[0].lower()
    back = 2 if "before yesterday" in words else 1 if words in ("yesterday", "last night") else 0
    start = _midnight(now) - timedelta(days=back)
    return Interval(start, start + timedelta(days=1))


def _weekday(match: re.Match[str], now: datetime) -> Interval:
    back = (now.weekday() - _WEEKDAYS.index(match["weekday"].lower())) % 7 or 7
    start = _midnight(now) - timedelta(days=back)
    return Interval(start, start + timedelta(days=1))


def _calendar(match: re.Match[str], now: datetime) -> Interval:
    """"last week", "this month": as the calendar cuts them."""
    last, unit = match["which"].lower() in ("last", "past", "previous"), match["unit"].lower()
    today = _midnight(now)
    if unit == "weekend":
        saturday = today - timedelta(days=(today.weekday() - 5) % 7)
        if last and saturday + timedelta(days=2) > now:
            saturday -= timedelta(days=7)
        return Interval(saturday, saturday + timedelta(days=2))
    if unit == "week":
        start = today - timedelta(days=today.weekday() + 7 * last)
        return Interval(start, start + timedelta(days=7))
    if unit == "month":
        start = today.replace(day=1)
        start = _months_later(start, -1) if last else start
        return Interval(start, _months_later(start, 1))
    start = _first(now.year - last, 1, now)
    return Interval(start, _first(start.year + 1, 1, now))


def _ago(match: re.Match[str], now: datetime) -> Interval:
    count, unit = _number(match["count"]), match["unit"].lower()
    if unit == "year":
        return Interval(_first(now.year - count, 1, now), _first(now.year - count + 1, 1, now))
    middle = _months_later(_midnight(now), -count) if unit == "month" else _midnight(now) - timedelta(days=count * _DAYS[unit])
    slack = timedelta(days=(_DAYS[unit] - 1) // 2)
    return Interval(middle - slack, middle + slack + timedelta(days=1))


def _lately(match: re.Match[str], now: datetime) -> Interval:
    """"the past ten days", and all of today."""
    return Interval(_midnight(now) - timedelta(days=_number(match["count"]) * _DAYS[match["unit"].lower()]), None)


# --- events -------------------------------------------------------------------------------------------------------------------


def _around(text: str) -> Around | None:
    match = _EVENT.search(text)
    if match is None:
        return None
    return Around(match["event"], lambda moment: _offset(match, _midnight(moment) + timedelta(
        days=match["side"].lower() not in ("before", "prior to")
    )))


# --- calendar -----------------------------------------------------------------------------------------------------------------


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _first(year: int, month: int, now: datetime) -> datetime:
    return _midnight(now.replace(year=year, month=month, day=1))


def _months_later(moment: datetime, months: int) -> datetime:
    """The same day of another month; its last day where that month is shorter."""
    years, month = divmod(moment.month - 1 + months, 12)
    following = _first(moment.year + years + (month == 11), (month + 1) % 12 + 1, moment)
    last = (following - timedelta(days=1)).day
    return moment.replace(year=moment.year + years, month=month + 1, day=min(moment.day, last))


def _month(year: int, month: int, now: datetime) -> Interval:
    start = _first(year, month, now)
    return Interval(start, _months_later(start, 1))


def _day(first: datetime, day: int) -> Interval:
    start = _midnight(first.replace(day=day))
    return Interval(start, start + timedelta(days=1))


def _month_of(match: re.Match[str]) -> int:
    return next(number for number, name in enumerate(_MONTHS, start=1) if name.startswith(match["month"].lower()[:3]))


def _number(word: str) -> int:
    return int(word) if word.isdigit() else _NUMBERS[word.lower()]


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_OFFSET = re.compile(
    rf"(?:(?:{_COUNT}|the|last) )?(?P<unit>day|weekend|week|month|year)s? (?P<side>before|prior to|after|following)(?: the)? $",
    re.IGNORECASE,
)
_SIDE = re.compile(r"(?<!\w)(?P<side>before|until|till|by|after|since) (?:the )?$", re.IGNORECASE)
_EVENT = _form(
    rf"(?:{_COUNT}|the) (?P<unit>day|weekend|week|month|year)s? (?P<side>before|prior to|after|following) "
    r"(?P<event>[^,.;:?!]+)"
)
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], datetime], Interval | None]], ...] = (
    (_form(rf"{_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)"), _iso),
    (_form(rf"{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?"), _full),
    (_form(rf"{_MONTH} {_DAY}(?:,? {_YEAR})?"), _full),
    (_form(rf"{_MONTH}(?: of)?,? {_YEAR}"), _month_and_year),
    (_form(rf"(?:the )?{_SEASON}(?: of)?(?P<which>),? {_YEAR}"), _season),
    (_form(rf"{_COUNT} {_UNIT} ago"), _ago),
    (_form(rf"(?:the )?(?:past|last) {_COUNT} {_UNIT}"), _lately),
    (_form(r"the day before yesterday|yesterday|last night|today|tonight|this (?:morning|afternoon|evening)"), _some_day),
    (_form(r"(?:the )?(?P<which>last|past|previous|this) (?P<unit>weekend|week|month|year)"), _calendar),
    (_form(rf"(?P<which>last|this|{_IN}) {_MONTH}"), _month_alone),
    (_form(rf"(?P<which>last|this|{_IN})(?: the)? {_SEASON}(?P<year>(?!))?"), _season),
    (_form(rf"(?:last|on) (?P<weekday>{'|'.join(_WEEKDAYS)})"), _weekday),
    (_form(rf"{_IN} (?:the year )?(?P<year>(?:19|20)\d\d)"), _year),
)
"""Forms of dates, the more definite before the vaguer: "May 2023" is read before "in May"."""
