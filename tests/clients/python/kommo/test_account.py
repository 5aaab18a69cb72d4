"""The account, its records, and every refusal as the client's own exception."""

import pytest
from aioamocrm import AuthError, Company, Contact, ForbiddenError, Lead, NotFoundError, ValidationError
from given import CRM_TOKEN, FILES_TOKEN, NOBODYS_FILE, NOBODYS_RECORD, URL, connect, fresh_name

pytestmark = pytest.mark.anyio

KINDS = [("leads", Lead), ("contacts", Contact), ("companies", Company)]


async def test_the_account_tells_where_the_drive_is(amo):
    account = await amo.account.get(with_=["drive_url", "amojo_id", "version"])
    assert account.model_extra["drive_url"] == URL
    assert account.id and account.name and account.current_user_id == 1
    assert account.amojo_id and account.version


@pytest.mark.parametrize(("kind", "model"), KINDS)
async def test_records_are_made_read_and_changed(amo, kind, model):
    records, name = getattr(amo, kind), fresh_name()
    [made] = await records.create([model(name=name)])
    assert made.request_id == "0"
    assert (await records.get(made.id)).name == name
    [changed] = await records.update([model(id=made.id, name=f"{name} 2")])
    assert (changed.id, changed.updated_at is not None) == (made.id, True)
    assert (await records.get(made.id)).name == f"{name} 2"
    with pytest.raises(NotFoundError) as missing:
        await records.get(NOBODYS_RECORD)
    assert missing.value.detail


async def test_records_are_walked_page_by_page(amo):
    made = await amo.leads.create([{"name": fresh_name()} for _ in range(5)], batch_size=2)
    ids = [one.id for one in made]
    assert len(set(ids)) == 5
    walked = [lead.id async for lead in amo.leads.iterate(limit=2, filter={"id": ids})]
    assert walked == sorted(ids)
    page = await amo.leads.get_page(2, limit=2, filter={"id": ids})
    assert ([lead.id for lead in page], page.number, page.has_next) == (sorted(ids)[2:4], 2, True)
    assert len(await amo.leads.get_page(9, limit=2, filter={"id": ids})) == 0


async def test_a_batch_with_a_bad_item_makes_none_and_says_which(amo):
    name = fresh_name()
    with pytest.raises(ValidationError) as refused:
        await amo.leads.create([{"name": name}, {"name": name, "request_id": "mine", "price": "much"}])
    [issue] = refused.value.errors
    assert (issue.request_id, issue.path) == ("mine", "price")
    assert issue.code and issue.detail
    assert (refused.value.batch_offset, refused.value.completed) == (0, [])


async def test_without_the_scope_a_call_is_forbidden_and_names_it():
    async with connect(FILES_TOKEN) as files, connect(CRM_TOKEN) as crm:
        for call in (lambda: files.leads.get_page(), lambda: files.leads.create([{"name": "a"}])):
            with pytest.raises(ForbiddenError, match="'crm'"):
                await call()
        with pytest.raises(ForbiddenError, match="'files'"):
            await crm.request("GET", f"files/{NOBODYS_FILE}/links")


async def test_without_a_good_token_a_call_is_unauthorised():
    async with connect("nobody.knows.it") as client:
        with pytest.raises(AuthError) as refused:
            await client.account.get()
    assert refused.value.status_code == 401


async def test_nothing_is_asked_for_outside_the_account(amo):
    with pytest.raises(ValueError, match="refusing"):
        await amo.request("GET", f"{URL}/v1.0/files")
