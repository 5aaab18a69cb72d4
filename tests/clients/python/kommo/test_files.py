"""Files on records, asked for with the client's plain requests; notes that are files; fields that hold files."""

import pytest
from aioamocrm import CustomFieldValue, Note, NotFoundError, ValidationError
from given import NOBODYS_FILE, NOBODYS_RECORD, content, drive, fresh_bytes, fresh_name, put_in

pytestmark = pytest.mark.anyio


@pytest.fixture
async def lead(amo):
    """The id of a lead of the test's own."""
    [made] = await amo.leads.create([{"name": fresh_name()}])
    return made.id


async def on(amo, lead):
    """The files on a lead, newest first."""
    answer = await amo.request("GET", f"leads/{lead}/files")
    return [file["file_uuid"] for file in answer["_embedded"]["files"]] if answer else []


async def test_files_are_linked_listed_and_unlinked(amo, lead):
    first, second = [(await put_in(fresh_bytes()))["uuid"] for _ in range(2)]
    assert await on(amo, lead) == []
    both = [{"file_uuid": first}, {"file_uuid": second}]
    assert await amo.request("PUT", f"leads/{lead}/files", json=both) == {}
    assert await on(amo, lead) == [second, first]
    links = await amo.request("GET", f"files/{first}/links")
    assert [(one["id"], one["entity_type"]) for one in links["entities"]] == [(lead, "leads")]
    assert await amo.request("DELETE", f"leads/{lead}/files", json=both[:1]) == {}
    assert await on(amo, lead) == [second]


async def test_a_list_of_files_goes_on_behind_a_link_of_the_account(amo, lead):
    files = [(await put_in(fresh_bytes()))["uuid"] for _ in range(3)]
    await amo.request("PUT", f"leads/{lead}/files", json=[{"file_uuid": file} for file in files])
    found, at, params = [], f"leads/{lead}/files", {"limit": 2, "with": "file"}
    while at:
        page = await amo.request("GET", at, params=params)
        found += [(one["file_uuid"], one["size"] > 0) for one in page["_embedded"]["files"]]
        at, params = page["_links"].get("next", {}).get("href"), None
    assert found == [(file, True) for file in reversed(files)]


async def test_what_is_not_there_is_refused_and_links_nothing(amo, lead):
    file = await put_in(fresh_bytes())
    with pytest.raises(NotFoundError):
        await amo.request("PUT", f"leads/{NOBODYS_RECORD}/files", json=[{"file_uuid": file["uuid"]}])
    with pytest.raises(ValidationError) as refused:
        await amo.request("PUT", f"leads/{lead}/files", json=[{"file_uuid": file["uuid"]}, {"file_uuid": NOBODYS_FILE}])
    assert [(issue.request_id, issue.path) for issue in refused.value.errors] == [("1", "1.file_uuid")]
    assert await on(amo, lead) == []


async def test_a_note_that_is_a_file_shows_it_on_its_record(amo, lead):
    sent = fresh_bytes()
    file = await put_in(sent)
    attachment = Note(
        entity_id=lead, note_type="attachment", params={"file_uuid": file["uuid"], "file_name": "План 5.txt"}
    )
    made = await amo.leads.notes.create([attachment, Note.common(lead, "for you")])
    assert [(one.entity_id, one.request_id) for one in made] == [(lead, "0"), (lead, "1")]
    note = await amo.leads.notes.get(made[0].id, entity_id=lead)
    assert note.note_type == "attachment"
    assert note.params == {
        "is_drive_attachment": True,
        "text": "План 5.txt",
        "original_name": "План 5.txt",
        "file_uuid": file["uuid"],
        "version_uuid": file["version_uuid"],
        "file_name": "Plan_5.txt",
    }
    assert (await amo.leads.notes.get(made[1].id, entity_id=lead)).text == "for you"
    assert await on(amo, lead) == [file["uuid"]]
    assert await content(file["_links"]["download"]) == sent


async def test_notes_are_walked_filtered_and_ordered(amo, lead):
    file = await put_in(fresh_bytes())
    params = {"file_uuid": file["uuid"], "file_name": "plan"}
    attachment = {"entity_id": lead, "note_type": "attachment", "params": params}
    made = await amo.leads.notes.create([Note.common(lead, "one"), attachment, Note.common(lead, "two")], batch_size=1)
    ids = [one.id for one in made]

    async def walked(**asked):
        return [note.id async for note in amo.leads.notes.iterate(**asked)]

    assert await walked(entity_id=lead, limit=1) == ids
    assert await walked(entity_id=lead, order={"id": "desc"}, limit=2) == ids[::-1]
    assert await walked(entity_id=lead, filter={"note_type": ["attachment"]}) == ids[1:2]
    assert await walked(filter={"id": ids[1:], "note_type": "common"}) == ids[2:]
    assert await walked(filter={"entity_id": [lead]}) == ids
    assert len(await amo.leads.notes.get_page(entity_id=lead, filter={"updated_at": {"from": 4_000_000_000}})) == 0


async def test_a_note_with_a_file_that_cannot_be_used_is_refused_at_its_place(amo, lead):
    gone = await put_in(fresh_bytes())
    await drive("DELETE", "/v1.0/files", [{"uuid": gone["uuid"]}])
    for file in (gone["uuid"], NOBODYS_FILE, "not-a-uuid"):
        note = {"entity_id": lead, "note_type": "attachment", "params": {"file_uuid": file, "file_name": "a"}}
        with pytest.raises(ValidationError) as refused:
            await amo.leads.notes.create([Note.common(lead, "one"), note])
        assert [issue.path for issue in refused.value.errors] == ["1.params.file_uuid"]
    assert len(await amo.leads.notes.get_page(entity_id=lead)) == 0


async def test_a_field_holds_a_file(amo, lead):
    name, file = fresh_name(), await put_in(fresh_bytes())
    made = await amo.request("POST", "leads/custom_fields", json=[{"name": name, "type": "file"}])
    field = made["_embedded"]["custom_fields"][0]["id"]
    assert (await amo.leads.custom_fields.get(field)).name == name
    assert field in [one.id async for one in amo.leads.custom_fields.iterate(limit=2)]
    fresh = await amo.leads.get(lead)
    assert fresh.custom_fields_values is None
    fresh.set_field(field, CustomFieldValue(value={"file_uuid": file["uuid"]}))
    await amo.leads.update([fresh])
    assert (await amo.leads.get(lead)).field_value(field) == {
        "file_uuid": file["uuid"],
        "version_uuid": file["version_uuid"],
        "file_name": f"{file['name']}.txt",
        "file_size": file["size"],
        "is_deleted": False,
    }
    await amo.request("DELETE", f"leads/custom_fields/{field}")
    with pytest.raises(NotFoundError):
        await amo.leads.custom_fields.get(field)
    assert (await amo.leads.get(lead)).custom_fields_values is None
