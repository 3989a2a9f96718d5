"""On which side of the road a country drives."""

from route_app.errors import InvalidInput
from route_app.lib.countries import NAMES
from route_app.roads.rawroads import RawRoads

_LEFT = (
    "AG AI AU BB BD BM BN BS BT BW CC CK CX CY DM FJ FK GB GD GG GY HK ID IE IM IN JE JM JP KE KI "
    "KN KY LC LK LS MO MS MT MU MV MW MY MZ NA NF NP NR NU NZ PG PK PN SB SC SG SH SR SZ TC TH TK "
    "TL TO TT TV TZ UG VC VG VI WS ZA ZM ZW"
)


def country_code(country: str) -> str:
    """Return a country's two letters as they are written. Raises InvalidInput for no country."""
    code = country.strip().upper()
    if code not in NAMES:
        raise InvalidInput(
            f"{country} is not the code of a country. Give its two letters, such as FI.",
            field="country",
        )
    return code


def drives_left(country: str | None, raw: RawRoads) -> tuple[bool, str]:
    """Return whether traffic keeps left, and in words how we know."""
    if country:
        code = country_code(country)
        return code in _LEFT.split(), f"country {code}"
    left, right = raw.roundabouts_left, raw.roundabouts_right
    if left + right >= 3 and left != right:
        return left > right, f"seen at {left + right} roundabouts"
    return False, "assumed; name the country to be sure"
