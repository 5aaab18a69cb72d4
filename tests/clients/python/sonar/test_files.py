"""What scripts do with files, through each way to ask: upload and link, find by owner, words, numbers and dates, walk pages,
change, take off, delete."""

import hashlib
import re
from base64 import b64decode
from datetime import UTC, datetime

import pytest
from common import TOKEN, URL, fetched as fetched_at, fresh_name
from given import (
    FILE, LINK, NOBODYS, READ_TOKEN, Refused, fetched, fresh_bytes, fresh_id, link, put, put_on, send,
)
from gql.transport.exceptions import TransportQueryError

BY_OWNER = FILE + """query ByOwner($type: FileableType, $id: Int64Bit) {
  files(fileable_type: $type, fileable_id: $id) { entities { ...FileFields } }
}"""
FIND = """query Find($search: [Search], $sorter: [Sorter], $paginator: Paginator) {
  files(search: $search, sorter: $sorter, paginator: $paginator) {
    entities { id filename } page_info { page total_pages total_count records_per_page }
  }
}"""
CHANGE = FILE + """mutation Change($id: Int64Bit!, $input: UpdateFileMutationInput) {
  updateFile(id: $id, input: $input) { ...FileFields }
}"""
OFF = FILE + "mutation Off($id: Int64Bit!) { unlinkFile(id: $id) { ...FileFields } }"
GONE = "mutation Gone($id: Int64Bit!) { deleteFile(id: $id) { success message } }"

# A picture of one pixel.
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def by_owner(ask, kind, owner):
    return ask(BY_OWNER, {"type": kind, "id": owner})["files"]["entities"]


def ids(files):
    return [file["id"] for file in files]


def found(ask, **variables):
    return ask(FIND, variables)["files"]


def word(attribute, value, **more):
    return {"attribute": attribute, "search_value": value, "match": True} | more


def number(attribute, value, operator="EQ"):
    return {"attribute": attribute, "search_value": value, "operator": operator}


def on(kind, owner, words=(), numbers=(), **more):
    """A search for files of an owner, with further conditions."""
    strings = [word("fileable_type", kind, partial_matching=False), *words]
    return {"string_fields": strings, "integer_fields": [number("fileable_id", owner), *numbers]} | more


def test_me_is_the_user_of_the_token(way):
    assert way(TOKEN)("{ me { id name username super_admin } }")["me"]["id"] == "1"
    assert way(READ_TOKEN)("{ me { id } }")["me"]["id"] == "2"


@pytest.mark.parametrize("size", [0, 1, 1000, 3_000_000])
def test_a_file_is_uploaded_linked_found_by_its_owner_and_downloaded(ask, size):
    owner, name, content = fresh_id(), fresh_name("pdf"), fresh_bytes(size)
    put_on(ask, "TicketReply", owner, name, content)
    (file,) = by_owner(ask, "TicketReply", owner)
    assert file == file | {
        "filename": name, "file_size_in_bytes": str(size), "fileable_type": "TicketReply", "fileable_id": str(owner),
        "description": None, "primary_image": False, "user_id": "1",
        "checksum_sha256": hashlib.sha256(content).hexdigest(), "download_path": f"/api/files/{file['id']}",
    }
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", file["created_at"])
    assert abs((datetime.now(UTC) - datetime.fromisoformat(file["created_at"])).total_seconds()) < 300
    status, headers, got = fetched(file["id"])
    assert (status, got, headers["ETag"]) == (200, content, f'"{file["checksum_sha256"]}"')
    assert fetched_at(URL + file["download_path"], TOKEN)[2] == content


def test_linking_again_is_fine_and_to_another_owner_a_conflict(ask):
    owner, other = fresh_id(), fresh_id()
    file, free = put_on(ask, "Account", owner), str(put())
    assert link(ask, "Account", owner, file)["id"] == str(owner)
    with Refused("conflict", ["linkFileToEntity"]):
        link(ask, "Account", other, free, file)
    assert (by_owner(ask, "Account", other), ids(by_owner(ask, "Account", owner))) == ([], [file])
    # A single value counts as a list of one; what it says of its file is written to it.
    one = {"file_id": free, "description": "Signed"}
    ask(LINK, {"input": {"fileable_type": "Account", "fileable_id": str(owner), "files": one}})
    assert [file["description"] for file in by_owner(ask, "Account", owner)] == [None, "Signed"]


def test_an_owner_has_its_files_and_a_file_its_owner(ask):
    owner = fresh_id()
    first, second = put_on(ask, "TicketReply", owner), put_on(ask, "TicketReply", owner)
    answer = ask(
        """query Reply($id: Int64Bit) { ticket_replies(id: $id) { entities { __typename id files(
          sorter: { attribute: "id", direction: DESC }) { entities { id fileable { __typename id } } page_info { total_count } } } } }""",
        {"id": owner},
    )
    (reply,) = answer["ticket_replies"]["entities"]
    assert (reply["__typename"], reply["id"], reply["files"]["page_info"]["total_count"]) == ("TicketReply", str(owner), 2)
    fileable = {"__typename": "TicketReply", "id": str(owner)}
    assert reply["files"]["entities"] == [{"id": file, "fileable": fileable} for file in (second, first)]


