"""Every refusal is the client's own exception, with a category and the place of the fault."""

import json

import pytest
from hubspot.files import FileUpdateInput, FolderInput, FolderUpdateInput, FolderUpdateInputWithId, ImportFromUrlInput

from given import connect, files, folders, fresh_bytes, fresh_folder, hubspot, on_disk, reader, refused, upload

NOBODYS = "999999999"
NO_TASK = "00000000-0000-7000-8000-000000000000"
PRIVATE = json.dumps({"access": "PRIVATE"})


@pytest.fixture(scope="module")
def part():
    with on_disk(fresh_bytes(), "a.txt") as path:
        yield path


def every_operation(client, part):
    """Every operation, on things that are not there or with inputs that would be good elsewhere."""
    files, folders = client.files.files_api, client.files.folders_api
    fetch = ImportFromUrlInput(url="http://127.0.0.1/", access="PRIVATE", folder_id=NOBODYS)
    later = FolderUpdateInputWithId(id=NOBODYS, name="b")
    return {
        "lists": [files.do_search, folders.do_search],
        "reads": [
            lambda: files.get_by_id(NOBODYS),
            lambda: files.get_metadata("/nothing/there"),
            lambda: files.get_signed_url(NOBODYS),
            lambda: files.check_import(NO_TASK),
            lambda: folders.get_by_id(NOBODYS),
            lambda: folders.get_by_path("/nothing/there"),
        ],
        "writes": [
            lambda: files.upload(file=part, folder_id=NOBODYS, options=PRIVATE),
            lambda: files.replace(NOBODYS, file=part, options=PRIVATE),
            lambda: files.update_properties(NOBODYS, FileUpdateInput(name="b")),
            lambda: files.import_from_url(fetch),
            lambda: folders.create(FolderInput(name="a", parent_folder_id=NOBODYS)),
            lambda: folders.update_properties(NOBODYS, FolderUpdateInput(name="b")),
            lambda: folders.update_properties_recursively(later),
            lambda: folders.check_update_status(NO_TASK),
        ],
        "deletes": [
            lambda: files.archive(NOBODYS),
            lambda: files.delete(NOBODYS),
            lambda: folders.archive(NOBODYS),
            lambda: folders.archive_by_path("/nothing/there"),
        ],
    }


def test_without_a_good_token_every_operation_is_401(part):
    for token in ("att_nobody_knows_it", None):
        for calls in every_operation(connect(token), part).values():
            for call in calls:
                refused(call, 401, "INVALID_AUTHENTICATION")


def test_without_the_scope_every_operation_is_403_and_names_the_scopes_that_would_do(part):
    calls = every_operation(reader, part)
    for call in calls["lists"]:
        call()
    for kind, scopes in [
        ("writes", ["files", "files.write", "files.ui_hidden.write"]),
        ("deletes", ["files", "files.delete", "files.ui_hidden.write"]),
    ]:
        for call in calls[kind]:
            body = refused(call, 403, "MISSING_SCOPES")
            assert body["errors"][0]["context"]["requiredGranularScopes"] == scopes


def test_what_is_not_there_is_404_for_every_operation(part):
    calls = every_operation(hubspot, part)
    for call in calls["reads"] + calls["writes"] + calls["deletes"]:
        refused(call, 404, "OBJECT_NOT_FOUND")


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ("not json", "options"),
        ("{}", "options.access"),
        ({"access": "SECRET"}, "options.access"),
        ({"access": "HIDDEN_PRIVATE"}, "options.access"),
        ({"access": "SENSITIVE"}, "options.access"),
        ({"ttl": "PT24H"}, "options.ttl"),
        ({"ttl": "P1Y2M3D"}, "options.ttl"),
        ({"expiresAt": "2001-01-01T00:00:00Z"}, "options.expiresAt"),
        ({"ttl": "P1D", "expiresAt": "2099-01-01T00:00:00Z"}, "options.expiresAt"),
        ({"overwrite": "maybe"}, "options.overwrite"),
        ({"duplicateValidationStrategy": "GUESS"}, "options.duplicateValidationStrategy"),
        ({"duplicateValidationScope": "HERE"}, "options.duplicateValidationScope"),
    ],
)
def test_options_that_cannot_be_are_400_and_say_where(part, options, place):
    text = options if isinstance(options, str) else json.dumps({"access": "PRIVATE", **options})
    refused(lambda: files.upload(file=part, options=text), 400, "VALIDATION_ERROR", place)


