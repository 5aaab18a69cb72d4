"""The REST half of keap-python. Its FileService asks for appointments; told the right path, it does what it says."""

import pytest
from given import NOBODYS, TOKEN, content, fetched, fresh_bytes, fresh_contact, fresh_name, keap, text
from keap.REST.BaseService import RecordNotFoundError
from keap.exceptions import KeapForbiddenException, KeapUnauthorizedException


@pytest.fixture
def files():
    return connect(TOKEN)


def connect(token):
    service = keap(token).REST_V1.FileService
    service.api_url = "files"
    return service


def put(files, contact, name, sent=b"abc", **more):
    made = files.create(file_name=name, file_data=text(sent), file_association="CONTACT", contact_id=contact, **more)
    return made["file_descriptor"]


def test_as_it_is_the_service_finds_nothing():
    with pytest.raises(RecordNotFoundError):
        keap(TOKEN).REST_V1.FileService.list()


def test_a_file_is_created_listed_read_changed_and_deleted(files):
    contact, name, sent = fresh_contact(), fresh_name(), fresh_bytes(70_000)
    file = put(files, contact, name, sent)
    listed = files.list(contact_id=contact)
    assert [one["id"] for one in listed["files"]] == [file["id"]]
    assert listed["count"] == 1
    got = files.get(file["id"], optional_properties="file_data")
    assert content(got["file_data"]) == sent
    assert fetched(got["file_descriptor"]["download_url"])[0] == sent
    # The client leaves out what is false, so a file is hidden again by another one.
    changed = files.update(file["id"], {"file_name": "b.pdf", "file_data": text(b"new"), "is_public": True})
    assert (changed["file_descriptor"]["file_name"], changed["file_descriptor"]["public"]) == ("b.pdf", True)
    assert content(files.get(file["id"], optional_properties="file_data")["file_data"]) == b"new"
    assert files.delete(file["id"]) is True
    with pytest.raises(RecordNotFoundError):
        files.get(file["id"])


def test_pages_are_walked_until_one_is_empty(files):
    contact = fresh_contact()
    made = [put(files, contact, fresh_name())["id"] for _ in range(5)]
    walked, offset = [], 0
    while page := files.list(contact_id=contact, limit=2, offset=offset)["files"]:
        walked, offset = walked + [file["id"] for file in page], offset + 2
    assert (walked, offset) == (made, 6)


def test_refusals_are_the_clients_own_exceptions(files):
    with pytest.raises(RecordNotFoundError):
        files.get(NOBODYS)
    with pytest.raises(KeapUnauthorizedException):
        connect("KeapAK-00000000000000000000").list()
    from given import USER_TOKEN
    company = files.create(file_name=fresh_name(), file_data=text(b"abc"), file_association="COMPANY")
    with pytest.raises(KeapForbiddenException):
        connect(USER_TOKEN).get(company["file_descriptor"]["id"])
    assert files.create(file_name="a.txt", file_data=text(b"abc"))["message"]
