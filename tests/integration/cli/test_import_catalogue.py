"""``fermata import --catalog``, as a program on a real database."""

import json
from decimal import Decimal
from pathlib import Path

import pytest

from fermata.database import Pool
from tests.integration.cli.conftest import Fermata

FEED = """id,title,Product Type,link,price,colour
1,Trail shoe,Shoes,https://s.example/1,89.90 EUR,red
2,"Sock, long
and warm",Socks,,5,
,No id,,,1,
4,Lace,Laces,,free,
5,short row
6,Hat,Hats,,12.50 EUR,
"""


async def test_a_csv_of_a_shop_becomes_the_catalogue_and_bad_lines_are_kept(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    file = tmp_path / "products.csv"
    file.write_text(FEED, encoding="utf-8")
    done = fermata("import", "--catalog", str(file))
    assert done.returncode == 1
    rejects = tmp_path / "products.csv.rejects.ndjson"
    assert done.stdout.startswith(f"{file}: 3 products accepted, 3 lines rejected and kept in {rejects}, in ")
    assert done.stderr.splitlines() == [
        f"{file}:5: product_id: is missing; every product needs its id",
        f"{file}:6: price: must be a number such as 35.79, with a point and no currency sign, not 'free'",
        f"{file}:7: has 2 fields; the header has 6",
    ]
    kept = [json.loads(line) for line in rejects.read_text().splitlines()]
    assert [each["line"] for each in kept] == [5, 6, 7]
    assert kept[2] == {"line": 7, "field": "", "message": "has 2 fields; the header has 6", "text": "5,short row"}
    rows = await pool.fetch("SELECT * FROM products ORDER BY product_id")
    assert [(row["product_id"], row["name"], row["category"], row["price"], row["currency"]) for row in rows] == [
        ("1", "Trail shoe", "Shoes", Decimal("89.9"), "EUR"),
        ("2", "Sock, long\nand warm", "Socks", Decimal(5), None),
        ("6", "Hat", "Hats", Decimal("12.5"), "EUR"),
    ]
    assert rows[0]["properties"] == {"colour": "red"}


async def test_ndjson_is_read_too_and_a_second_import_changes_what_it_names(
    fermata: Fermata, pool: Pool, tmp_path: Path
) -> None:
    file = tmp_path / "products.ndjson"
    file.write_text('\ufeff{"product_id": "1", "name": "Shoe", "price": 89.9}\n\n{"product_id": "2"}', encoding="utf-8")
    first = json.loads(fermata("import", "--catalog", str(file), "--json").stdout)
    assert (first["accepted"], first["rejected"], first["rejects"], first["lines"]) == (2, 0, None, 3)
    file.write_text('{"product_id": "1", "name": "Old shoe"}\n{"product_id": "1", "name": "New shoe"}\n')
    assert fermata("import", "--catalog", str(file)).returncode == 0
    rows = await pool.fetch("SELECT product_id, name, price FROM products ORDER BY product_id")
    assert [tuple(row) for row in rows] == [("1", "New shoe", None), ("2", None, None)]


@pytest.mark.parametrize(("name", "delimiter"), [("p.csv", ","), ("p.csv", ";"), ("p.tsv", "\t")])
async def test_columns_are_told_apart_by_what_the_header_uses(
    fermata: Fermata, pool: Pool, tmp_path: Path, name: str, delimiter: str
) -> None:
    file = tmp_path / name
    file.write_text(delimiter.join(["id", "title", "price"]) + "\n" + delimiter.join(["1", "Shoe", "5 EUR"]) + "\n")
    assert fermata("import", "--catalog", str(file)).returncode == 0
    assert await pool.fetchval("SELECT name || price || currency FROM products") == "Shoe5EUR"


def test_a_csv_without_a_header_is_refused_at_once(fermata: Fermata, tmp_path: Path) -> None:
    file = tmp_path / "products.csv"
    file.write_text("1,Trail shoe\n")
    done = fermata("import", "--catalog", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("fermata: the first line of a CSV names its columns, one of them product_id")


@pytest.mark.parametrize("bytes_of_a_row", [b"1,\xff\xfe\n", b'1,"open\n', b"1," + b"x" * 1_100_000 + b"\n"])
def test_a_row_that_cannot_be_read_loses_only_itself(fermata: Fermata, tmp_path: Path, bytes_of_a_row: bytes) -> None:
    file = tmp_path / "products.csv"
    file.write_bytes(b"product_id,name\n0,Before\n" + bytes_of_a_row)
    done = fermata("import", "--catalog", str(file), "--json")
    outcome = json.loads(done.stdout)
    assert (done.returncode, outcome["accepted"], outcome["rejected"]) == (1, 1, 1)


def test_one_file_is_given_or_the_usage_is_wrong(fermata: Fermata, tmp_path: Path) -> None:
    assert fermata("import").returncode == 2
    assert fermata("import", "a.ndjson", "--catalog", "b.csv").returncode == 2
    missing = fermata("import", "--catalog", str(tmp_path / "none.csv"))
    assert missing.returncode == 1
    assert missing.stderr == f"fermata: cannot read {tmp_path / 'none.csv'}: No such file or directory\n"
