"""Requests to Amazon are signed as its published examples are (the test suite of AWS Signature Version 4)."""

from datetime import UTC, datetime

import pytest

from fermata.channels.aws_signature import AwsKey, signed

KEY = AwsKey("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
AT = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
HOST = {"Host": "example.amazonaws.com"}


@pytest.mark.parametrize(
    ("method", "headers", "body", "names", "signature"),
    [
        ("GET", {}, b"", "host;x-amz-date", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
        ("POST", {}, b"", "host;x-amz-date", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
        (
            "GET",
            {"My-Header1": "value1,value2,value3"},
            b"",
            "host;my-header1;x-amz-date",
            "ba17b383a53190154eb5fa66a1b836cc297cc0a3d70a5d00705980573d8ff790",
        ),
        (
            "POST",
            {"Content-Type": "application/x-www-form-urlencoded"},
            b"Param1=value1",
            "content-type;host;x-amz-date",
            "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
        ),
    ],
    ids=["get-vanilla", "post-vanilla", "get-header", "post-x-www-form-urlencoded"],
)
def test_a_request_is_signed_as_amazon_shows(
    method: str, headers: dict[str, str], body: bytes, names: str, signature: str
) -> None:
    written = signed(KEY, method, "/", {**HOST, **headers}, body, AT)
    assert written["X-Amz-Date"] == "20150830T123600Z"
    assert written["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        f"SignedHeaders={names}, Signature={signature}"
    )


def test_a_key_does_not_show_its_secret() -> None:
    assert KEY.secret not in repr(KEY)
