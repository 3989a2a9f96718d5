"""Names that stand at the end of an address and are no town: countries, states, provinces."""

from route_app.lib.countries import NAMES
from route_app.roads.spelling import normal

_STATES = """
Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii
Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan
Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico
North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina
South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|West Virginia|Wisconsin|Wyoming
Alberta|British Columbia|Manitoba|New Brunswick|Newfoundland and Labrador|Nova Scotia|Ontario
Prince Edward Island|Saskatchewan|Yukon|New South Wales|Queensland|South Australia|Tasmania
Victoria|Western Australia|England|Scotland|Wales|Northern Ireland
"""
_OTHER = ("USA", "UK", "GBR", "CAN", "AUS", "NSW", "QLD", "VIC", "TAS", "United States of America",
          "Deutschland", "Österreich", "Schweiz", "Suomi", "Sverige", "Norge", "Danmark", "España",
          "Italia", "Polska", "Česko", "Nederland", "België", "Belgique", "Suisse", "Brasil",
          "Republic of Ireland", "The Netherlands")  # fmt: skip
# Some of them are towns as well: a book that knows such a town is asked for it all the same.
REGIONS = frozenset(
    normal(name)
    for name in (*NAMES.values(), *_STATES.strip().replace("\n", "|").split("|"), *_OTHER)
) - {"luxembourg", "monaco", "singapore", "san marino", "gibraltar"}
