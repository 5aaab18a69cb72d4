"""DataService on the table FileBox through every client of XML-RPC: files are found, counted and walked."""

import pytest
from given import NOBODYS, TOKEN, Refused, fresh_contact, fresh_name, keap, text

COLUMNS = ["Id", "FileName", "Extension", "FileSize", "ContactId", "Public"]


def put(calls, contact, *names):
    """Files with these names and as many bytes as they come in the list; their ids."""
    return [calls.FileService.uploadFile(contact, name, text(b"x" * at)) for at, name in enumerate(names, 1)]


def ids(rows):
    return [row["Id"] for row in rows]


def query(calls, where, limit=1000, page=0, order="Id", ascending=True, fields=("Id",)):
    return calls.DataService.query("FileBox", limit, page, where, list(fields), order, ascending)


@pytest.mark.parametrize("kind", [int, str])
def test_a_contacts_files_are_found_by_its_id(calls, kind):
    contact = fresh_contact()
    files = put(calls, contact, "a.pdf", "b.TXT", "c")
    put(calls, fresh_contact(), "a.pdf")
    fields = ["Id", "FileName", "Extension", "Public"]
    found = calls.DataService.findByField("FileBox", 1000, 0, "ContactId", kind(contact), fields)
    assert found == [
        {"Id": files[0], "FileName": "a.pdf", "Extension": "pdf", "Public": 0},
        {"Id": files[1], "FileName": "b.TXT", "Extension": "txt", "Public": 0},
        {"Id": files[2], "FileName": "c", "Extension": "", "Public": 0},
    ]
    assert calls.DataService.findByField("FileBox", 1000, 0, "ContactId", fresh_contact(), fields) == []


def test_one_name_of_one_contact_is_found(calls):
    contact, other = fresh_contact(), fresh_contact()
    [passport, _] = put(calls, contact, "passport.pdf", "lease.pdf")
    put(calls, other, "passport.pdf")
    assert ids(query(calls, {"ContactId": contact, "FileName": "passport.pdf"})) == [passport]
    assert ids(query(calls, {"ContactId": contact, "FileName": "PASSPORT.pdf"})) == [passport]
    assert query(calls, {"ContactId": contact, "FileName": "passport"}) == []


def test_a_percent_sign_stands_for_anything(calls):
    contact = fresh_contact()
    a, b, c = put(calls, contact, "passport 1.pdf", "passport 2.txt", "my passport.pdf")
    for pattern, expected in [("passport%", [a, b]), ("%.pdf", [a, c]), ("%port%", [a, b, c]), ("%", [a, b, c]), ("p%f", [a])]:
        assert ids(query(calls, {"ContactId": contact, "FileName": pattern})) == expected, pattern
    assert ids(query(calls, {"ContactId": contact, "Id": "%"})) == [a, b, c]
    assert ids(query(calls, {"ContactId": contact, "Extension": "PDF"})) == [a, c]


def test_values_may_begin_with_an_operator_and_ids_may_be_many(calls):
    contact = fresh_contact()
    a, b, c = put(calls, contact, "a.txt", "b.txt", "c.txt")
    for where, expected in [
        ({"Id": f"~>~ {a}"}, [b, c]), ({"Id": f"~>=~ {b}"}, [b, c]), ({"Id": f"~<~ {c}"}, [a, b]),
        ({"Id": f"~<=~ {b}"}, [a, b]), ({"Id": f"~<>~{b}"}, [a, c]), ({"FileSize": "~>~ 1"}, [b, c]),
        ({"FileSize": 2}, [b]), ({"Public": 0}, [a, b, c]), ({"Public": 1}, []),
        ({"Id": [a, c, NOBODYS]}, [a, c]), ({"Id": [str(b)]}, [b]), ({"FileName": "~null~"}, []),
    ]:
        assert ids(query(calls, {"ContactId": contact} | where)) == expected, where


def test_rows_come_in_the_order_that_was_asked_for(calls):
    contact = fresh_contact()
    a, b, c = put(calls, contact, "b.txt", "c.txt", "a.txt")
    assert ids(query(calls, {"ContactId": contact}, order="FileName")) == [c, a, b]
    assert ids(query(calls, {"ContactId": contact}, order="FileName", ascending=False)) == [b, a, c]
    assert ids(query(calls, {"ContactId": contact}, order="FileSize", ascending=False)) == [c, b, a]
    assert ids(query(calls, {"ContactId": contact}, order="Id", ascending=False)) == [c, b, a]


def test_pages_are_walked_until_one_is_empty_and_counted(calls):
    contact = fresh_contact()
    files = put(calls, contact, *[fresh_name() for _ in range(5)])
    walked, page = [], 0
    while rows := query(calls, {"ContactId": contact}, limit=2, page=page):
        walked, page = walked + ids(rows), page + 1
    assert (walked, page) == (files, 3)
    assert ids(calls.DataService.findByField("FileBox", 2, 1, "ContactId", contact, ["Id"])) == files[2:4]
    assert calls.DataService.count("FileBox", {"ContactId": contact}) == 5
    assert calls.DataService.count("FileBox", {"ContactId": str(contact), "FileSize": "~>~ 3"}) == 2
    # A page is never longer than this, however much is asked for.
    assert ids(query(calls, {"ContactId": contact}, limit=5000)) == files


def test_only_the_fields_that_were_asked_for_come(calls):
    [file] = put(calls, fresh_contact(), "a.txt")
    for fields in [["Id"], ["FileName", "Public"], COLUMNS]:
        assert set(calls.DataService.load("FileBox", file, fields)) == set(fields)
    assert calls.DataService.load("FileBox", str(file), ["Id"]) == {"Id": file}


def test_what_cannot_be_asked_is_a_fault_of_its_own(calls):
    [file] = put(calls, fresh_contact(), "a.txt")
    data = calls.DataService
    for code, words, call in [
        (9, "[NoTableFound]", lambda: data.load("Nothing", 1, ["Id"])),
        (9, "[NoTableFound]", lambda: data.findByField("filebox", 1, 0, "Id", 1, ["Id"])),
        (7, "[NoTableAccess]", lambda: data.load("Contact", 1, ["Id"])),
        (10, "[NoFieldFound]", lambda: data.load("FileBox", file, ["Id", "Colour"])),
        (10, "[NoFieldFound]", lambda: data.findByField("FileBox", 1, 0, "Colour", 1, ["Id"])),
        (10, "[NoFieldFound]", lambda: query(calls, {"Id": file}, order="Colour")),
        (11, "[NoFields]", lambda: data.load("FileBox", file, [])),
        (12, "[InvalidParameter]", lambda: query(calls, {}, page=-1)),
        (12, "[InvalidParameter]", lambda: query(calls, {}, limit=-1)),
        (7, "[NoTableAccess]", lambda: data.add("FileBox", {"FileName": "a.txt"})),
        (7, "[NoTableAccess]", lambda: data.delete("FileBox", file)),
        (8, "[NoFieldAccess]", lambda: data.update("FileBox", file, {"FileName": "b.txt"})),
        (0, "No such handler: ", lambda: data.dance("FileBox")),
        (0, "No method matching arguments: ", lambda: calls.FileService.getFile()),
    ]:
        with Refused(calls, code, words):
            call()
    assert data.load("FileBox", file, ["FileName"]) == {"FileName": "a.txt"}


def test_the_connection_test_of_keap_python_holds():
    assert keap(TOKEN).XML.test_connection() is not None
