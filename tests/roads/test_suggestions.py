"""Lines offered while somebody types; what they come to is tested with the geocoder."""

from route_app.roads.suggestions import normal_tokens


def test_words_are_split_as_the_index_splits_them() -> None:
    assert normal_tokens("O'Farrell St.-Jean") == ["OFarrell", "St", "Jean"]
    assert normal_tokens('"*') == []
