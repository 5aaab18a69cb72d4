"""What the tests of every vendor's Python clients start from: where the server is, and names and bytes that no other test
sends. What one vendor's tests need besides stands in the `given.py` of its folder.

    ATTACHE_URL     where the server answers, such as http://127.0.0.1:8080
    ATTACHE_TOKEN   a token with the scopes that the tests' folder names
"""

import os
import urllib.error
import urllib.request
import uuid


def setting(name):
    value = os.environ.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set; the head of these tests' given.py says what they need")
    return value


URL = setting("ATTACHE_URL")
TOKEN = setting("ATTACHE_TOKEN")


def fresh_name(extension="txt"):
    return f"report-{uuid.uuid4()}.{extension}"


def fresh_bytes():
    return f"content {uuid.uuid4()}".encode()


def fetched(url, token=None):
    """What anybody gets at a URL: status, headers and bytes."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()
