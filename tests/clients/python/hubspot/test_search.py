"""Searching files and folders: every filter and every sort key, paging, and what is never found."""

import datetime
from types import SimpleNamespace

import pytest
from hubspot.files import FileUpdateInput, FolderInput

from given import PIXEL, TOKEN, fetched, files, folders, fresh_bytes, fresh_folder, hidden, md5, refused, upload

UTC = datetime.timezone.utc
LONG_AGO = datetime.datetime(2001, 1, 1, tzinfo=UTC)
FAR_OFF = datetime.datetime(2100, 1, 1)  # without a zone, as many callers write it
MILLISECOND = datetime.timedelta(milliseconds=1)


def names(page):
    return [found.name for found in page.results]


@pytest.fixture(scope="module")
def three():
    """A public picture, a text that ends, and a document that is not for content, in one folder."""
    path = fresh_folder()
    fields = {"folder_path": path}
    cat = upload(PIXEL, "Cat 1.png", fields=fields, access="PUBLIC_INDEXABLE")
    dog = upload(b"a dog", "dog.txt", fields=fields, ttl="P1D")
    note = upload(b"%PDF-1.4 a catalogue", "catalogue.pdf", fields=fields)
    note = files.update_properties(note.id, FileUpdateInput(is_usable_in_content=False))
    return SimpleNamespace(path=path, parent=int(cat.parent_folder_id), cat=cat, dog=dog, note=note)


def test_files_are_found_by_each_of_their_properties(three):
    cat, dog, note = three.cat, three.dog, three.note
    c, d, n = int(cat.id), int(dog.id), int(note.id)
    end = datetime.datetime.fromtimestamp(dog.expires_at / 1000, tz=UTC)
    every = ["Cat 1", "dog", "catalogue"]
    for filters, expected in [
        ({}, every),
        ({"ids": [d, n]}, ["dog", "catalogue"]),
        ({"id_gte": d}, ["dog", "catalogue"]),
        ({"id_lte": d}, ["Cat 1", "dog"]),
        ({"created_at": cat.created_at, "ids": [c]}, ["Cat 1"]),
        ({"created_at_gte": cat.created_at, "created_at_lte": note.created_at}, every),
        ({"created_at_lte": LONG_AGO}, []),
        ({"created_at_gte": FAR_OFF}, []),
        ({"updated_at": note.updated_at, "ids": [n]}, ["catalogue"]),
        ({"updated_at_lte": LONG_AGO}, []),
        ({"updated_at_gte": FAR_OFF}, []),
        ({"updated_at_gte": 946684800000, "updated_at_lte": FAR_OFF}, every),
        ({"before": "946684800000"}, []),
        ({"before": "4102444800000"}, every),
        ({"name": "cat"}, ["Cat 1", "catalogue"]),
        ({"name": "T 1.P"}, ["Cat 1"]),
        ({"name": "c_t"}, []),
        ({"path": cat.path}, ["Cat 1"]),
        ({"path": cat.path[1:]}, ["Cat 1"]),
        ({"path": three.path}, []),
        ({"size": 5}, ["dog"]),
        ({"size_gte": 6}, ["Cat 1", "catalogue"]),
        ({"size_lte": 5}, ["dog"]),
        ({"height": 1}, ["Cat 1"]),
        ({"height_gte": 2}, []),
        ({"height_lte": 1}, ["Cat 1"]),
        ({"width": 1}, ["Cat 1"]),
        ({"width_gte": 2}, []),
        ({"width_lte": 1}, ["Cat 1"]),
        ({"encoding": "png"}, ["Cat 1"]),
        ({"type": "IMG"}, ["Cat 1"]),
        ({"type": "DOCUMENT"}, ["dog", "catalogue"]),
        ({"extension": "pdf"}, ["catalogue"]),
        ({"extension": ".PDF"}, ["catalogue"]),
        ({"url": cat.url}, ["Cat 1"]),
        ({"url": cat.url + "x"}, []),
        ({"is_usable_in_content": True}, ["Cat 1", "dog"]),
        ({"is_usable_in_content": False}, ["catalogue"]),
        ({"allows_anonymous_access": True}, ["Cat 1"]),
        ({"allows_anonymous_access": False}, ["dog", "catalogue"]),
        ({"file_md5": md5(PIXEL)}, ["Cat 1"]),
        ({"expires_at": end}, ["dog"]),
        ({"expires_at": dog.expires_at}, ["dog"]),
        ({"expires_at_gte": end, "expires_at_lte": end}, ["dog"]),
        ({"expires_at_gte": end + MILLISECOND}, []),
        ({"expires_at_lte": end - MILLISECOND}, []),
        ({"name": "cat", "extension": "png", "size_gte": 1}, ["Cat 1"]),
    ]:
        found = files.do_search(parent_folder_ids=[three.parent], **filters)
        assert names(found) == expected, filters


