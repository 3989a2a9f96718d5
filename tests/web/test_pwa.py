from pathlib import Path

import pytest

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons"
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def manifest(client_for):
    answer = client_for(None).get("/manifest.webmanifest")
    assert answer.status_code == 200
    assert answer.content_type == "application/manifest+json"
    return answer.get_json(force=True)


def test_it_starts_the_field_app_by_itself(manifest):
    assert (manifest["start_url"], manifest["display"]) == ("/app/", "standalone")
    assert manifest["start_url"].startswith(manifest["scope"])


def test_every_icon_is_there_in_its_size(client_for, manifest):
    for icon in manifest["icons"]:
        with client_for(None).get(icon["src"]) as answer:
            assert answer.status_code == 200
            data = answer.data
        if icon["type"] == "image/png":
            assert data.startswith(PNG)
            width = int.from_bytes(data[16:20], "big")
            assert icon["sizes"] == f"{width}x{width}"


def test_it_can_be_installed(manifest):
    sizes = {icon["sizes"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= sizes
    assert "maskable" in {icon["purpose"] for icon in manifest["icons"]}


@pytest.mark.parametrize("name", [None, "alice", "carol", "bob", "dan"])
def test_it_is_the_same_for_everybody(client_for, name):
    answer = client_for(name).get("/manifest.webmanifest")
    assert answer.data == client_for(None).get("/manifest.webmanifest").data


def test_the_shell_points_to_it(client_for):
    page = client_for("alice").get("/app/").text
    assert 'rel="manifest" href="/manifest.webmanifest"' in page
    assert (ICONS / "app-180.png").is_file()
