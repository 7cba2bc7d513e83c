"""The demo counts the caps of the default policy, so it runs under no other."""

import pytest

from cli.demo.policy_check import check_policy
from fermata.database import Pool
from fermata.errors import ConfigurationError
from fermata.policy import default_document
from tests.policies import enact


async def test_the_default_policy_is_fine_and_another_is_refused_with_the_mend(pool: Pool) -> None:
    await enact(pool, default_document())
    await check_policy(pool)
    await enact(pool, "version = 1\n")
    with pytest.raises(ConfigurationError, match="give it a database of its own"):
        await check_policy(pool)
