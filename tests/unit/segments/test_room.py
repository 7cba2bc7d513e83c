"""The room reaches nothing: journeys, which run in Temporal's sandbox, may import it."""

import subprocess
import sys


def test_importing_it_loads_no_driver_and_reads_no_files() -> None:
    program = (
        "import builtins, sys, pydantic, tzdata, fermata.vocabulary\n"
        "import fermata.segments.places\n"
        "import fermata.segments as segments\n"
        "assert not {'asyncpg', 'sqlalchemy', 'fermata.database'} & set(sys.modules), 'a driver'\n"
        "assert segments.places._zones.cache_info().currsize == 0\n"
        "assert segments.places._countries.cache_info().currsize == 0\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
