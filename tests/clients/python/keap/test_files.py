"""FileService through every client of XML-RPC: files are put in, fetched, replaced and renamed."""

import pytest
from given import (
    NAMES, NOBODYS, SIZES, TOKEN, URL, USER_TOKEN, VIEW_TOKEN, Refused, content, fetched, fresh_bytes, fresh_contact,
    fresh_name, text,
)
from xmlrpc.client import Binary

COLUMNS = ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"]


def row(calls, file):
    return calls.DataService.load("FileBox", file, COLUMNS)


@pytest.mark.parametrize("size", SIZES)
def test_an_upload_is_there_as_it_was_sent(calls, size):
    contact, name, sent = fresh_contact(), fresh_name("bin"), fresh_bytes(size)
    file = calls.FileService.uploadFile(contact, name, text(sent))
    assert isinstance(file, int) and 0 < file < 2**31
    assert content(calls.FileService.getFile(file)) == sent
    assert row(calls, file) == {
        "Id": file, "FileName": name, "Extension": "bin", "FileSize": size, "ContactId": contact, "Public": 0,
    }


@pytest.mark.parametrize("size", SIZES)
def test_a_download_url_gives_the_bytes_to_whoever_has_it(calls, size):
    name, sent = fresh_name("pdf"), fresh_bytes(size)
    file = calls.FileService.uploadFile(fresh_contact(), name, text(sent))
    url = calls.FileService.getDownloadUrl(file)
    assert url.startswith(f"{URL}/")
    assert calls.FileService.getDownloadUrl(str(file)).split("?")[0] == url.split("?")[0]
    got, headers = fetched(url)
    assert got == sent
    assert name in headers["Content-Disposition"]
    assert (headers["Content-Type"], headers["X-Content-Type-Options"]) == ("application/pdf", "nosniff")


@pytest.mark.parametrize("pattern", NAMES)
def test_names_come_back_as_they_were_given(calls, pattern):
    contact, name = fresh_contact(), pattern.format(fresh_bytes(4).hex())
    file = calls.FileService.uploadFile(contact, name, text(b"abc"))
    last = name.rsplit(".", 1)[1].lower() if "." in name else ""
    found = row(calls, file)
    assert (found["FileName"], found["Extension"]) == (name, last)
    by_name = calls.DataService.findByField("FileBox", 10, 0, "FileName", name, ["Id"])
    assert {"Id": file} in by_name
    renamed = f"{name} 2.Doc"
    assert calls.FileService.renameFile(file, renamed)
    found = row(calls, file)
    assert (found["FileName"], found["Extension"], found["FileSize"]) == (renamed, "doc", 3)


def test_one_name_twice_is_two_files(calls):
    contact, name = fresh_contact(), fresh_name()
    files = [calls.FileService.uploadFile(contact, name, text(word)) for word in (b"one", b"two")]
    assert files[0] != files[1]
    assert [row(calls, file)["FileName"] for file in files] == [name, name]
    assert [content(calls.FileService.getFile(file)) for file in files] == [b"one", b"two"]


def test_an_upload_without_a_contact_is_the_companys(calls):
    for arguments in [(), (0,), (-1,)]:
        name = fresh_name()
        file = calls.FileService.uploadFile(*arguments, name, text(b"abc"))
        found = row(calls, file)
        assert (found["FileName"], found["ContactId"]) == (name, 0)


def test_the_contact_may_come_last_as_the_first_documentation_had_it(calls):
    contact, name = fresh_contact(), fresh_name()
    file = calls.FileService.uploadFile(name, text(b"abc"), contact)
    found = row(calls, file)
    assert (found["FileName"], found["ContactId"]) == (name, contact)


def test_bytes_may_come_typed(calls):
    contact, sent = fresh_contact(), fresh_bytes(300_000)
    file = calls.FileService.uploadFile(contact, fresh_name(), Binary(sent))
    assert content(calls.FileService.getFile(file)) == sent
    assert calls.FileService.replaceFile(file, Binary(b"new"))
    assert content(calls.FileService.getFile(file)) == b"new"


