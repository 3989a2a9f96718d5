import io

import pytest

from route_app.errors import InvalidInput, NotFound
from route_app.roads import uploads

OSM = b"<osm></osm>"


def keep(root, content=OSM, *, network="town", file_name="town.osm", limit_mb=1):
    return uploads.keep(
        root, io.BytesIO(content), network=network, file_name=file_name, limit_mb=limit_mb
    )


def test_a_file_is_kept_found_and_dropped(tmp_path):
    name = keep(tmp_path)
    assert uploads.find(tmp_path, name).read_bytes() == OSM
    uploads.drop(tmp_path, name)
    with pytest.raises(NotFound, match="Upload it again"):
        uploads.find(tmp_path, name)


def test_a_file_over_the_limit_is_refused_and_leaves_nothing(tmp_path):
    keep(tmp_path, OSM.ljust(1 << 20))
    with pytest.raises(InvalidInput, match="larger than 1 MB"):
        keep(tmp_path, OSM.ljust((1 << 20) + 1), network="big")
    assert not list(tmp_path.glob(".uploads/big/*"))


@pytest.mark.parametrize(
    ("file_name", "kept"),
    [
        ("C:\\maps\\My Town.osm", "My-Town.osm"),
        ("../../etc/town.osm", "town.osm"),
        (".hidden.osm", "hidden.osm"),
        ("kylä.osm", "kyl-.osm"),
        ("x" * 300 + ".osm", "x" * 96 + ".osm"),
    ],
)
def test_a_name_leads_nowhere_else(tmp_path, file_name, kept):
    name = keep(tmp_path, file_name=file_name)
    assert name.rpartition("/")[2] == kept
    assert uploads.find(tmp_path, name).is_relative_to(tmp_path / ".uploads" / "town")


@pytest.mark.parametrize("name", ["", "a/b", "town/../x", "../../etc/passwd", "a/b/c/d", "a//b"])
def test_a_made_up_name_finds_nothing(tmp_path, name):
    with pytest.raises(NotFound):
        uploads.find(tmp_path, name)


def test_only_the_file_in_use_stays(tmp_path):
    old, new, other = keep(tmp_path), keep(tmp_path), keep(tmp_path, network="other")
    uploads.keep_only(tmp_path, network="town", name=new)
    assert uploads.find(tmp_path, new)
    assert uploads.find(tmp_path, other)
    with pytest.raises(NotFound):
        uploads.find(tmp_path, old)
