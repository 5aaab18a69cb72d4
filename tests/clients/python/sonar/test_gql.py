"""gql: what it has besides asking: sessions, several requests in one, queries made of Python, results read by the schema,
and its command line."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
from common import TOKEN
from given import (
    ENDPOINT, FILE, NOBODYS, asked, fresh_id, over_aiohttp, over_requests, over_requests_by_get, put, put_on,
)
from gql import GraphQLRequest, gql
from gql.dsl import DSLInlineFragment, DSLMutation, DSLQuery, DSLSchema, dsl_gql
from gql.transport.exceptions import TransportError, TransportQueryError
from graphql import GraphQLError, build_schema, lexicographic_sort_schema, print_schema



def printed(schema):
    """A schema in an order of its own, whoever it comes from."""
    return print_schema(lexicographic_sort_schema(schema))


SCHEMA = printed(build_schema((Path(__file__).parents[4] / "dialects/sonar/schema.graphql").read_text()))
OF = "query Of($id: Int64Bit) { files(fileable_type: Account, fileable_id: $id) { entities { id } } }"

# Both ways of gql to send.
over = pytest.mark.parametrize("over", [over_requests, over_aiohttp], ids=lambda over: over.__name__)


def of(owner):
    return GraphQLRequest(OF, variable_values={"id": owner})


@over
def test_the_schema_that_is_fetched_is_the_schema_file(over):
    client = over(TOKEN, fetch_schema_from_transport=True)
    client.execute(gql("{ me { id } }"))
    assert printed(client.schema) == SCHEMA


@over
def test_introspection_may_ask_for_everything(over):
    everything = {"specified_by_url": True, "directive_is_repeatable": True, "schema_description": True, "input_value_deprecation": True}
    client = over(TOKEN, fetch_schema_from_transport=True, introspection_args=everything)
    assert client.execute(gql("{ me { id } }")) == {"me": {"id": "1"}}


@over
def test_with_the_schema_a_mistake_is_found_before_anything_is_sent(over):
    client = over(TOKEN, fetch_schema_from_transport=True)
    for document in [
        "{ files { entities { colour } } }", "{ files(fileable_type: Contact) { entities { id } } }",
        "mutation { linkFileToEntity(input: { fileable_type: Account }) { id } }", "{ colours { id } }",
    ]:
        with pytest.raises(GraphQLError):
            client.execute(gql(document))
        with pytest.raises(TransportQueryError) as refused:
            over(TOKEN).execute(gql(document))
        assert {told["extensions"]["category"] for told in refused.value.errors} == {"graphql"}


@over
def test_a_session_asks_again_and_again(over):
    owner, client = fresh_id(), over(TOKEN)
    made = [put_on(asked(over_requests(TOKEN)), "Account", owner) for _ in range(3)]

    def seen(answers):
        return [[file["id"] for file in answer["files"]["entities"]] for answer in answers]

    async def concurrently():
        async with client as session:
            return await asyncio.gather(*[session.execute(of(owner)) for _ in range(10)])

    if over is over_aiohttp:
        assert seen(asyncio.run(concurrently())) == [made] * 10
    else:
        with client as session:
            assert seen([session.execute(of(owner)) for _ in range(10)]) == [made] * 10


@over
def test_several_requests_go_as_one_and_each_has_its_own_answer(over):
    owner = fresh_id()
    file = put_on(asked(over_requests(TOKEN)), "Account", owner)
    answers = over(TOKEN).execute_batch([gql("{ me { id } }"), of(owner), of(owner + 1)])
    assert answers == [{"me": {"id": "1"}}, {"files": {"entities": [{"id": file}]}}, {"files": {"entities": []}}]


@over
def test_an_error_stands_beside_the_data_that_is_there(over):
    file = put()
    document = f"mutation {{ gone: deleteFile(id: {file}) {{ success }} never: deleteFile(id: {NOBODYS}) {{ success }} }}"
    with pytest.raises(TransportQueryError) as refused:
        over(TOKEN).execute(gql(document))
    assert refused.value.data == {"gone": {"success": True}, "never": None}
    (told,) = refused.value.errors
    assert (told["path"], told["extensions"]["category"]) == (["never"], "not_found")
    # Where it is in what was sent: gql prints a document anew, each field on lines of its own.
    assert told["locations"] == [{"line": 5, "column": 3}]


def test_queries_by_get_may_have_their_json_in_the_body():
    owner = fresh_id()
    file = put_on(asked(over_requests(TOKEN)), "Account", owner)
    client = over_requests_by_get(TOKEN)
    assert client.execute(of(owner)) == {"files": {"entities": [{"id": file}]}}
    with pytest.raises(TransportError):
        client.execute(gql(f"mutation {{ deleteFile(id: {file}) {{ success }} }}"))
    assert over_requests(TOKEN).execute(of(owner)) == {"files": {"entities": [{"id": file}]}}


def test_queries_and_mutations_are_made_of_python():
    client = over_requests(TOKEN, fetch_schema_from_transport=True)
    owner, file = fresh_id(), put()
    with client as session:
        schema = DSLSchema(client.schema)
        link = {"fileable_type": "Account", "fileable_id": owner, "files": [{"file_id": file, "description": "Signed"}]}
        mutation = schema.Mutation.linkFileToEntity(input=link)
        mutation.select(schema.FileableInterface.id, DSLInlineFragment().on(schema.Account).select(schema.Account._version))
        assert session.execute(dsl_gql(DSLMutation(mutation)))["linkFileToEntity"]["id"] == str(owner)
        page = schema.Query.files(fileable_type="Account", fileable_id=owner, sorter=[{"attribute": "id", "direction": "DESC"}])
        page.select(schema.FileConnection.entities.select(schema.File.id, schema.File.description, schema.File.fileable_type))
        answer = session.execute(dsl_gql(DSLQuery(page)))
    assert answer["files"]["entities"] == [{"id": str(file), "description": "Signed", "fileable_type": "Account"}]


def test_results_and_variables_go_through_the_schema_when_that_is_wanted():
    client = over_requests(TOKEN, fetch_schema_from_transport=True, parse_results=True, serialize_variables=True)
    owner = fresh_id()
    file = put_on(asked(over_requests(TOKEN)), "Ticket", owner)
    request = gql(FILE + "query Of($id: Int64Bit, $type: FileableType) { files(fileable_id: $id, fileable_type: $type) { entities { ...FileFields } } }")
    request.variable_values = {"id": owner, "type": "Ticket"}
    (told,) = client.execute(request)["files"]["entities"]
    assert (told["id"], told["fileable_type"], told["primary_image"]) == (file, "Ticket", False)


def command(*arguments, said=""):
    """Runs gql's command line as its page shows it; what it says."""
    program = Path(sys.executable).with_name("gql-cli")
    headers = ["-H", f"Authorization:Bearer {TOKEN}"]
    return subprocess.run([program, ENDPOINT, *arguments, *headers], input=said, capture_output=True, text=True, check=True).stdout


def test_the_command_line_prints_the_schema_and_answers():
    assert printed(build_schema(command("--print-schema"))) == SCHEMA
    assert json.loads(command(said="{ me { id } }")) == {"me": {"id": "1"}}
    assert json.loads(command("-V", f"id:{NOBODYS}", said=OF)) == {"files": {"entities": []}}
