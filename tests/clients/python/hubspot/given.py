"""What every test of HubSpot's client starts from: clients with tokens, contents to send, and folders of its own.

A test looks at nothing outside its folder, so the same server can be driven again and again.

    ATTACHE_URL            where the server answers, such as http://127.0.0.1:8080
    ATTACHE_TOKEN          a token with the scope hubspot:files
    ATTACHE_READ_TOKEN     one with hubspot:files.read
    ATTACHE_HIDDEN_TOKEN   one with hubspot:files.ui_hidden.read and hubspot:files.ui_hidden.write

The server has to allow imports from this machine: --allow-private-network 127.0.0.0/8
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import tempfile
import time
import uuid

import pytest
from common import TOKEN, URL, fetched, fresh_bytes, setting
from hubspot import HubSpot
from hubspot.files.exceptions import ApiException

# A picture of 1 x 1 pixels.
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def connect(token):
    """HubSpot's client with a token, otherwise as anybody makes it."""
    return HubSpot(access_token=token, host=URL, base_url=URL)


hubspot = connect(TOKEN)
reader = connect(setting("ATTACHE_READ_TOKEN"))
hidden = connect(setting("ATTACHE_HIDDEN_TOKEN"))
files = hubspot.files.files_api
folders = hubspot.files.folders_api


def fresh_folder():
    """A folder that no other test knows."""
    return f"/python-{uuid.uuid4()}"


def md5(content):
    return hashlib.md5(content).hexdigest()


@contextlib.contextmanager
def on_disk(content, name):
    """The library takes a path and sends the name that stands in it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(content)
        yield path


def upload(content, name, client=hubspot, fields=None, **options):
    """Uploads bytes under a name; `fields` are the operation's other parameters."""
    asked = json.dumps({"access": "PRIVATE", **options})
    with on_disk(content, name) as path:
        return client.files.files_api.upload(file=path, options=asked, **(fields or {}))


def replace(file_id, content, name, **options):
    with on_disk(content, name) as path:
        return files.replace(file_id, file=path, options=json.dumps({"access": "PRIVATE", **options}))


def download(file, client=hubspot, **more):
    return client.api_request({"path": f"/files/v3/files/{file.id}/download", **more})


def refused(call, status, category, place=None):
    """Holds when `call` ends in the client's own exception, made from an answer of this status and category."""
    with pytest.raises(ApiException) as caught:
        call()
    error = caught.value
    assert error.status == status, error
    body = json.loads(error.body)
    assert body["status"] == "error"
    assert body["category"] == category, error
    assert re.fullmatch("[0-9a-f-]{36}", body["correlationId"])
    assert error.headers["X-HubSpot-Correlation-Id"] == body["correlationId"]
    assert body["message"]
    if place:
        assert body["errors"][0]["in"] == place, error
    return body


def ended(ask):
    """Asks until the task has ended, as HubSpot's guide tells callers to."""
    began = time.monotonic()
    while time.monotonic() - began < 60:
        task = ask()
        if task.status in ("COMPLETE", "CANCELED"):
            return task
        assert task.status in ("PENDING", "PROCESSING")
        time.sleep(0.02)
    raise AssertionError("the task has not ended within a minute")
