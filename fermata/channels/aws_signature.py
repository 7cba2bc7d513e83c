"""Signs requests to Amazon: AWS Signature Version 4, for a request whose parameters stand in its body.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html; its published examples are
the test. Libraries that sign for Amazon bring an SDK with them, and the signer in google-auth takes the service's name
from its host, where SES has another one.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from urllib.parse import quote

_ALGORITHM = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True)
class AwsKey:
    """Who signs, and what for.

    Args:
        access_key: Its id, ``AKIA…``.
        secret: The secret access key.
        region: Such as ``eu-west-1``.
        service: Amazon's name for signing, such as ``ses``.
    """

    access_key: str
    secret: str = field(repr=False)
    region: str
    service: str


def signed(
    key: AwsKey, method: str, path: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> dict[str, str]:
    """The headers of a request, with ``X-Amz-Date`` and ``Authorization`` among them.

    Args:
        key: Who signs.
        method: In capitals.
        path: Of the address; there is nothing behind a ``?``.
        headers: All that are to be signed, ``Host`` among them.
        body: The bytes that are sent.
        at: The instant, aware; Amazon takes it for five minutes.
    """
    stamp = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    whole = {**headers, "X-Amz-Date": stamp}
    plain = {name.lower(): " ".join(value.split()) for name, value in whole.items()}
    names = ";".join(sorted(plain))
    lines = "".join(f"{name}:{plain[name]}\n" for name in sorted(plain))
    request = "\n".join([method, quote(path, safe="/-_.~"), "", lines, names, sha256(body).hexdigest()])
    scope = "/".join([stamp[:8], key.region, key.service, "aws4_request"])
    to_sign = "\n".join([_ALGORITHM, stamp, scope, sha256(request.encode()).hexdigest()])
    signature = hmac.new(_signing_key(key, stamp[:8]), to_sign.encode(), sha256).hexdigest()
    credential = f"Credential={key.access_key}/{scope}"
    return {**whole, "Authorization": f"{_ALGORITHM} {credential}, SignedHeaders={names}, Signature={signature}"}


def _signing_key(key: AwsKey, day: str) -> bytes:
    made = f"AWS4{key.secret}".encode()
    for part in (day, key.region, key.service, "aws4_request"):
        made = hmac.new(made, part.encode(), sha256).digest()
    return made
