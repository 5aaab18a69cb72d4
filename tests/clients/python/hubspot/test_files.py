"""One file: upload, replace, properties, copies, names, and its two ways to go."""

import datetime

import pytest
from hubspot.files import FileUpdateInput

from given import PIXEL, download, fetched, files, folders, fresh_bytes, fresh_folder, md5, refused, replace, upload

ALWAYS = {"access", "archived", "created_at", "id", "updated_at"}

ODD_NAMES = [
    "äöü – 日本.txt",
    "100% sure.txt",
    "a+b c.txt",
    "issue #1.txt",
    "what?.txt",
    'say "hi".txt',
    "it's (1) & co;.txt",
    "a.b.c.txt",
    "x%2Fy.txt",
    "😀.txt",
    "[1]{2}^`|~.txt",
    "n" * 251 + ".txt",
]


def given_fields(thing):
    return {name for name, value in thing.to_dict().items() if value is not None}


def same(one, other):
    assert one.to_dict() == other.to_dict()


def test_an_upload_answers_with_the_whole_file():
    folder_path = fresh_folder()
    file = upload(PIXEL, "pixel.png", fields={"folder_path": folder_path}, access="PUBLIC_INDEXABLE")
    expected = {
        "name": "pixel",
        "extension": "png",
        "path": f"{folder_path}/pixel.png",
        "parent_folder_id": folders.get_by_path(folder_path).id,
        "access": "PUBLIC_INDEXABLE",
        "archived": False,
        "size": len(PIXEL),
        "width": 1,
        "height": 1,
        "encoding": "png",
        "type": "IMG",
        "file_md5": md5(PIXEL),
        "is_usable_in_content": True,
        "source_group": "CONTENT",
        "url": file.default_hosting_url,
    }
    shown = file.to_dict()
    assert {name: shown[name] for name in expected} == expected
    assert file.id.isdigit()
    assert isinstance(file.created_at, datetime.datetime)
    assert file.created_at == file.updated_at
    same(files.get_by_id(file.id), file)
    same(files.get_metadata(file.path).file, file)


def test_properties_leave_what_was_asked_for_and_what_is_always_there():
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()})
    some = files.get_by_id(file.id, properties=["name", "size", "noSuchProperty"])
    assert given_fields(some) == ALWAYS | {"name", "size"}
    stated = files.get_metadata(file.path, properties=["path"]).file
    assert given_fields(stated) == ALWAYS | {"path"}


@pytest.mark.parametrize("name", ODD_NAMES, ids=lambda name: name[:30])
def test_a_file_may_have_any_name(name):
    folder_path, content = fresh_folder(), fresh_bytes()
    file = upload(content, name, fields={"folder_path": folder_path}, access="PUBLIC_NOT_INDEXABLE")
    assert f"{file.name}.{file.extension}" == name
    assert file.path == f"{folder_path}/{name}"
    assert files.get_metadata(file.path).file.id == file.id
    assert fetched(file.url)[2] == content
    assert download(file).content == content


def test_an_empty_file_is_a_file():
    file = upload(b"", "empty.txt", fields={"folder_path": fresh_folder()})
    assert (file.size, file.file_md5) == (0, "d41d8cd98f00b204e9800998ecf8427e")
    assert download(file).content == b""


def test_a_name_without_extension_stays_without_and_a_bare_name_takes_the_extension_of_the_part():
    folder_path = fresh_folder()
    readme = upload(fresh_bytes(), "README", fields={"folder_path": folder_path})
    assert (readme.name, readme.extension, readme.path) == ("README", "", f"{folder_path}/README")
    bare = upload(fresh_bytes(), "file.jpeg", fields={"folder_path": folder_path, "file_name": "name_in_hubspot"})
    assert (bare.name, bare.extension) == ("name_in_hubspot", "jpeg")
    whole = upload(fresh_bytes(), "photo.jpg", fields={"folder_path": folder_path, "file_name": "photo.jpg"})
    assert (whole.name, whole.extension) == ("photo", "jpg")


def test_a_folder_is_named_by_id_or_by_path_with_or_without_a_slash():
    folder_path = fresh_folder()
    first = upload(fresh_bytes(), "a.txt", fields={"folder_path": folder_path[1:]})
    second = upload(fresh_bytes(), "b.txt", fields={"folder_id": first.parent_folder_id})
    assert (first.path, second.path) == (f"{folder_path}/a.txt", f"{folder_path}/b.txt")


def test_a_large_file_comes_back_whole():
    content = b"attache " * 1_125_000 + b"!"
    file = upload(content, "large.bin", fields={"folder_path": fresh_folder()})
    assert file.size == len(content)
    assert md5(download(file).content) == md5(content)


