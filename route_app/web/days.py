"""Read the day that an address asks for."""

from datetime import date

from route_app.errors import InvalidInput


def asked_day(word: str, *, field: str = "date") -> date | None:
    """Return the day a word stands for, None for an empty one; InvalidInput says how to write it.

    Days so far off that no calendar can reckon with them are refused as well.
    """
    word = word.strip()
    if not word:
        return None
    try:
        day = date.fromisoformat(word)
    except ValueError:
        raise InvalidInput(
            f"“{word[:40]}” is not a date. Write it as 2026-01-31.", field=field
        ) from None
    if not 1900 <= day.year <= 9000:
        raise InvalidInput("That day is too far away.", field=field)
    return day
