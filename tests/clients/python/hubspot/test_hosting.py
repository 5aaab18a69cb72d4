"""Content without the API: hosted addresses, signed URLs, downloads."""

import datetime
from urllib.parse import quote

import pytest

from given import PIXEL, download, fetched, files, fresh_bytes, fresh_folder, hidden, refused, replace, upload


def put(content, name="a.txt", **options):
    return upload(content, name, fields={"folder_path": fresh_folder()}, **options)


@pytest.mark.parametrize(("access", "robots"), [("PUBLIC_INDEXABLE", None), ("PUBLIC_NOT_INDEXABLE", "noindex")])
def test_a_public_file_is_at_its_address_for_anybody(access, robots):
    content = fresh_bytes()
    status, headers, got = fetched(put(content, access=access).url)
    assert (status, got, headers["X-Robots-Tag"]) == (200, content, robots)


def test_a_private_file_has_an_address_that_answers_404():
    assert fetched(put(fresh_bytes()).url)[0] == 404


def test_pages_and_scripts_are_shown_as_plain_text():
    for name in ("page.html", "script.js"):
        _, headers, _ = fetched(put(b"<!doctype html><script>alert(1)</script>", name, access="PUBLIC_INDEXABLE").url)
        assert headers["Content-Type"].startswith("text/plain")


def test_a_signed_url_gives_a_private_file_to_anybody_and_tells_all_about_it():
    file = put(PIXEL, "pixel.png")
    asked = datetime.datetime.now(datetime.timezone.utc)
    signed = files.get_signed_url(file.id)
    told = (signed.name, signed.extension, signed.type, signed.size, signed.width, signed.height)
    assert told == ("pixel", "png", "IMG", len(PIXEL), 1, 1)
    assert 3590 < (signed.expires_at - asked).total_seconds() < 3660
    status, headers, got = fetched(signed.url)
    assert (status, got) == (200, PIXEL)
    assert "noindex" in headers["X-Robots-Tag"]


def test_a_signed_url_takes_a_life_a_size_and_upscale():
    file = put(PIXEL, "pixel.png")
    for size in ("icon", "thumb", "medium", "preview"):
        asked = datetime.datetime.now(datetime.timezone.utc)
        signed = files.get_signed_url(file.id, size=size, expiration_seconds=60, upscale=True)
        assert abs((signed.expires_at - asked).total_seconds() - 60) < 30
        assert (signed.width, signed.size) == (1, len(PIXEL)), "it tells about the original"


def test_a_signed_url_that_was_tampered_with_is_refused():
    url = files.get_signed_url(put(fresh_bytes()).id).url
    assert fetched(url[:-5] + ("B" if url[-5] == "A" else "A") + url[-4:])[0] == 403


def test_a_signed_url_serves_the_new_bytes_after_a_replace():
    file, content = put(fresh_bytes()), fresh_bytes()
    url = files.get_signed_url(file.id).url
    replace(file.id, content, "a.txt")
    assert fetched(url)[2] == content


def test_a_download_is_an_attachment_with_its_real_type_whole_or_in_part():
    file = put(b"0123456789", "ä 1.txt")
    whole = download(file)
    assert (whole.status_code, whole.content) == (200, b"0123456789")
    assert whole.headers["Content-Disposition"].startswith("attachment;")
    assert "filename*=UTF-8''" + quote("ä 1.txt") in whole.headers["Content-Disposition"]
    assert whole.headers["Content-Type"].startswith("text/plain")
    assert whole.headers["ETag"] == f'"{file.file_md5}"'
    part = download(file, headers={"Range": "bytes=2-4"})
    assert (part.status_code, part.headers["Content-Range"], part.content) == (206, "bytes 2-4/10", b"234")
    behind = download(file, headers={"Range": "bytes=10-"})
    assert (behind.status_code, behind.json()["category"]) == (416, "VALIDATION_ERROR")


def test_hidden_files_are_there_for_those_who_may_see_them_and_not_there_for_others():
    file = put(fresh_bytes(), client=hidden, access="HIDDEN_PRIVATE")
    assert hidden.files.files_api.get_by_id(file.id).access == "HIDDEN_PRIVATE"
    assert fetched(hidden.files.files_api.get_signed_url(file.id).url)[0] == 200
    refused(lambda: files.get_by_id(file.id), 404, "OBJECT_NOT_FOUND")
    refused(lambda: files.get_signed_url(file.id), 404, "OBJECT_NOT_FOUND")
    assert download(file).status_code == 404
