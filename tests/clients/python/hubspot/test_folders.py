"""Folders: made, found, changed at once and by a task, and deleted."""

import datetime
import json
import os
import time

from hubspot.files import FolderInput, FolderUpdateInput, FolderUpdateInputWithId

from given import TOKEN, ended, fetched, files, folders, fresh_bytes, fresh_folder, refused, upload


def make(name, **where):
    return folders.create(FolderInput(name=name, **where))


def test_a_folder_is_made_in_the_root_under_an_id_and_under_a_path():
    path = fresh_folder()
    top = make(path[1:])
    assert (top.name, top.path, top.archived, top.parent_folder_id) == (path[1:], path, False, None)
    assert isinstance(top.created_at, datetime.datetime)
    by_id = make("by id", parent_folder_id=top.id)
    assert (by_id.path, by_id.parent_folder_id) == (f"{path}/by id", top.id)
    assert make("leaf", parent_path=f"{path}/made/on demand").path == f"{path}/made/on demand/leaf"


def test_a_folder_is_found_by_id_and_by_path_whatever_is_in_its_name():
    root = fresh_folder()
    for name in ["ä ö 日本", "100%", "a+b", "#1", "what?", 'say "hi"', "2024", "a.b", "n" * 255]:
        folder = make(name, parent_path=root)
        assert folder.name == name
        assert folders.get_by_id(folder.id).path == f"{root}/{name}"
        assert folders.get_by_path(f"{root}/{name}").id == folder.id
        assert files.get_metadata(f"{root}/{name}").folder.id == folder.id
    some = folders.get_by_path(root, properties=["name"])
    assert (some.path, some.name) == (None, root[1:])


def test_a_folder_named_by_digits_is_reached_by_its_path():
    name = f"{time.time_ns()}{os.getpid()}"
    folder = make(name)
    assert folders.get_by_path(f"/{name}").id == folder.id
    refused(lambda: folders.get_by_id(name), 404, "OBJECT_NOT_FOUND")
    folders.archive_by_path(f"/{name}")


def test_a_change_shows_in_everything_below():
    root = fresh_folder()
    old = make("old", parent_path=root)
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": f"{root}/old/deep"}, access="PUBLIC_INDEXABLE")
    target = make("target", parent_path=root)
    changed = folders.update_properties(old.id, FolderUpdateInput(name="new", parent_folder_id=int(target.id)))
    assert (changed.id, changed.path) == (old.id, f"{root}/target/new")
    now = files.get_by_id(file.id)
    assert now.path == f"{root}/target/new/deep/a.txt"
    assert (fetched(file.url)[0], fetched(now.url)[0]) == (404, 200)


def test_a_change_by_task_ends_complete_under_the_address_that_its_locator_names():
    root = fresh_folder()
    folder = make("old", parent_path=root)
    name = f"{root[1:]}-moved"
    wish = FolderUpdateInputWithId(id=folder.id, name=name, parent_folder_id=0)
    locator = folders.update_properties_recursively(wish)
    task = ended(lambda: folders.check_update_status(locator.id))
    assert (task.status, task.task_id) == ("COMPLETE", locator.id)
    assert (task.result.id, task.result.path, task.result.parent_folder_id) == (folder.id, f"/{name}", None)
    assert all(isinstance(at, datetime.datetime) for at in (task.requested_at, task.started_at, task.completed_at))
    status, _, body = fetched(locator.links["status"], TOKEN)
    assert (status, json.loads(body)["taskId"]) == (200, locator.id)
    folders.archive(folder.id)


def test_a_task_that_meets_a_taken_name_ends_canceled_and_says_why():
    root = fresh_folder()
    folder = make("a", parent_path=root)
    make("b", parent_path=root)
    locator = folders.update_properties_recursively(FolderUpdateInputWithId(id=folder.id, name="b"))
    task = ended(lambda: folders.check_update_status(locator.id))
    assert (task.status, task.num_errors, task.result) == ("CANCELED", 1, None)
    assert task.errors[0].category == "CONFLICT"
    assert folders.get_by_id(folder.id).name == "a"


def test_an_archived_folder_takes_its_contents_along():
    root = fresh_folder()
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": f"{root}/deep"}, access="PUBLIC_INDEXABLE")
    folders.archive_by_path(root)
    folders.archive(file.parent_folder_id)
    refused(lambda: folders.get_by_path(root), 404, "OBJECT_NOT_FOUND")
    refused(lambda: folders.get_by_id(file.parent_folder_id), 404, "OBJECT_NOT_FOUND")
    refused(lambda: files.get_by_id(file.id), 404, "OBJECT_NOT_FOUND")
    assert fetched(file.url)[0] == 404
