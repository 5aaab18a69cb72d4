"""keap-core-v2-sdk, Keap's own client of REST v2: all six operations, their filters, orders and pages, and every refusal as
the client's own exception."""

import os
from datetime import UTC, datetime

import pytest
from given import (
    NAMES, NOBODYS, SIZES, TOKEN, URL, USER_TOKEN, VIEW_TOKEN, by_parameter, content, fetched, fresh_bytes, fresh_contact,
    fresh_name,
)
from keap_core_v2_client import ApiClient, Configuration, FileMetadata, FilesApi
from keap_core_v2_client.exceptions import (
    ApiException, BadRequestException, ForbiddenException, NotFoundException, UnauthorizedException,
)


def connect(token):
    """The client as its page shows it, pointed here."""
    configuration = Configuration(host=f"{URL}/crm", access_token=token)
    return FilesApi(ApiClient(configuration))


files = connect(TOKEN)


def put(name=None, sent=b"abc", contact=None, client=files, **more):
    """A file of a contact, or of the company or a user where `more` says so."""
    association = more.pop("association", "CONTACT")
    if association == "CONTACT":
        more["contact_id"] = str(contact or fresh_contact())
    return client.create_file(file=sent, file_name=name or fresh_name(), file_association=association, **more)


def walked(client=files, **query):
    """The ids of all pages."""
    found, token, pages = [], None, 0
    while True:
        page = client.list_files(page_token=token, **query)
        found, token, pages = found + [file.id for file in page.files], page.next_page_token, pages + 1
        assert pages < 100
        if not token:
            return found


@pytest.mark.parametrize("size", SIZES)
def test_a_file_is_created_and_its_data_comes_back(size):
    contact, name, sent = fresh_contact(), fresh_name("bin"), fresh_bytes(size)
    file = put(name, sent, contact)
    assert isinstance(file, FileMetadata)
    assert (file.file_name, file.file_size, file.contact_id, file.is_public) == (name, size, str(contact), False)
    assert (file.category, file.file_box_type, file.created_by_id) == ("DOCUMENTS", "CONTACT", "1")
    assert file.remote_file_key.endswith("-v2")
    assert file.created_time == file.updated_time
    assert abs((datetime.now(UTC) - datetime.fromisoformat(file.created_time)).total_seconds()) < 300
    assert files.get_file(file.id) == file
    assert files.get_file_data1(file.id) == sent
    assert not file.additional_properties


@pytest.mark.parametrize("pattern", NAMES)
def test_names_come_back_as_they_were_given_and_are_found(pattern):
    contact, name = fresh_contact(), pattern.format(fresh_bytes(4).hex())
    file = put(name, contact=contact)
    assert file.file_name == name
    if ";" not in name and "=" not in name:
        assert [one.id for one in files.list_files(filter=f"file_name=={name}").files] == [file.id]


def test_the_bytes_come_from_memory_with_a_name_and_from_disk(tmp_path):
    path = tmp_path / "scan.png"
    path.write_bytes(b"from disk")
    for sent, expected in [(b"from memory", b"from memory"), (("scan.png", b"named"), b"named"), (str(path), b"from disk")]:
        name = fresh_name()
        file = put(name, sent)
        assert (file.file_name, files.get_file_data1(file.id)) == (name, expected)


def test_a_file_is_a_contacts_a_users_or_the_companys():
    for association, kind in [("CONTACT", "CONTACT"), ("USER", "APPLICATION"), ("COMPANY", "APPLICATION"), ("company", "APPLICATION")]:
        file = put(association=association)
        assert (file.file_box_type, file.contact_id is None) == (kind, kind != "CONTACT")


@pytest.mark.parametrize(("said", "public"), [("true", True), ("True", True), ("1", True), ("false", False), ("False", False), (None, False)])
def test_a_file_is_public_when_it_is_said(said, public):
    name, sent = fresh_name(), fresh_bytes()
    file = put(name, sent, is_public=said)
    assert file.is_public is public
    if public:
        got, headers = fetched(f"{URL}/{file.remote_file_key}")
        assert (got, name in headers["Content-Disposition"]) == (sent, True)


def test_a_contacts_files_are_listed_and_those_of_one_name():
    contact, other = fresh_contact(), fresh_contact()
    passport, lease = put("passport.pdf", contact=contact), put("lease.pdf", contact=contact)
    put("passport.pdf", contact=other)
    assert files.list_files(filter=f"contact_id=={contact}").files == [passport, lease]
    assert files.list_files(filter=f"contact_id=={contact};file_name==passport.pdf").files == [passport]
    assert files.list_files(filter=f"contact_id=={contact};file_name==PASS*").files == [passport]
    assert files.list_files(filter=f"contact_id=={contact};file_name==*.pdf").files == [passport, lease]
    assert files.list_files(filter=f"contact_id=={fresh_contact()}").files == []


