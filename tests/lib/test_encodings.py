import pytest

from route_app.lib.encodings import decode, page_of_country


@pytest.mark.parametrize(
    ("country", "page"), [("FI", "cp1252"), ("pl", "cp1250"), ("UA", "cp1251"), ("", "cp1252")]
)
def test_every_country_has_a_page(country, page):
    assert page_of_country(country) == page


def test_utf_8_needs_no_note():
    assert decode("Hämeentie".encode()) == ("Hämeentie", "utf-8", ())


def test_a_short_text_that_could_be_several_pages_is_read_by_the_country():
    content = "Řezník\n".encode("cp1250")
    assert decode(content, country="CZ")[0] == "Řezník\n"
