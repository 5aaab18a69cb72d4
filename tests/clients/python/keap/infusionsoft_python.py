"""infusionsoft-python: REST v1 by paths. Its module is called as another client's is, so it is installed apart and its tests
are run apart: `PYTHONPATH=.venv/apart python -m pytest keap/infusionsoft_python.py`."""

import pytest
import requests
from given import (
    NAMES, NOBODYS, SIZES, TOKEN, URL, USER_TOKEN, VIEW_TOKEN, content, fetched, fresh_bytes, fresh_contact, fresh_name, text,
)
from infusionsoft import AuthError, Client, ConnectionError, DataError, TokenError

# The 12 members of a file, always and in this order: scripts make a table's head of them.
MEMBERS = [
    "id", "category", "date_created", "last_updated", "file_name", "file_size", "created_by", "public", "contact_id",
    "remote_file_key", "file_box_type", "download_url",
]


def connect(token):
    client = Client(token=token)
    client.api_base_url = f"{URL}/crm/rest/v1/"
    # The library keeps its headers in its class, the token among them.
    client.header = dict(client.header)
    return client


client = connect(TOKEN)


def put(name=None, sent=b"abc", contact=None, who=client, **more):
    what = {"file_association": "CONTACT", "contact_id": contact or fresh_contact(), "is_public": False} | more
    return who.create_data("files", file_name=name or fresh_name(), file_data=text(sent), **what)["file_descriptor"]


def listed(who=client, **query):
    return who.get_data("files", **query)


def ids(answer):
    return [file["id"] for file in answer["files"]]


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_created_and_read(size):
    contact, name, sent = fresh_contact(), fresh_name("bin"), fresh_bytes(size)
    file = put(name, sent, contact)
    assert list(file) == MEMBERS
    assert (file["file_name"], file["file_size"], file["contact_id"], file["public"]) == (name, size, contact, False)
    assert (file["category"], file["file_box_type"], file["created_by"]) == ("Documents", "Contact", 1)
    got = client.get_data(f"files/{file['id']}", optional_properties="file_data")
    assert list(got) == ["file_descriptor", "file_data"]
    assert content(got["file_data"]) == sent
    assert list(client.get_data(f"files/{file['id']}")) == ["file_descriptor"]
    assert fetched(file["download_url"])[0] == sent


@pytest.mark.parametrize("pattern", NAMES)
def test_names_come_back_as_they_were_given_and_are_found(pattern):
    contact, name = fresh_contact(), pattern.format(fresh_bytes(4).hex())
    file = put(name, contact=contact)
    assert file["file_name"] == name
    assert ids(listed(name=name, contact_id=contact)) == [file["id"]]


def test_a_contacts_files_are_listed_and_those_of_one_name():
    contact, other = fresh_contact(), fresh_contact()
    passport, lease = put("passport.pdf", contact=contact), put("lease.pdf", contact=str(contact))
    put("passport.pdf", contact=other)
    for query, expected in [
        ({}, [passport, lease]), ({"name": "passport.pdf"}, [passport]), ({"name": "PASS*"}, [passport]),
        ({"name": "*.pdf"}, [passport, lease]), ({"name": "*ort*"}, [passport]), ({"name": "passport"}, []),
        ({"viewable": "PUBLIC"}, []), ({"viewable": "PRIVATE"}, [passport, lease]), ({"viewable": "BOTH"}, [passport, lease]),
        ({"permission": "USER"}, [passport, lease]), ({"permission": "COMPANY"}, []), ({"permission": "BOTH"}, [passport, lease]),
        ({"type": "Contact"}, [passport, lease]), ({"type": "Application"}, []),
        ({"optional_properties": "file_data", "colour": "red"}, [passport, lease]),
    ]:
        answer = listed(contact_id=contact, **query)
        assert (ids(answer), answer["count"]) == ([file["id"] for file in expected], len(expected)), query
        assert all(list(file) == MEMBERS for file in answer["files"])
    assert ids(listed(contactId=contact)) == [passport["id"], lease["id"]]


def test_next_is_followed_until_a_page_is_empty():
    contact = fresh_contact()
    made = [put(contact=contact)["id"] for _ in range(5)]
    for limit in [1, 2, 5, 6, 1000]:
        found, asked, at = [], 0, f"{URL}/crm/rest/v1/files?limit={limit}&contact_id={contact}"
        while True:
            page = requests.get(at, headers=client.header | {"Authorization": f"Bearer {TOKEN}"}).json()
            assert page["count"] == 5 and page["previous"].startswith(f"{URL}/crm/rest/v1/files")
            if not page["files"]:
                break
            found, asked, at = found + ids(page), asked + 1, page["next"]
            assert asked < 10
        assert found == made


def test_no_right_to_the_companys_files_is_an_empty_list_of_them():
    user, viewer = connect(USER_TOKEN), connect(VIEW_TOKEN)
    company = put(file_association="COMPANY")
    assert company["contact_id"] is None and company["file_box_type"] == "Application"
    assert listed(user, permission="COMPANY", name=company["file_name"])["files"] == []
    assert ids(listed(viewer, permission="COMPANY", name=company["file_name"])) == [company["id"]]
    for call in [
        lambda: user.get_data(f"files/{company['id']}"), lambda: viewer.delete_data("files", company["id"]),
        lambda: put(who=user, file_association="COMPANY"),
    ]:
        with pytest.raises(AuthError):
            call()


def test_a_file_is_replaced_and_deleted():
    file = put("a.txt", b"old")
    # The client has no words for PUT, but the method.
    after = client._put(f"files/{file['id']}", json_data={"file_name": "b.pdf", "file_data": text(b"newer")})["file_descriptor"]
    assert (after["id"], after["file_name"], after["file_size"]) == (file["id"], "b.pdf", 5)
    assert (after["date_created"], after["contact_id"]) == (file["date_created"], file["contact_id"])
    assert client.delete_data("files", file["id"]) is True
    with pytest.raises(ConnectionError):
        client.delete_data("files", file["id"])


def test_refusals_are_the_clients_own_exceptions():
    for who in [connect("KeapAK-00000000000000000000")]:
        with pytest.raises(AuthError):
            listed(who)
    with pytest.raises(TokenError):
        listed(connect(None))
    with pytest.raises(ConnectionError, match="Unable to find this File"):
        client.get_data(f"files/{NOBODYS}")
    with pytest.raises(ConnectionError):
        client.get_data("contacts")
    contact = fresh_contact()
    for bad in [
        {"file_association": "SOMEBODY"}, {"file_association": None}, {"contact_id": None}, {"contact_id": 0},
        {"file_data": "a"}, {"file_data": None}, {"is_public": "perhaps"}, {"file_name": "a/b"}, {"file_name": ""},
    ]:
        good = {"file_name": "a.txt", "file_data": text(b"abc"), "file_association": "CONTACT", "contact_id": contact}
        with pytest.raises(DataError):
            client.create_data("files", **(good | bad))
    for query in [{"limit": -1}, {"offset": -1}, {"limit": "ten"}, {"viewable": "SOME"}, {"type": "Paper"}, {"contact_id": "x"}]:
        with pytest.raises(DataError):
            listed(**query)
    assert listed(contact_id=contact)["count"] == 0


def test_a_change_by_patch_is_not_one_of_keaps():
    # The client reads any answer but the known refusals as success, so the answer itself is looked at.
    file = put("a.txt")
    answer = client.update_data("files", file["id"], file_name="b.txt")
    assert "message" in answer and "file_descriptor" not in answer
    assert client.get_data(f"files/{file['id']}")["file_descriptor"]["file_name"] == "a.txt"