def test_files_come_in_every_order(three):
    def found(*sort):
        return names(files.do_search(parent_folder_ids=[three.parent], sort=list(sort)))

    first, second, third = "Cat 1", "dog", "catalogue"
    assert found("id") == found("createdAt", "id") == [first, second, third]
    assert found("-id") == found("type", "-id") == [third, second, first]
    assert found("name") == [first, third, second]
    assert found("-name") == [second, third, first]
    assert found("extension") == [third, first, second]
    assert found("size") == [second, third, first]
    assert found("-updatedAt")[0] == third
    for key in ("width", "height", "expiresAt"):
        assert sorted(found(key)) == sorted(found("-" + key)) == sorted([first, second, third])


def test_pages_follow_one_another_without_a_gap_and_end(three):
    seen, after = [], None
    while True:
        asked = {"after": after} if after else {}
        page = files.do_search(parent_folder_ids=[three.parent], limit=2, sort=["name"], **asked)
        seen += names(page)
        if not page.paging:
            break
        after = page.paging.next.after
        assert fetched(page.paging.next.link, TOKEN)[0] == 200
    assert seen == ["Cat 1", "catalogue", "dog"]


def test_hidden_files_are_never_found_whoever_asks(three):
    kept = upload(fresh_bytes(), "hidden.txt", hidden, {"folder_path": three.path}, access="HIDDEN_PRIVATE")
    assert hidden.files.files_api.do_search(ids=[int(kept.id)]).results == []


def test_folders_are_found_by_each_of_their_properties_in_every_order():
    root = fresh_folder()
    top = folders.create(FolderInput(name=root[1:]))
    one = folders.create(FolderInput(name="One", parent_folder_id=top.id))
    two = folders.create(FolderInput(name="two", parent_folder_id=top.id))
    for filters, expected in [
        ({}, ["One", "two"]),
        ({"ids": [int(two.id)]}, ["two"]),
        ({"id_gte": int(two.id)}, ["two"]),
        ({"id_lte": int(one.id)}, ["One"]),
        ({"created_at": one.created_at, "ids": [int(one.id)]}, ["One"]),
        ({"created_at_gte": FAR_OFF}, []),
        ({"created_at_lte": LONG_AGO}, []),
        ({"updated_at": two.updated_at, "ids": [int(two.id)]}, ["two"]),
        ({"updated_at_gte": FAR_OFF}, []),
        ({"updated_at_lte": LONG_AGO}, []),
        ({"before": "946684800000"}, []),
        ({"name": "ONE"}, ["One"]),
        ({"path": f"{root}/two"}, ["two"]),
        ({"sort": ["-name"]}, ["two", "One"]),
        ({"sort": ["-createdAt", "-id"]}, ["two", "One"]),
        ({"sort": ["updatedAt", "name"]}, ["One", "two"]),
        ({"sort": ["id"], "properties": ["name"]}, ["One", "two"]),
    ]:
        found = folders.do_search(parent_folder_ids=[int(top.id)], **filters)
        assert names(found) == expected, filters
    assert folders.do_search(parent_folder_ids=[int(top.id)], limit=1).paging.next.after == "1"
    last = folders.do_search(parent_folder_ids=[int(top.id)], limit=1, after="1")
    assert (names(last), last.paging) == (["two"], None)


@pytest.mark.parametrize(
    ("asked", "place"),
    [
        ({"limit": 101}, "limit"),
        ({"limit": 0}, "limit"),
        ({"after": "10001"}, "after"),
        ({"sort": ["colour"]}, "sort"),
        ({"ids": ["x"]}, "ids"),
        ({"created_at_gte": "yesterday"}, "createdAtGte"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(asked, place):
    for search in (files.do_search, folders.do_search):
        refused(lambda: search(**asked), 400, "VALIDATION_ERROR", place)