def test_search_and_sorter_find_and_order_an_owners_files(ask):
    owner = fresh_id()
    b, c, a = [put_on(ask, "Job", owner, name, content) for name, content in [("b.pdf", b"abc"), ("c.txt", b"abc"), ("A lease.pdf", b"x")]]

    def mine(**more):
        return on("Job", owner, **more)

    size = "file_size_in_bytes"
    since = {"attribute": "created_at", "search_value": "2020-01-01T00:00:00+01:00", "operator": "GT"}
    for search, expected in [
        ([mine()], [b, c, a]), (mine(), [b, c, a]), ([mine(words=[word("filename", ".PDF")])], [b, a]),
        ([mine(words=[word("filename", "a LEASE.pdf", partial_matching=False)])], [a]),
        ([mine(words=[word("filename", "lease", partial_matching=False)])], []),
        ([mine(words=[word("filename", "lease", match=False)])], [b, c]),
        ([mine(words=[word("filename", "b.")]), mine(words=[word("filename", "c.")])], [b, c]),
        ([mine(numbers=[number(size, 3)])], [b, c]), ([mine(numbers=[number(size, "3", "LT")])], [a]),
        ([mine(unset_fields="description")], [b, c, a]), ([mine(exists=["description"])], []), ([mine(exists="id")], [b, c, a]),
        ([mine(boolean_fields=[{"attribute": "primary_image", "search_value": True}])], []),
        ([mine(datetime_fields=[since])], [b, c, a]),
        ([mine(reverse_relation_filters={"relation": "user", "group": "1", "is_empty": False})], [b, c, a]),
    ]:
        assert ids(found(ask, search=search)["entities"]) == expected, search
    for attribute, direction, expected in [("filename", "ASC", [a, b, c]), ("filename", "DESC", [c, b, a]), (size, "ASC", [a, b, c])]:
        sorter = [{"attribute": attribute, "direction": direction}]
        assert ids(found(ask, search=[mine()], sorter=sorter)["entities"]) == expected


def test_pages_are_walked_to_their_end(ask):
    owner = fresh_id()
    made = [str(put()) for _ in range(5)]
    link(ask, "Job", owner, *made)
    for size, pages in [(1, 5), (2, 3), (5, 1), (6, 1)]:
        walked, page, last = [], 1, 1
        while page <= last:
            answer = found(ask, search=[on("Job", owner)], paginator={"page": page, "records_per_page": size})
            info = {"page": page, "total_pages": pages, "total_count": 5, "records_per_page": size}
            assert answer["page_info"] == info
            walked, page, last = walked + ids(answer["entities"]), page + 1, pages
        assert walked == made
    most = found(ask, search=[on("Job", owner)], paginator={"page": 1, "records_per_page": 1_000_000})
    assert (most["page_info"]["records_per_page"], ids(most["entities"])) == (10_000, made)


def test_a_description_and_a_picture_are_set_and_taken_away_and_each_change_is_a_version(ask):
    def change(**said):
        return ask(CHANGE, {"id": file, "input": said})["updateFile"]

    file = put_on(ask, "InventoryItem", fresh_id(), fresh_name("png"), PNG)
    before, after = change(), change(description="Front door", primary_image=True)
    assert (before["mime_type"], after["description"], after["primary_image"]) == ("image/png", "Front door", True)
    assert int(after["_version"]) > int(before["_version"])
    assert change(description="Front door")["_version"] == after["_version"]
    assert change(unset_description=True)["description"] is None
    with Refused("validation", ["updateFile"]):
        change(description="x", unset_description=True)


def test_a_file_is_taken_off_its_owner_and_goes_to_another_one(ask):
    owner, other = fresh_id(), fresh_id()
    file = put_on(ask, "Account", owner)
    off = ask(OFF, {"id": file})["unlinkFile"]
    assert (off["id"], off["fileable_id"], off["fileable_type"]) == (file, None, None)
    assert by_owner(ask, "Account", owner) == []
    link(ask, "Ticket", other, file)
    assert ids(by_owner(ask, "Ticket", other)) == [file]


def test_a_deleted_file_is_gone(ask):
    owner = fresh_id()
    file = put_on(ask, "Account", owner)
    assert ask(GONE, {"id": file})["deleteFile"]["success"] is True
    assert (by_owner(ask, "Account", owner), fetched(file)[0]) == ([], 404)
    with Refused("not_found", ["deleteFile"]):
        ask(GONE, {"id": file})


def test_what_cannot_be_is_refused_with_its_category_and_changes_nothing(way):
    ask, file = way(TOKEN), put()
    with Refused("not_found", ["linkFileToEntity"]):
        link(ask, "Account", 1, NOBODYS)
    with Refused("validation", ["linkFileToEntity"], "input.files"):
        link(ask, "Account", 1)
    with Refused("validation", ["linkFileToEntity"], "input.fileable_id"):
        link(ask, "Account", 0, file)
    with Refused("validation", ["files"], "colour"):
        found(ask, search=[{"string_fields": [word("colour", "red")]}])
    with Refused("validation", ["files"]):
        found(ask, paginator={"page": 0, "records_per_page": 10})
    with Refused("authorization", ["linkFileToEntity"]):
        link(way(READ_TOKEN), "Account", 1, file)
    assert send([("a.txt", b"abc")], READ_TOKEN).status_code == 403
    (told,) = ask("query One($id: Int64Bit) { files(id: $id) { entities { fileable_id } } }", {"id": file})["files"]["entities"]
    assert told == {"fileable_id": None}


def test_nobody_is_let_in_with_a_bad_token(way):
    with pytest.raises(TransportQueryError) as refused:
        way("at_0000000000000000000000")("{ me { id } }")
    assert [told["extensions"]["category"] for told in refused.value.errors] == ["authentication"]


def test_a_form_brings_several_files_and_each_of_its_parts_is_told_of():
    names = [fresh_name("pdf"), "счёт № 5.txt", "no extension", fresh_name("zip")]
    files = send([(name, f"content of {name}".encode()) for name in names]).json()["files"]
    assert [(file["filename"], file["stored"], file["failure_message"]) for file in files] == [(name, True, None) for name in names]
    assert [fetched(file["id"])[2].decode() for file in files] == [f"content of {name}" for name in names]
