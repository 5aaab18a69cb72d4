"""What every test of Keap's Python clients starts from: tokens, contents to send, contacts of its own, and one way to make
the calls of XML-RPC through each client that has them.

A test looks at nothing but what it made, so the same server can be driven again and again.

    ATTACHE_URL          where the server answers, such as http://127.0.0.1:8080
    ATTACHE_TOKEN        a token with the scope keap:full
    ATTACHE_USER_TOKEN   a token with keap:user, of user 2
    ATTACHE_VIEW_TOKEN   a token with keap:view_company_files, of user 3
    ATTACHE_GRANT        what `attache grant create --scopes keap:full` says; its code works once
"""

import random
from base64 import b64decode, b64encode
from xmlrpc.client import Fault, ServerProxy

import common
import pytest
from common import TOKEN, URL, fresh_name, setting

USER_TOKEN = setting("ATTACHE_USER_TOKEN")
VIEW_TOKEN = setting("ATTACHE_VIEW_TOKEN")
GRANT = dict(line.split("=", 1) for line in setting("ATTACHE_GRANT").splitlines())

GATEWAY = f"{URL}/crm/xmlrpc/v1"
LEGACY = f"{URL}/api/xmlrpc"

# An id that no file has.
NOBODYS = 2_147_483_647
# Contents that every upload is tried with.
SIZES = [0, 1, 2, 3, 1000, 3_000_000]
# Names that every upload is tried with; {} is what makes them new.
NAMES = ["{}.pdf", "Счёт № 5 {}.pdf", "日本 {}.txt", "<a> & \"b\" 'c' {}.x]]>y", "no extension {}", "{}.tar.gz", "%s + %20 {}.PDF"]


def fresh_bytes(length=40):
    return random.randbytes(length)


def fresh_contact():
    """A contact that has no files; it needs no making."""
    return random.randrange(1_000, 2**31 - 1)


def text(content):
    """Bytes as the texts of these calls carry them."""
    return b64encode(content).decode()


def content(answer):
    """The bytes in a text that a call answered with: padded, with no line breaks."""
    return b64decode(answer, validate=True)


def fetched(link):
    """What anybody gets at a link, without a token: the bytes and the headers."""
    status, headers, content = common.fetched(link)
    assert status == 200, content
    return content, headers


class Service:
    """The calls of one service through the standard library's client, with the key before the arguments."""

    def __init__(self, proxy, name, key):
        self.proxy, self.name, self.key = proxy, name, key

    def __getattr__(self, method):
        return lambda *arguments: getattr(self.proxy, f"{self.name}.{method}")(self.key, *arguments)


class Calls:
    """Both services through one client. `fault` is what it raises, whose code and text `told` takes out of it."""

    fault = Fault

    def __init__(self, files, data):
        self.FileService, self.DataService = files, data

    def told(self, error):
        return error.faultCode, error.faultString


def plain(proxy, key):
    return Calls(Service(proxy, "FileService", key), Service(proxy, "DataService", key))


def by_parameter(token):
    """The standard library's client with the token in the address; the first argument counts for nothing then."""
    return plain(ServerProxy(f"{GATEWAY}?access_token={token}"), "backwards-compatability")


def by_header(token):
    """The standard library's client with the token in a header."""
    return plain(ServerProxy(GATEWAY, headers=[("X-Keap-API-Key", token)]), token)


def by_argument(token):
    """The standard library's client with the token as the first argument, at the address of an app."""
    return plain(ServerProxy(LEGACY), token)


def infusionsoft_client(token):
    """infusionsoft-client."""
    import infusionsoft

    proxy = infusionsoft.client.InfusionsoftServerProxy(LEGACY, default_args=[token])
    return Calls(proxy.FileService, proxy.DataService)


def keap_python(token):
    """The XML half of keap-python."""
    from keap.exceptions import KeapXMLRPCException

    xml = keap(token).XML
    calls = Calls(xml.FileService, xml.DataService)
    calls.fault, calls.told = KeapXMLRPCException, lambda error: (error.errcode, error.errmsg)
    return calls


def keap(token):
    """keap-python with a token in its storage."""
    from keap import KeapToken

    client = keap_app(token)
    client.save_token(KeapToken(access_token=token, expires_in=3600))
    return client


def keap_app(name):
    """keap-python without a token, pointed here."""
    from keap import Keap
    from keap.REST import BaseService as rest
    from keap.XML import BaseService as xml

    rest.base_api_url, xml.xmlrpc_url, Keap.access_token_url = f"{URL}/crm/rest/v1", GATEWAY, f"{URL}/token"
    client = {"CLIENT_ID": GRANT["client_id"], "CLIENT_SECRET": GRANT["client_secret"], "APP_NAME": name}
    return Keap(client | {"STORAGE_CLASS": "keap.storages.InMemoryStorage"})


# Each way to make the calls of XML-RPC.
WAYS = [by_parameter, by_header, by_argument, infusionsoft_client, keap_python]


class Refused:
    """The fault that a block has to end in."""

    def __init__(self, calls, code, words=""):
        self.calls, self.code, self.words = calls, code, words

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        assert kind is not None, f"no fault {self.code}"
        if not issubclass(kind, self.calls.fault):
            return False
        code, text = self.calls.told(error)
        assert (code, self.words in text) == (self.code, True), (code, text)
        return True


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    """A way to make the calls; a token makes it one of them."""
    return request.param


@pytest.fixture
def calls(way):
    """The calls with a token for everything."""
    return way(TOKEN)