def test_every_filter_that_the_client_documents_is_taken():
    contact = fresh_contact()
    secret, shown = put(contact=contact), put(contact=contact, is_public="true")
    for clause, expected in [
        ("is_public==true", [shown]), ("is_public==false", [secret]), ("category==DOCUMENTS", [secret, shown]),
        ("category==HIDDEN", []), ("file_box_type==CONTACT", [secret, shown]), ("file_box_type==TICKET", []),
        ("user_id==1", [secret, shown]), ("user_id==2", []), (f"file_name=={shown.file_name}", [shown]),
        (f"created_time=={shown.created_time}", [shown] if shown.created_time != secret.created_time else [secret, shown]),
        (f"created_time>={secret.created_time}", [secret, shown]), ("updated_time<2020-01-01T00:00:00Z", []),
        (f"updated_time<={shown.updated_time};is_public==true", [shown]),
    ]:
        found = files.list_files(filter=f"contact_id=={contact};{clause}").files
        assert found == expected, clause


def test_files_come_in_the_order_that_was_asked_for():
    contact = fresh_contact()
    b, c, a = [put(name, contact=contact) for name in ("b.txt", "c.txt", "a.txt")]
    mine = f"contact_id=={contact}"
    assert files.list_files(filter=mine).files == [b, c, a]
    assert files.list_files(filter=mine, order_by="file_name").files == [a, b, c]
    assert files.list_files(filter=mine, order_by="file_name desc").files == [c, b, a]
    b = files.update_file(b.id, is_public=True)
    assert files.list_files(filter=mine, order_by="updated_time asc").files == [c, a, b]
    assert files.list_files(filter=mine, order_by="updated_time desc").files == [b, a, c]


def test_pages_are_walked_by_their_tokens():
    contact = fresh_contact()
    made = [put(contact=contact).id for _ in range(5)]
    mine = f"contact_id=={contact}"
    for size in [1, 2, 4, 5, 6, 0, 1000, None]:
        assert walked(filter=mine, page_size=size) == made, size
    assert walked(filter=mine, page_size=2, order_by="id desc") == made[::-1]
    page = files.list_files(filter=mine, page_size=2)
    for other in [{"filter": f"contact_id=={fresh_contact()}"}, {"filter": mine, "order_by": "file_name asc"}]:
        with pytest.raises(BadRequestException):
            files.list_files(page_size=2, page_token=page.next_page_token, **other)
    with pytest.raises(BadRequestException):
        files.list_files(page_token="garbage")


def test_a_file_is_replaced_renamed_and_shown():
    sent = fresh_bytes()
    before = put("a.txt", b"old content")
    replaced = files.update_file(before.id, file=sent)
    assert (replaced.id, replaced.file_name, replaced.file_size) == (before.id, "a.txt", len(sent))
    assert (replaced.created_time, replaced.remote_file_key) == (before.created_time, before.remote_file_key)
    assert replaced.updated_time >= before.updated_time
    assert files.get_file_data1(before.id) == sent
    assert files.update_file(before.id, file_name="b.pdf").file_name == "b.pdf"
    assert files.update_file(before.id, is_public=True).is_public is True
    assert fetched(f"{URL}/{before.remote_file_key}")[0] == sent
    assert files.update_file(before.id, is_public=False).is_public is False
    after = files.update_file(before.id, file=b"", file_name="c.txt", is_public=True)
    assert (after.file_size, after.file_name, after.is_public) == (0, "c.txt", True)
    assert files.get_file_data1(before.id) == b""


def test_a_mask_says_which_of_the_parts_count():
    file = put("a.txt", b"old")
    sent = {"file": b"new", "file_name": "b.txt", "is_public": True}
    after = files.update_file(file.id, update_mask=["file_name"], **sent)
    assert (after.file_name, after.is_public, files.get_file_data1(file.id)) == ("b.txt", False, b"old")
    after = files.update_file(file.id, update_mask=["file", "is_public"], **(sent | {"file_name": "c.txt"}))
    assert (after.file_name, after.is_public, files.get_file_data1(file.id)) == ("b.txt", True, b"new")


def test_a_deleted_file_is_gone():
    contact = fresh_contact()
    file = put(contact=contact)
    answer = files.delete_file_with_http_info(file.id)
    assert (answer.status_code, answer.raw_data) == (204, b"")
    for call in [files.get_file, files.get_file_data1, files.delete_file, files.update_file]:
        with pytest.raises(NotFoundException):
            call(file.id)
    assert files.list_files(filter=f"contact_id=={contact}").files == []


