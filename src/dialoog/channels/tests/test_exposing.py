"""What networks may fetch: by its address alone, for a day, and nothing else."""

import io
from contextlib import closing
from datetime import timedelta

import pytest
from django_scopes import scope

from dialoog.channels.connections import connector_for
from dialoog.channels.exposing import FOLDER, can_be_reached, expose, exposer
from dialoog.channels.models import Channel, ExposedMedia
from dialoog.core.clock import frozen
from dialoog.core.models import Job
from dialoog.core.work.worker import run_due
from dialoog.networks.tests.conformance import image
from dialoog.networks.tests.contract import standing_in
from dialoog.networks.tests.contracts.instagram import USER
from dialoog.networks.tests.contracts.instagram import Instagram as Truth
from dialoog.networks.values import Message

ADDRESS = "https://dialoog.korenaar.nl"
JPEG = b"\xff\xd8\xff\xe0 brood" * 100


@pytest.fixture(autouse=True)
def public(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ADDRESS = ADDRESS


@pytest.fixture
def path(korenaar, now):
    """The path of an exposed picture."""
    return expose(korenaar.pk, JPEG, "image/jpeg", now=now).removeprefix(ADDRESS)


def held(tmp_path):
    return sorted((tmp_path / "media" / FOLDER).iterdir())


def test_whoever_knows_the_address_gets_exactly_the_bytes(client, path, now):
    with frozen(now + timedelta(hours=23)):
        answer = client.get(path, headers={"accept-encoding": "gzip"})
        assert b"".join(answer.streaming_content) == JPEG
        with closing(client.head(path)) as head:
            assert head.headers["Content-Length"] == str(len(JPEG))
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Length"] == str(len(JPEG))
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Content-Encoding" not in answer.headers
    assert not answer.cookies
    assert client.post(path).status_code == 405


def test_the_address_cannot_be_guessed_and_is_kept_nowhere(korenaar, path, tmp_path, now):
    token = path.rstrip("/").rpartition("/")[2]
    assert len(token) >= 43
    row = ExposedMedia._base_manager.get()
    assert token not in f"{row.token_digest} {row.file} {Job.objects.get(key__startswith='channels.exposed')}"
    assert token not in str(held(tmp_path))
    assert expose(korenaar.pk, JPEG, "image/jpeg", now=now) != f"{ADDRESS}{path}"


@pytest.mark.parametrize("token", ["x", "a" * 43, "0" * 32])
def test_no_other_address_leads_to_a_file(client, path, tmp_path, token):
    assert client.get(f"/koppelen/media/{token}/").status_code == 404
    name = held(tmp_path)[0].name
    assert client.get(f"/koppelen/media/{name}/").status_code == 404


def test_it_works_for_a_day_and_then_it_is_gone(client, path, tmp_path, now):
    with frozen(now + timedelta(hours=24)):
        assert client.get(path).status_code == 404
    assert len(held(tmp_path)) == 1
    run_due(now + timedelta(hours=24))
    assert held(tmp_path) == []
    assert not ExposedMedia._base_manager.exists()


def test_what_the_media_folder_lost_is_not_there(client, path, tmp_path, now):
    held(tmp_path)[0].unlink()
    with frozen(now):
        assert client.get(path).status_code == 404
    run_due(now + timedelta(hours=24))
    assert not Job.objects.exclude(state="done").exists()


@pytest.mark.parametrize("mime", ["image/svg+xml", "text/html", "application/octet-stream", ""])
def test_only_images_and_films_are_shown(korenaar, now, mime):
    with pytest.raises(ValueError, match="not shown"):
        expose(korenaar.pk, b"<svg onload=alert(1)>", mime, now=now)
    assert not ExposedMedia._base_manager.exists()


def test_a_film_is_copied_from_its_file(client, korenaar, now):
    film = io.BytesIO(b"\x00\x00\x00 ftypmp42" * 100_000)
    url = expose(korenaar.pk, film, "video/mp4", now=now)
    with frozen(now):
        answer = client.get(url.removeprefix(ADDRESS))
        assert b"".join(answer.streaming_content) == film.getvalue()
    assert answer.headers["Content-Type"] == "video/mp4"


@pytest.mark.parametrize(
    ("address", "reached"),
    [
        (ADDRESS, True),
        ("https://dialoog.korenaar.nl:8443", True),
        ("https://8.8.8.8", True),
        ("http://dialoog.korenaar.nl", False),
        ("http://localhost:8000", False),
        ("https://localhost", False),
        ("https://dialoog", False),
        ("https://dialoog.local", False),
        ("https://intranet.korenaar.internal.", False),
        ("https://127.0.0.1", False),
        ("https://10.1.2.3", False),
        ("https://[::1]", False),
        ("https://[2a00:1450:4001::8a]", True),
    ],
)
def test_only_an_open_address_can_be_fetched_from(settings, korenaar, address, reached):
    assert can_be_reached(address) is reached
    settings.ADDRESS = address
    assert (exposer(korenaar.pk) is not None) is reached


def test_a_connector_gets_it_from_its_channel(korenaar, client, now):
    with scope(organisation=korenaar):
        channel = Channel.objects.create(
            organisation=korenaar, network="newsroom", name="Nieuws", connected_at=now
        )
    with frozen(now):
        url = connector_for(channel).connection.expose(JPEG, "image/jpeg")
        answer = client.get(url.removeprefix(ADDRESS))
        assert b"".join(answer.streaming_content) == JPEG


class Everything(dict):
    """Whatever address a stand-in is given, it takes it for a picture."""

    def __contains__(self, url):
        return True

    def __missing__(self, url):
        return b"\xff\xd8", "image/jpeg"


def test_what_instagram_is_given_can_be_fetched_by_it(settings, client, korenaar, now):
    truth = Truth()
    truth.shown = Everything()
    with standing_in("instagram", truth) as server:
        settings.ALLOW_ADDRESSES = frozenset({server.url})
        with scope(organisation=korenaar):
            grant = {"kind": "long", "data": {"access": truth.held}}
            held = {"network": "instagram", "address": server.url, "grant": grant, "remote_id": USER}
            channel = Channel.objects.create(
                organisation=korenaar, name="De Korenaar", connected_at=now, **held
            )
        connector = connector_for(channel)
        with frozen(now):
            message = Message(text="Vers brood", images=(image(), image("Een taart")))
            connector.publish(connector.prepare(message, "k", now))
            (post,) = truth.posts.values()
            urls = [item["image_url"] for item in post["items"]]
            fetched = [client.get(url.removeprefix(ADDRESS)) for url in urls]
            pictures = [b"".join(answer.streaming_content) for answer in fetched]
    assert len(set(urls)) == 2
    assert all(picture.startswith(b"\xff\xd8") for picture in pictures)
    assert {answer.headers["Content-Type"] for answer in fetched} == {"image/jpeg"}