def test_the_charset_hunch_is_kept_for_text():
    fields = {"folder_path": fresh_folder(), "charset_hunch": "ISO-8859-1"}
    file = upload("ä".encode("latin-1"), "a.txt", fields=fields, access="PUBLIC_INDEXABLE")
    assert "charset=iso-8859-1" in fetched(file.url)[1]["Content-Type"].lower()


def test_a_taken_name_gets_a_number():
    fields = {"folder_path": fresh_folder()}
    assert [upload(fresh_bytes(), "x.txt", fields=fields).name for _ in range(3)] == ["x", "x-1", "x-2"]


def test_overwrite_puts_a_new_file_in_place_of_the_old_one():
    fields, content = {"folder_path": fresh_folder()}, fresh_bytes()
    old = upload(fresh_bytes(), "x.txt", fields=fields, access="PUBLIC_INDEXABLE")
    new = upload(content, "x.txt", fields=fields, access="PUBLIC_INDEXABLE", overwrite=True)
    assert new.id != old.id
    assert new.url == old.url
    assert fetched(new.url)[2] == content
    refused(lambda: files.get_by_id(old.id), 404, "OBJECT_NOT_FOUND")


def test_return_existing_answers_201_with_the_file_that_is_there_unchanged():
    content = fresh_bytes()
    look = {"duplicateValidationStrategy": "RETURN_EXISTING", "duplicateValidationScope": "ENTIRE_PORTAL"}
    first = upload(content, "first.txt", fields={"folder_path": fresh_folder()})
    again = upload(content, "second.txt", fields={"folder_path": fresh_folder()}, access="PUBLIC_INDEXABLE", **look)
    same(again, first)


def test_reject_is_a_conflict_that_names_the_file_that_is_there():
    fields, content = {"folder_path": fresh_folder()}, fresh_bytes()
    first = upload(content, "first.txt", fields=fields)
    again = lambda: upload(content, "second.txt", fields=fields, duplicateValidationStrategy="REJECT")
    body = refused(again, 409, "CONFLICT")
    assert body["errors"][0]["context"] == {"existingFileId": [first.id]}


def test_a_replace_keeps_id_name_place_and_address():
    content = fresh_bytes()
    old = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()}, access="PUBLIC_INDEXABLE", ttl="P1D")
    new = replace(old.id, content, "other.pdf", access="PUBLIC_NOT_INDEXABLE")
    kept = ["id", "name", "extension", "path", "url", "created_at", "parent_folder_id", "expires_at"]
    assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
    assert (new.file_md5, new.access) == (md5(content), "PUBLIC_NOT_INDEXABLE")
    assert new.updated_at >= old.updated_at
    assert fetched(new.url)[2] == content


def test_a_change_renames_moves_and_sets_access_use_and_end():
    folder_path = fresh_folder()
    old = upload(fresh_bytes(), "a.txt", fields={"folder_path": folder_path}, access="PUBLIC_INDEXABLE")
    change = lambda **members: files.update_properties(old.id, FileUpdateInput(**members))
    renamed = change(name="b")
    assert renamed.path == f"{folder_path}/b.txt"
    assert (fetched(old.url)[0], fetched(renamed.url)[0]) == (404, 200)
    assert change(parent_folder_path=f"{folder_path}/made/on demand").path == f"{folder_path}/made/on demand/b.txt"
    assert change(parent_folder_id=old.parent_folder_id).path == f"{folder_path}/b.txt"
    assert change(access="PRIVATE").access == "PRIVATE"
    assert fetched(renamed.url)[0] == 404
    assert change(is_usable_in_content=False).is_usable_in_content is False
    end = datetime.datetime(2099, 12, 31, 23, 59, 59, 999000, tzinfo=datetime.timezone.utc)
    assert change(expires_at=end).expires_at == round(end.timestamp() * 1000)
    naive = datetime.datetime(2099, 1, 1)
    assert change(expires_at=naive).expires_at == naive.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000
    assert change(clear_expires=True).expires_at is None
    assert change().created_at == old.created_at


def test_an_archived_file_is_gone_at_once_and_archiving_it_again_is_no_error():
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()}, access="PUBLIC_INDEXABLE")
    signed = files.get_signed_url(file.id)
    files.archive(file.id)
    files.archive(file.id)
    refused(lambda: files.get_by_id(file.id), 404, "OBJECT_NOT_FOUND")
    refused(lambda: files.get_metadata(file.path), 404, "OBJECT_NOT_FOUND")
    assert files.do_search(ids=[int(file.id)]).results == []
    assert [fetched(url)[0] for url in (file.url, signed.url)] == [404, 404]


@pytest.mark.parametrize("archived_before", [False, True])
def test_gdpr_delete_works_on_living_and_archived_files_once(archived_before):
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()})
    if archived_before:
        files.archive(file.id)
    files.delete(file.id)
    for call in (files.get_by_id, files.delete, files.archive):
        refused(lambda: call(file.id), 404, "OBJECT_NOT_FOUND")
