"""A small server that speaks S3: put, parts, get with ranges, delete; it checks each signature.

The check follows "Authenticating Requests: Using the Authorization Header (AWS Signature
Version 4)" of the S3 API reference, written without a look at any client.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

ACCESS_KEY, SECRET_KEY, REGION = "AKIDTEST", "s3-secret", "eu-test-1"


class Bucket(ThreadingHTTPServer):
    """What is stored, by path; `failures` is how many requests get a 503 first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.objects: dict[str, bytes] = {}
        self.parts: dict[str, dict[int, bytes]] = {}
        self.failures = 0
        self.refused = 0
        self.asked: list[str] = []

    @property
    def url(self) -> str:
        """Its endpoint."""
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def bucket() -> Iterator[Bucket]:
    """A server that runs meanwhile."""
    server = Bucket()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def bucket(self) -> Bucket:
        return cast("Bucket", self.server)

    def log_message(self, format: str, *args: Any) -> None:
        """Says nothing."""

    def do_PUT(self) -> None:
        body = self._admit()
        if body is None:
            return
        if "partNumber" in self._query:
            number, upload = int(self._query["partNumber"]), self._query["uploadId"]
            self.bucket.parts[upload][number] = body
        else:
            self.bucket.objects[self._path] = body
        self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')  # noqa: S324

    def do_POST(self) -> None:
        if self._admit() is None:
            return
        if "uploads" in self._query:
            upload = f"upload-{len(self.bucket.parts)}"
            self.bucket.parts[upload] = {}
            made = f"<UploadId>{upload}</UploadId><Bucket>b</Bucket><Key>k</Key>"
            self._xml(f"<InitiateMultipartUploadResult>{made}</InitiateMultipartUploadResult>")
        else:
            parts = self.bucket.parts.pop(self._query["uploadId"])
            self.bucket.objects[self._path] = b"".join(parts[n] for n in sorted(parts))
            self._xml(
                "<CompleteMultipartUploadResult><Location>x</Location><Bucket>b</Bucket>"
                '<Key>k</Key><ETag>"whole"</ETag></CompleteMultipartUploadResult>'
            )

    def do_GET(self) -> None:
        if self._admit() is None:
            return
        whole = self.bucket.objects.get(self._path)
        if whole is None:
            self._error(404, "NoSuchKey")
            return
        headers = {"ETag": '"x"', "Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
        wanted = self.headers.get("Range", "").removeprefix("bytes=")
        if not wanted:
            self._answer(200, whole, **headers)
            return
        first, _, last = wanted.partition("-")
        start, stop = int(first), min(int(last or len(whole) - 1), len(whole) - 1) + 1
        if start >= len(whole):
            self._error(416, "InvalidRange")
            return
        headers["Content-Range"] = f"bytes {start}-{stop - 1}/{len(whole)}"
        self._answer(206, whole[start:stop], **headers)

    def do_DELETE(self) -> None:
        if self._admit() is not None:
            self.bucket.objects.pop(self._path, None)
            self._answer(204)

    def _admit(self) -> bytes | None:
        """The body of a request that is signed right; None if it was answered already."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = urllib.parse.urlsplit(self.path)
        self._path = parts.path
        self._query = dict(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
        self.bucket.asked.append(f"{self.command} {self._path}")
        if not _is_signed(self.command, parts, dict(self.headers.items()), body):
            self.bucket.refused += 1
            self._error(403, "SignatureDoesNotMatch")
            return None
        if self.bucket.failures:
            self.bucket.failures -= 1
            self._error(503, "SlowDown")
            return None
        return body

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _xml(self, document: str) -> None:
        self._answer(200, f'<?xml version="1.0"?>{document}'.encode())

    def _error(self, status: int, code: str) -> None:
        self._answer(
            status, f"<Error><Code>{code}</Code><Message>{code}</Message></Error>".encode()
        )


def _is_signed(
    method: str, parts: urllib.parse.SplitResult, given: dict[str, str], body: bytes
) -> bool:
    headers = {name.lower(): " ".join(value.split()) for name, value in given.items()}
    kind, _, rest = headers.get("authorization", "").partition(" ")
    pairs = (pair.strip().partition("=") for pair in rest.split(","))
    said = {name: value for name, _, value in pairs}
    key, _, scope = said.get("Credential", "").partition("/")
    date = headers.get("x-amz-date", "")
    if (kind, key) != ("AWS4-HMAC-SHA256", ACCESS_KEY):
        return False
    if scope != f"{date[:8]}/{REGION}/s3/aws4_request":
        return False
    claimed = headers["x-amz-content-sha256"]
    if claimed != "UNSIGNED-PAYLOAD" and claimed != hashlib.sha256(body).hexdigest():
        return False
    names = said["SignedHeaders"].split(";")
    query = sorted(urllib.parse.parse_qsl(parts.query, keep_blank_values=True))
    asked = "\n".join(
        [
            method,
            parts.path,
            "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in query),
            *(f"{name}:{headers[name]}" for name in names),
            "",
            ";".join(names),
            claimed,
        ]
    )
    digest = hashlib.sha256(asked.encode()).hexdigest()
    wanted = _hmac(_signing_key(date[:8]), f"{kind}\n{date}\n{scope}\n{digest}").hex()
    return hmac.compare_digest(wanted, said["Signature"])


def _signing_key(day: str) -> bytes:
    key = _hmac(f"AWS4{SECRET_KEY}".encode(), day)
    for word in (REGION, "s3", "aws4_request"):
        key = _hmac(key, word)
    return key


def _hmac(key: bytes, said: str) -> bytes:
    return hmac.new(key, said.encode(), hashlib.sha256).digest()


def _quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="-_.~")