def test_an_unknown_file_is_not_found_by_any_call():
    for call in [files.get_file, files.get_file_data1, files.delete_file, lambda id: files.update_file(id, file_name="a.txt")]:
        with pytest.raises(NotFoundException) as refused:
            call(str(NOBODYS))
        error = refused.value.data
        assert (error.code, error.status) == (404, "Not Found")
        assert error.message and error.details[0].resource.endswith(f"/rest/v2/files/{NOBODYS}" + (":data" if call == files.get_file_data1 else ""))


def test_what_cannot_be_is_refused_and_changes_nothing():
    contact = fresh_contact()
    for name, association, contact_id in [
        ("a/b.txt", "CONTACT", str(contact)), ("", "CONTACT", str(contact)), ("x" * 256, "CONTACT", str(contact)),
        ("a.txt", "SOMEBODY", None), ("a.txt", "CONTACT", None), ("a.txt", "CONTACT", "0"), ("a.txt", "CONTACT", "seven"),
    ]:
        with pytest.raises(BadRequestException) as refused:
            files.create_file(b"abc", name, association, contact_id)
        assert refused.value.data.code == 400 and refused.value.data.message
    with pytest.raises(BadRequestException):
        put(contact=contact, is_public="perhaps")
    assert files.list_files(filter=f"contact_id=={contact}").files == []
    for query in [
        {"filter": "colour==red"}, {"filter": "contact_id"}, {"filter": "is_public==perhaps"}, {"filter": "category==Documents"},
        {"filter": "contact_id>7x"}, {"order_by": "colour asc"}, {"order_by": "file_name sideways"},
    ]:
        with pytest.raises(BadRequestException):
            files.list_files(**query)


def test_rights_are_those_of_the_token():
    user, viewer = connect(USER_TOKEN), connect(VIEW_TOKEN)
    company, own, foreign = put(association="COMPANY"), put(association="USER", client=user), put(association="USER")
    assert (own.created_by_id, foreign.created_by_id) == ("2", "1")
    assert viewer.get_file(company.id) == company
    for client, call in [
        (user, lambda: user.get_file(company.id)), (user, lambda: user.get_file_data1(company.id)),
        (user, lambda: put(association="COMPANY", client=user)), (user, lambda: user.delete_file(foreign.id)),
        (viewer, lambda: viewer.update_file(company.id, file_name="a.txt")), (viewer, lambda: viewer.delete_file(company.id)),
        (viewer, lambda: viewer.get_file(own.id)),
    ]:
        with pytest.raises(ForbiddenException) as refused:
            call()
        assert refused.value.data.code == 403
    seen = {who: walked(client, page_size=1000) for who, client in [("all", files), ("user", user), ("viewer", viewer)]}
    for file, who in [(company, {"all", "viewer"}), (own, {"all", "user"}), (foreign, {"all"})]:
        assert {name for name in seen if file.id in seen[name]} == who


def test_nobody_is_let_in_with_a_bad_key_or_none():
    for client in [connect("KeapAK-00000000000000000000"), connect(None)]:
        for call in [client.list_files, lambda: client.get_file("1"), lambda: put(client=client)]:
            with pytest.raises(UnauthorizedException) as refused:
                call()
            assert '"fault"' in refused.value.body


def test_what_is_put_in_here_is_there_for_xmlrpc():
    contact, sent = fresh_contact(), fresh_bytes()
    file = put("passport.pdf", sent, contact)
    calls = by_parameter(TOKEN)
    rows = calls.DataService.findByField("FileBox", 1000, 0, "ContactId", contact, ["Id", "FileName"])
    assert rows == [{"Id": int(file.id), "FileName": "passport.pdf"}]
    assert content(calls.FileService.getFile(int(file.id))) == sent
    assert calls.FileService.renameFile(file.id, "id card.pdf")
    assert files.get_file(file.id).file_name == "id card.pdf"
    files.delete_file(file.id)
    assert calls.DataService.findByField("FileBox", 1000, 0, "ContactId", contact, ["Id"]) == []


def test_a_large_file_is_read_as_it_comes():
    sent = os.urandom(9_000_000)
    file = put(sent=sent)
    answer = files.get_file_data1_without_preload_content(file.id)
    assert answer.headers["Content-Length"] == str(len(sent))
    assert b"".join(answer.stream(65_536)) == sent


def test_an_operation_that_is_not_there_says_so():
    with pytest.raises(ApiException) as refused:
        files.get_file("no/such/thing")
    assert refused.value.status in (400, 404)