def test_an_upload_without_its_parts_is_400_and_says_which(part):
    missing = refused(lambda: files.upload(file=part), 400, "VALIDATION_ERROR", "options")
    assert missing["message"] == "options parameter is required"
    refused(lambda: files.upload(options=PRIVATE), 400, "VALIDATION_ERROR", "file")
    both = lambda: files.upload(file=part, options=PRIVATE, folder_id="1", folder_path="/a")
    refused(both, 400, "VALIDATION_ERROR", "folderId")
    for name in ("a/b.txt", "a\\b.txt", "a\tb.txt", "a" * 256):
        refused(lambda: files.upload(file=part, options=PRIVATE, file_name=name), 400, "VALIDATION_ERROR", "fileName")


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"name": ""}, "name"),
        ({"name": "a/b"}, "name"),
        ({"access": "SECRET"}, "access"),
        ({"parent_folder_id": "1", "parent_folder_path": "/a"}, "parentFolderId"),
        ({"expires_at": "2001-01-01T00:00:00Z"}, "expiresAt"),
        ({"expires_at": "2099-01-01T00:00:00Z", "clear_expires": True}, "expiresAt"),
    ],
)
def test_a_change_that_cannot_be_is_400_and_changes_nothing(members, place):
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()})
    refused(lambda: files.update_properties(file.id, FileUpdateInput(**members)), 400, "VALIDATION_ERROR", place)
    assert files.get_by_id(file.id).to_dict() == file.to_dict()


def test_a_taken_name_is_409_and_names_what_has_it():
    path = fresh_folder()
    there = upload(fresh_bytes(), "there.txt", fields={"folder_path": path})
    other = upload(fresh_bytes(), "other.txt", fields={"folder_path": path})
    taken = refused(lambda: files.update_properties(other.id, FileUpdateInput(name="there")), 409, "CONFLICT")
    assert taken["errors"][0]["context"] == {"existingFileId": [there.id]}
    again = refused(lambda: folders.create(FolderInput(name=path[1:])), 409, "CONFLICT")
    assert again["errors"][0]["context"] == {"existingFolderId": [there.parent_folder_id]}


def test_a_folder_that_cannot_be_is_400_and_says_where():
    top = folders.create(FolderInput(name=fresh_folder()[1:]))
    leaf = folders.create(FolderInput(name="leaf", parent_folder_id=top.id))
    for name in ("", ".", "..", "a/b", "a\x00b", "a" * 256):
        refused(lambda: folders.create(FolderInput(name=name)), 400, "VALIDATION_ERROR", "name")
    for parent in (int(top.id), int(leaf.id)):
        move = FolderUpdateInput(parent_folder_id=parent)
        refused(lambda: folders.update_properties(top.id, move), 400, "VALIDATION_ERROR")
        later = FolderUpdateInputWithId(id=top.id, parent_folder_id=parent)
        refused(lambda: folders.update_properties_recursively(later), 400, "VALIDATION_ERROR")
    refused(lambda: folders.get_by_path("/a/../b"), 400, "VALIDATION_ERROR")


def test_a_signed_url_that_cannot_be_is_400_and_says_where():
    file = upload(fresh_bytes(), "a.txt", fields={"folder_path": fresh_folder()})
    refused(lambda: files.get_signed_url(file.id, size="huge"), 400, "VALIDATION_ERROR", "size")
    refused(lambda: files.get_signed_url(file.id, expiration_seconds=0), 400, "VALIDATION_ERROR", "expirationSeconds")


@pytest.mark.parametrize(
    ("asked", "status", "category"),
    [
        ({"path": "/files/v3/nowhere"}, 404, "OBJECT_NOT_FOUND"),
        ({"path": "/files/v3/files/abc"}, 404, "OBJECT_NOT_FOUND"),
        ({"path": "/files/v3/files"}, 405, "VALIDATION_ERROR"),
        ({"path": "/files/v3/files", "method": "POST", "body": {"a": 1}}, 415, "VALIDATION_ERROR"),
    ],
)
def test_also_what_no_operation_is_for_is_answered_in_the_envelope(asked, status, category):
    answer = hubspot.api_request(asked)
    assert (answer.status_code, answer.json()["category"]) == (status, category)
