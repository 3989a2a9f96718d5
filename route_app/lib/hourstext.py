"""Opening hours as people type them, put into the words of OpenStreetMap.

"Mon - Fri 11am - 11pm", "9-20", "Mo-Fr 10.00-18.00 Sa 10-14" and the like. Anything with a word it
does not know is left alone (returns an empty text): half an understanding would be a wrong one.
"""

import re

_DAYS = {
    "Mo": "mo mon monday mondays montag lundi lunes",
    "Tu": "tu tue tues tuesday tuesdays di dienstag mardi martes",
    "We": "we wed weds wednesday wednesdays mi mittwoch mercredi miercoles",
    "Th": "th thu thur thurs thursday thursdays do donnerstag jeudi jueves",
    "Fr": "fr fri friday fridays freitag vendredi viernes",
    "Sa": "sa sat saturday saturdays samstag samedi sabado",
    "Su": "su sun sunday sundays so sonntag dimanche domingo",
    "Mo-Su": "daily everyday täglich",
    "Mo-Fr": "weekdays werktags",
    "Sa-Su": "weekend weekends",
    "PH": "ph holidays holiday feiertag feiertage feiertags",
}
_NOISE = {"uhr", "hours", "hrs", "open", "from", "von", "opening", "h"}
_WORDS = {word: ("day", day) for day, words in _DAYS.items() for word in words.split()}
_WORDS |= dict.fromkeys(("closed", "off", "geschlossen", "fermé", "cerrado"), ("off", "off"))
_WORDS |= dict.fromkeys(("to", "till", "until", "bis", "-"), ("to", "-"))
_WORDS |= dict.fromkeys(("and", "und", "&", ",", "+", "et", "y"), ("and", ","))
_WORDS |= dict.fromkeys((";", "|", "/"), ("rule", "; "))
_TOKEN = re.compile(
    r"(?P<always>24\s*/\s*7|24 hours)|(?P<time>\d{1,2}(?:[:.h]\d{2})?\s*(?:[ap]\.?m\b\.?)?)"
    r"|(?P<word>[^\W\d_]+)|(?P<mark>[-,;&+|/])|(?P<skip>[\s:.()]+)|(?P<other>.)",
    re.I,
)
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*([ap])?", re.I)


def tidied(text: str) -> str:
    """Return the text as OpenStreetMap would write it, or an empty text if a word is unknown."""
    tokens = _tokens(re.sub(r"[–—−~]", "-", text))  # dashes people paste
    if tokens is None:
        return ""
    out: list[str] = []
    rule_has_hours = False
    for kind, value in tokens:
        if kind == "rule":
            rule_has_hours = False
        elif kind == "day" and rule_has_hours:
            while out and out[-1] in {",", " "}:
                out.pop()
            out.append("; ")
            rule_has_hours = False
        elif kind in {"time", "off", "always"}:
            if out and not out[-1].endswith((" ", "-", ",", ":")):
                out.append("," if rule_has_hours else " ")
            rule_has_hours = True
        elif kind == "day" and out and not out[-1].endswith((" ", "-", ",")):
            out.append(",")
        out.append(value)
    return re.sub(r"(?:[;, ]|-)+$", "", "".join(out))


def _tokens(text: str) -> list[tuple[str, str]] | None:
    found: list[tuple[str, str]] = []
    for match in _TOKEN.finditer(text):
        kind, raw = match.lastgroup or "other", match.group().strip().lower()
        if kind == "skip" or raw in _NOISE:
            continue
        token = _token(kind, raw)
        if token is None:
            return None
        found.append(token)
    return _spans(found)


def _token(kind: str, raw: str) -> tuple[str, str] | None:
    if kind == "always":
        return ("always", "24/7")
    if kind == "time":
        return ("clock", raw)
    return _WORDS.get(raw)


def _spans(tokens: list[tuple[str, str]]) -> list[tuple[str, str]] | None:
    """Join each "clock to clock" into one span; a lone clock makes the whole unreadable."""
    out: list[tuple[str, str]] = []
    index = 0
    while index < len(tokens):
        kind, value = tokens[index]
        if kind != "clock":
            out.append((kind, value))
            index += 1
            continue
        pair = tokens[index : index + 3]
        if [one[0] for one in pair] != ["clock", "to", "clock"]:
            return None
        span = _span(value, pair[2][1])
        if span is None:
            return None
        out.append(("time", span))
        index += 3
    return out


def _span(begin: str, end: str) -> str | None:
    first, last = _clock(begin), _clock(end)
    if first is None or last is None:
        return None
    (start, start_half), (stop, stop_half) = first, last
    if stop_half == "p" and start_half is None and start < stop - 720 and start < 360:
        start += 720  # "1-5pm" begins in the afternoon
    if start_half is None and stop_half is None and 360 <= start < 720 and stop <= 480 < start + 60:
        stop += 720  # "9-5" ends in the afternoon, not before dawn
    return f"{start // 60:02}:{start % 60:02}-{stop // 60:02}:{stop % 60:02}"


def _clock(raw: str) -> tuple[int, str | None] | None:
    """Return minutes after midnight, and a or p where the text said which half of the day."""
    match = _TIME.match(raw)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").lower() or None
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    if hour > 24 or minute > 59 or hour * 60 + minute > 1440:
        return None
    return hour * 60 + minute, half
