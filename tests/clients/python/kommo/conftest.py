import pytest
from given import TOKEN, connect


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
async def amo():
    """The client with a token for everything."""
    async with connect(TOKEN) as client:
        yield client
