"""What every test of Sonar's Python clients starts from: one way to ask through each of them, uploads and downloads as
Sonar's pages show them, and owners of its own.

A test looks at nothing but what it made, so the same server can be driven again and again.

    ATTACHE_URL          where the server answers, such as http://127.0.0.1:8080
    ATTACHE_TOKEN        a token with all of Sonar's scopes
    ATTACHE_READ_TOKEN   a token with sonar:READ_FILE, of user 2
"""

import random

import common
import pytest
import requests
from common import TOKEN, URL, fresh_name, setting
from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport
from gql.transport.exceptions import TransportQueryError
from gql.transport.requests import RequestsHTTPTransport
from sonar_software_api import Sonar

READ_TOKEN = setting("ATTACHE_READ_TOKEN")
ENDPOINT = f"{URL}/api/graphql"

# An id that no file has.
NOBODYS = 2_147_483_647

FILE = """
fragment FileFields on File { id sonar_unique_id created_at updated_at _version description file_size_in_bytes fileable_id
  fileable_type filename mime_type primary_image user_id checksum_sha256 download_path }
"""
LINK = """mutation Link($input: LinkFileToEntityMutationInput) {
  linkFileToEntity(input: $input) { id created_at updated_at }
}"""


def bearer(token):
    return {"Authorization": f"Bearer {token}"}


def fresh_bytes(length=40):
    return random.randbytes(length)


def fresh_id():
    """The id of something that has no files; it needs no making."""
    return random.randrange(1_000, 2**62)


def over_requests(token, **more):
    """gql over requests."""
    return Client(transport=RequestsHTTPTransport(url=ENDPOINT, headers=bearer(token), retries=3), **more)


def over_requests_by_get(token, **more):
    """gql over requests, which then sends its JSON with GET."""
    return Client(transport=RequestsHTTPTransport(url=ENDPOINT, headers=bearer(token), method="GET"), **more)


def over_aiohttp(token, **more):
    """gql over aiohttp."""
    return Client(transport=AIOHTTPTransport(url=ENDPOINT, headers=bearer(token)), **more)


def asked(client):
    """A function that asks through a client of gql."""

    def ask(document, variables=None):
        request = gql(document)
        request.variable_values = variables
        return client.execute(request)

    return ask


def requests_blind(token):
    return asked(over_requests(token))


def requests_schema(token):
    return asked(over_requests(token, fetch_schema_from_transport=True))


def aiohttp_blind(token):
    return asked(over_aiohttp(token))


def aiohttp_schema(token):
    return asked(over_aiohttp(token, fetch_schema_from_transport=True))


def sonar_software_api(token):
    return Sonar(ENDPOINT, token).graphql


# Each way to ask: a token makes it a function of a document and its variables. Those with a schema look every document over
# before they send it.
WAYS = [requests_blind, requests_schema, aiohttp_blind, aiohttp_schema, sonar_software_api]


def send(files, token=TOKEN):
    """Sends files in one form, in the parts that Sonar's page names; the answer of HTTP."""
    parts = [("files[]", (name, content)) for name, content in files]
    return requests.post(f"{URL}/api/files", files=parts, headers=bearer(token))


def put(name=None, content=b"abc", token=TOKEN):
    """Puts a file in; its id."""
    name = name or fresh_name()
    answer = send([(name, content)], token)
    assert answer.status_code == 200, answer.text
    (file,) = answer.json()["files"]
    assert file == {"id": file["id"], "filename": name, "stored": True, "failure_message": None}
    return file["id"]


def link(ask, kind, owner, *files):
    """Puts files on an owner, each an id or all that the input takes; what the answer says."""
    files = [file if isinstance(file, dict) else {"file_id": file} for file in files]
    answer = ask(LINK, {"input": {"fileable_type": kind, "fileable_id": owner, "files": files}})
    return answer["linkFileToEntity"]


def put_on(ask, kind, owner, name=None, content=b"abc"):
    """Puts a file in and links it; its id as GraphQL says it."""
    file = put(name, content)
    assert link(ask, kind, owner, file)["id"] == str(owner)
    return str(file)


def fetched(file, token=TOKEN):
    """What anybody with this token gets for a file: status, headers and bytes."""
    return common.fetched(f"{URL}/api/files/{file}", token)


class Refused:
    """The error of GraphQL that a block has to end in: its category, the field it is at, and words in it."""

    def __init__(self, category, path=None, words=""):
        self.category, self.path, self.words = category, path, words

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        assert kind is not None, f"no error of {self.category}"
        if not issubclass(kind, TransportQueryError):
            return False
        (told,) = error.errors
        extensions = told["extensions"]
        assert (extensions["category"], told.get("path")) == (self.category, self.path), told
        assert told["message"] and extensions["request_id"] and self.words in str(told), told
        return True


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    """A way to ask; a token makes it one."""
    return request.param


@pytest.fixture
def ask(way):
    """Asking with a token for everything."""
    return way(TOKEN)
