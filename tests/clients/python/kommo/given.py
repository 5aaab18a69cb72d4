"""What every test of the Python client starts from: clients with tokens, files that were put in, and their names.

A test looks at nothing but what it made, so the same server can be driven again and again.

    ATTACHE_URL           where the server answers, such as http://127.0.0.1:8080; drive and account
    ATTACHE_TOKEN         a JWT with the scopes kommo:crm, kommo:files and kommo:files_delete
    ATTACHE_FILES_TOKEN   a JWT with kommo:files
    ATTACHE_CRM_TOKEN     a JWT with kommo:crm
"""

import httpx
from aioamocrm import AmoCRMClient, LongLivedToken
from common import TOKEN, URL, fresh_bytes, fresh_name, setting

FILES_TOKEN = setting("ATTACHE_FILES_TOKEN")
CRM_TOKEN = setting("ATTACHE_CRM_TOKEN")

# Ids that nothing has.
NOBODYS_FILE = "01890000-0000-7000-8000-000000000000"
NOBODYS_RECORD = 987_654_321


def connect(token):
    """The client with a token, otherwise as anybody makes it; the server sets no pace."""
    return AmoCRMClient(base_url=URL, auth=LongLivedToken(token), rate_limit=None)


async def drive(method, path, body=None):
    """A call of the drive, which this client has no methods for."""
    async with httpx.AsyncClient(base_url=URL, headers={"Authorization": f"Bearer {TOKEN}"}) as http:
        answer = await http.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


async def put_in(content, name=None, **more):
    """Puts bytes in through a session, in two parts where there are two bytes; gives the file as the drive shows it."""
    opened = {"file_name": name or fresh_name(), "file_size": len(content), "content_type": "text/plain", **more}
    at, half = (await drive("POST", "/v1.0/sessions", opened))["upload_url"], len(content) // 2
    async with httpx.AsyncClient() as http:
        if half:
            at = (await http.post(at, content=content[:half])).json()["next_url"]
        answer = await http.post(at, content=content[half:])
    assert answer.status_code == 200, answer.text
    return answer.json()


async def content(link):
    """The bytes at a link, which gives them to whoever knows it."""
    async with httpx.AsyncClient() as http:
        answer = await http.get(link["href"])
    assert answer.status_code == 200, answer.text
    return answer.content
