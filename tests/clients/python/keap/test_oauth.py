"""keap-python gets its first token for a code, and refreshes it when its time comes."""

import pytest
from given import GRANT, fresh_contact, fresh_name, keap_app, text


def test_a_code_is_traded_for_a_token_and_a_token_for_the_next():
    client = keap_app("oauth")
    first = client.request_access_token(GRANT["code"])
    assert (first.expires_in, first.is_expired) == (86_400, False)
    assert first.scope.startswith("full|")
    contact = fresh_contact()
    file = client.XML.FileService.uploadFile(contact, fresh_name(), text(b"abc"))
    second = client.refresh_access_token()
    assert second.access_token != first.access_token and second.refresh_token != first.refresh_token
    assert client.XML.FileService.getFile(file) == text(b"abc")
    files = client.REST_V1.FileService
    files.api_url = "files"
    assert files.list(contact_id=contact)["files"][0]["id"] == file


def test_a_code_that_is_none_gets_no_token():
    # The client looks at nothing but whether there is a token in the answer.
    with pytest.raises(Exception, match="No token set"):
        keap_app("refused").request_access_token("nobody-knows-it")
