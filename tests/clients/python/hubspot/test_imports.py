"""Imports from a server of this process."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hubspot.files import ImportFromUrlInput

from given import TOKEN, ended, fetched, files, fresh_bytes, fresh_folder, md5, refused, upload

PAGES = {}


class Source(BaseHTTPRequestHandler):
    def do_GET(self):
        status, headers, content = PAGES.get(self.path, (500, {}, b"out of order"))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def source():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Source)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def bring(url, **members):
    locator = files.import_from_url(ImportFromUrlInput(url=url, **{"access": "PRIVATE", **members}))
    return ended(lambda: files.check_import(locator.id))


def test_an_import_ends_complete_under_the_address_that_its_locator_names(source):
    folder_path, content = fresh_folder(), fresh_bytes()
    PAGES["/a%20b.txt"] = (200, {}, content)
    wish = ImportFromUrlInput(url=f"{source}/a%20b.txt", folder_path=folder_path, access="PUBLIC_INDEXABLE", ttl="P2W")
    locator = files.import_from_url(wish)
    task = ended(lambda: files.check_import(locator.id))
    assert (task.status, task.task_id) == ("COMPLETE", locator.id)
    file = task.result
    assert (file.path, file.file_md5, file.access) == (f"{folder_path}/a b.txt", md5(content), "PUBLIC_INDEXABLE")
    assert file.expires_at
    assert files.get_by_id(file.id).path == file.path
    status, _, body = fetched(locator.links["status"], TOKEN)
    assert (status, json.loads(body)["status"]) == (200, "COMPLETE")


def test_the_name_is_the_one_asked_for_else_what_the_source_tells_else_its_address(source):
    folder_path = fresh_folder()
    PAGES["/named"] = (200, {"Content-Disposition": 'attachment; filename="told.txt"'}, fresh_bytes())
    PAGES["/deep/address.txt?x=1"] = (200, {}, fresh_bytes())
    assert bring(f"{source}/named", folder_path=folder_path, name="asked.txt").result.path == f"{folder_path}/asked.txt"
    assert bring(f"{source}/named", folder_path=folder_path).result.path == f"{folder_path}/told.txt"
    by_address = bring(f"{source}/deep/address.txt?x=1", folder_path=folder_path)
    assert by_address.result.path == f"{folder_path}/address.txt"


def test_a_source_that_fails_ends_the_task_canceled_with_the_status_it_answered(source):
    task = bring(f"{source}/out-of-order", folder_path=fresh_folder())
    assert (task.status, task.num_errors, task.result) == ("CANCELED", 1, None)
    assert "500" in task.errors[0].message


def test_duplicates_are_refused_or_returned_as_for_uploads(source):
    folder_path, content = fresh_folder(), fresh_bytes()
    PAGES["/again.txt"] = (200, {}, content)
    first = upload(content, "first.txt", fields={"folder_path": folder_path})
    url = f"{source}/again.txt"
    rejected = bring(url, folder_path=folder_path, duplicate_validation_strategy="REJECT")
    assert (rejected.status, rejected.errors[0].category) == ("CANCELED", "CONFLICT")
    returned = bring(url, folder_path=folder_path, duplicate_validation_strategy="RETURN_EXISTING")
    assert (returned.status, returned.result.id) == ("COMPLETE", first.id)


@pytest.mark.parametrize(
    ("members", "place"),
    [
        ({"url": "ftp://example.com/a"}, "url"),
        ({"url": "no address"}, "url"),
        ({"access": "SECRET"}, "access"),
        ({"ttl": "PT24H"}, "ttl"),
        ({"folder_id": "1", "folder_path": "/a"}, "folderId"),
        ({"duplicate_validation_scope": "HERE"}, "duplicateValidationScope"),
    ],
)
def test_what_cannot_be_an_import_is_refused_when_it_is_asked_for(members, place):
    wish = ImportFromUrlInput(**{"url": "http://127.0.0.1/a.txt", "access": "PRIVATE", **members})
    refused(lambda: files.import_from_url(wish), 400, "VALIDATION_ERROR", place)
