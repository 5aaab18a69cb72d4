"""Bad keys, each as its client's own exception; what belongs to one client of XML-RPC alone."""

from xmlrpc.client import Fault, MultiCall, ProtocolError, ServerProxy

import infusionsoft
import pytest
from given import (
    GATEWAY, LEGACY, TOKEN, URL, by_argument, by_header, by_parameter, content, fresh_contact, fresh_name, infusionsoft_client,
    keap_python, text,
)
from keap.exceptions import KeapXMLRPCException

BAD = "KeapAK-00000000000000000000"


@pytest.mark.parametrize("way", [by_parameter, by_header], ids=lambda way: way.__name__)
def test_the_gateway_lets_nobody_in_with_a_bad_key(way):
    with pytest.raises(ProtocolError) as refused:
        way(BAD).FileService.getFile(1)
    headers = {name.lower(): value for name, value in refused.value.headers.items()}
    assert (refused.value.errcode, headers["content-type"].split(";")[0]) == (401, "application/json")


def test_the_gateway_lets_nobody_in_without_a_key():
    with pytest.raises(ProtocolError) as refused:
        getattr(ServerProxy(GATEWAY), "FileService.getFile")(TOKEN, 1)
    assert refused.value.errcode == 401


@pytest.mark.parametrize("way", [by_argument, infusionsoft_client], ids=lambda way: way.__name__)
def test_at_the_address_of_an_app_a_bad_key_is_a_fault(way):
    with pytest.raises(Fault) as refused:
        way(BAD).FileService.getFile(1)
    assert (refused.value.faultCode, "[InvalidKey]" in refused.value.faultString) == (2, True)


def test_keap_python_tells_a_bad_key_as_its_own_exception():
    with pytest.raises(KeapXMLRPCException) as refused:
        keap_python(BAD).FileService.getFile(1)
    assert refused.value.errcode == 401


def test_addresses_end_as_scripts_write_them():
    file = by_argument(TOKEN).FileService.uploadFile(fresh_contact(), fresh_name(), text(b"abc"))
    for at in ["/crm/xmlrpc/v1", "/crm/xmlrpc/v1/", "/crm/xmlrpc", "/crm/xmlrpc/"]:
        proxy = ServerProxy(f"{URL}{at}?access_token={TOKEN}")
        assert content(proxy.FileService.getFile("", file)) == b"abc"
    for at in ["/api/xmlrpc", "/api/xmlrpc/", "/api/xmlrpc?app=ab123"]:
        assert content(ServerProxy(f"{URL}{at}").FileService.getFile(TOKEN, file)) == b"abc"


def test_calls_with_use_builtin_types_and_none_work():
    proxy = ServerProxy(LEGACY, use_builtin_types=True, allow_none=True)
    contact = fresh_contact()
    file = proxy.FileService.uploadFile(TOKEN, contact, fresh_name(), b"raw bytes")
    assert content(proxy.FileService.getFile(TOKEN, file)) == b"raw bytes"
    company = proxy.FileService.uploadFile(TOKEN, None, fresh_name(), text(b"abc"))
    assert proxy.DataService.load(TOKEN, "FileBox", company, ["ContactId"]) == {"ContactId": 0}


def test_a_call_of_many_calls_is_told_that_there_is_none():
    many = MultiCall(ServerProxy(LEGACY))
    many.FileService.getFile(TOKEN, 1)
    with pytest.raises(Fault) as refused:
        many()
    assert refused.value.faultCode == 0


def test_infusionsoft_client_walks_all_pages_of_a_query():
    calls, contact = infusionsoft_client(TOKEN), fresh_contact()
    files = [calls.FileService.uploadFile(contact, fresh_name(), text(b"abc")) for _ in range(7)]
    for limit in [1, 2, 3, 7, 1000]:
        rows = infusionsoft.query.consume(
            lambda page, limit: calls.DataService.query("FileBox", limit, page, {"ContactId": contact}, ["Id"]), limit=limit)
        assert [row["Id"] for row in rows] == files
    rows = calls.DataService.query("FileBox", 1000, 0, {"ContactId": contact}, ["Id"], "Id")
    assert [row["Id"] for row in rows] == files[::-1]
