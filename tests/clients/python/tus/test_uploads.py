"""tuspy, whole uploads and those that were interrupted.

    ATTACHE_URL     where the server answers, such as http://127.0.0.1:8080
    ATTACHE_TOKEN   a token with the scopes files:read and files:write
"""

import asyncio
import io
import os

import pytest
import requests
from common import TOKEN, URL, fresh_name
from tusclient import client
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.storage import filestorage

HEADERS = {"Authorization": f"Bearer {TOKEN}"}
tus = client.TusClient(f"{URL}/v1/uploads/", headers=HEADERS)


def named(name):
    """The one file of a name, as the native API shows it."""
    answer = requests.get(f"{URL}/v1/files", params={"name": name}, headers=HEADERS)
    answer.raise_for_status()
    (file,) = answer.json()["items"]
    return file


def content(file):
    answer = requests.get(f"{URL}/v1/files/{file['id']}/content", headers=HEADERS)
    answer.raise_for_status()
    return answer.content


def upload(data, name, **more):
    """An upload as anybody makes it; `more` are the client's own options."""
    return tus.uploader(file_stream=io.BytesIO(data), metadata={"filename": name}, **more)


@pytest.mark.parametrize("length", [0, 1, 100_000, 300_001])
def test_a_file_goes_up_in_chunks_with_their_checksums(length):
    data, name = os.urandom(length), fresh_name()
    upload(data, name, chunk_size=70_000, upload_checksum=True).upload()
    assert content(named(name)) == data


def test_an_upload_that_was_stopped_goes_on_where_it_was(tmp_path):
    data, name = os.urandom(400_000), fresh_name()
    first = upload(data, name, chunk_size=100_000)
    first.upload(stop_at=200_000)
    second = upload(data, name, url=first.url, chunk_size=100_000, upload_checksum=True)
    assert second.offset == 200_000
    second.upload()
    assert content(named(name)) == data


def test_an_upload_is_found_again_by_its_content(tmp_path):
    path, name = tmp_path / "kept.bin", fresh_name()
    path.write_bytes(os.urandom(300_000))
    kept = filestorage.FileStorage(str(tmp_path / "urls.json"))
    options = dict(store_url=True, url_storage=kept, chunk_size=100_000, metadata={"filename": name})
    first = tus.uploader(str(path), **options)
    first.upload_chunk()
    second = tus.uploader(str(path), **options)
    assert (second.url, second.offset) == (first.url, 100_000)
    second.upload()
    assert content(named(name)) == path.read_bytes()


def test_bytes_that_changed_on_their_way_are_refused_and_none_of_them_is_kept():
    data = os.urandom(100_000)
    damaged = upload(data, fresh_name(), upload_checksum=True)
    damaged.set_url(damaged.create_url())
    headers = {**HEADERS, "Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    headers |= {"Upload-Offset": "0", "Upload-Checksum": "sha1 qvTGHdzF6KLavt4PO0gs2a6pQ00="}
    assert requests.patch(damaged.url, data=data, headers=headers).status_code == 460
    assert damaged.get_offset() == 0


def test_the_asynchronous_uploader_does_the_same():
    data, name = os.urandom(250_000), fresh_name()
    uploader = tus.async_uploader(
        file_stream=io.BytesIO(data), metadata={"filename": name}, chunk_size=100_000, upload_checksum=True
    )
    asyncio.run(uploader.upload())
    assert content(named(name)) == data


def test_a_refusal_reaches_the_program_with_its_status_and_reason():
    with pytest.raises(TusCommunicationError) as refused:
        upload(b"x", "../x").upload()
    assert refused.value.status_code == 422
    assert refused.value.response_content.startswith(b"name_invalid: ")
    stopped = upload(os.urandom(10), fresh_name(), chunk_size=5)
    stopped.upload_chunk()
    stopped.offset = 3
    with pytest.raises(TusUploadFailed) as refused:
        stopped.upload_chunk()
    assert refused.value.status_code == 409