@pytest.mark.parametrize("size", SIZES)
def test_a_replaced_file_keeps_its_id_its_name_and_its_contact(calls, size):
    contact, name, sent = fresh_contact(), fresh_name(), fresh_bytes(size)
    file = calls.FileService.uploadFile(contact, name, text(b"old content"))
    before = calls.FileService.getDownloadUrl(file).split("?")[0]
    # Documented with the id as an int in one place and as a string in another.
    assert calls.FileService.replaceFile(str(file), text(sent))
    assert content(calls.FileService.getFile(file)) == sent
    url = calls.FileService.getDownloadUrl(file)
    assert (url.split("?")[0], fetched(url)[0]) == (before, sent)
    found = row(calls, file)
    assert (found["FileName"], found["FileSize"], found["ContactId"]) == (name, size, contact)


def test_an_unknown_file_is_not_found_by_any_call(calls):
    files = calls.FileService
    for call in [
        lambda: files.getFile(NOBODYS),
        lambda: files.getDownloadUrl(NOBODYS),
        lambda: files.renameFile(NOBODYS, fresh_name()),
        lambda: files.replaceFile(NOBODYS, text(b"abc")),
        lambda: row(calls, NOBODYS),
    ]:
        with Refused(calls, 5, "[RecordNotFound]"):
            call()


def test_what_is_no_content_or_no_name_changes_nothing(calls):
    contact, name = fresh_contact(), fresh_name()
    for bad in ["a", "abc*", "YQ==YQ==", "data:text/plain;base64,YWJj"]:
        with Refused(calls, 12, "[InvalidParameter]"):
            calls.FileService.uploadFile(contact, name, bad)
    for bad in ["", "a/b.txt", "x" * 256]:
        with Refused(calls, 12, "[InvalidParameter]"):
            calls.FileService.uploadFile(contact, bad, text(b"abc"))
    assert calls.DataService.count("FileBox", {"ContactId": contact}) == 0
    file = calls.FileService.uploadFile(contact, name, text(b"abc"))
    with Refused(calls, 12):
        calls.FileService.renameFile(file, "a/b.txt")
    with Refused(calls, 12):
        calls.FileService.replaceFile(file, "abc*")
    assert row(calls, file)["FileName"] == name
    assert content(calls.FileService.getFile(file)) == b"abc"


def test_a_plain_user_has_contacts_files_and_no_company_files(way):
    admin, user = way(TOKEN), way(USER_TOKEN)
    contact, name = fresh_contact(), fresh_name()
    file = user.FileService.uploadFile(contact, name, text(b"abc"))
    assert content(user.FileService.getFile(file)) == content(admin.FileService.getFile(file)) == b"abc"
    with Refused(user, 14, "[NoAccess]"):
        user.FileService.uploadFile(fresh_name(), text(b"abc"))
    company = admin.FileService.uploadFile(name, text(b"abc"))
    for call in [
        lambda: user.FileService.getFile(company),
        lambda: user.FileService.getDownloadUrl(company),
        lambda: user.FileService.renameFile(company, fresh_name()),
        lambda: user.FileService.replaceFile(company, text(b"abc")),
        lambda: row(user, company),
    ]:
        with Refused(user, 14, "[NoAccess]"):
            call()
    found = [calls.DataService.findByField("FileBox", 10, 0, "FileName", name, ["Id"]) for calls in (admin, user)]
    assert found == [[{"Id": file}, {"Id": company}], [{"Id": file}]]


def test_who_may_view_the_companys_files_may_not_change_them(way):
    admin, viewer = way(TOKEN), way(VIEW_TOKEN)
    company = admin.FileService.uploadFile(fresh_name(), text(b"abc"))
    assert content(viewer.FileService.getFile(company)) == b"abc"
    for call in [
        lambda: viewer.FileService.renameFile(company, fresh_name()),
        lambda: viewer.FileService.replaceFile(company, text(b"new")),
        lambda: viewer.FileService.uploadFile(fresh_name(), text(b"abc")),
    ]:
        with Refused(viewer, 14, "[NoAccess]"):
            call()
    assert content(admin.FileService.getFile(company)) == b"abc"
