"""Both kinds of storage keep what they are given, whole or not at all, and say when they cannot."""

from __future__ import annotations

import io
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from botpe_app.errors import Misconfigured, NotFound, Unavailable
from botpe_app.storage import CHUNK, Bucket, Folder, Storage, storage
from tests import s3_server

KEY = "0199c0de-0000-7000-8000-000000000000/0199c0de-0000-7000-8000-000000000001"
SMALL = b"0123456789"


@pytest.fixture
def server() -> Iterator[s3_server.Bucket]:
    with s3_server.bucket() as running:
        yield running


@pytest.fixture
def s3(server: s3_server.Bucket, configure: Callable[..., None]) -> Storage:
    """A bucket with a prefix, reached by the usual variables."""
    configure(
        BOTPE_STORAGE_URL="s3://botpe-media/shop",
        AWS_ACCESS_KEY_ID=s3_server.ACCESS_KEY,
        AWS_SECRET_ACCESS_KEY=s3_server.SECRET_KEY,
        AWS_REGION=s3_server.REGION,
        AWS_ENDPOINT_URL=server.url,
    )
    return storage()


@pytest.fixture(params=["folder", "s3"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Either kind of storage, empty."""
    return (
        Folder(tmp_path / "media") if request.param == "folder" else request.getfixturevalue("s3")
    )


def whole(kept: Storage, key: str = KEY) -> bytes:
    return b"".join(kept.read(key))


def test_what_is_put_is_read_again(kept: Storage):
    file = io.BytesIO(SMALL)
    file.seek(4)  # wherever its reader left it
    kept.put(KEY, file)
    assert whole(kept) == SMALL


def test_a_second_put_replaces_the_first(kept: Storage):
    kept.put(KEY, io.BytesIO(b"a longer first version"))
    kept.put(KEY, io.BytesIO(SMALL))
    assert whole(kept) == SMALL


@pytest.mark.parametrize(
    ("start", "stop", "part"),
    [(0, 4, b"0123"), (3, None, b"3456789"), (3, 4, b"3"), (8, 99, b"89"), (5, 5, b"")],
)
def test_a_part_of_a_file_is_read_by_its_bytes(
    kept: Storage, start: int, stop: int | None, part: bytes
):
    kept.put(KEY, io.BytesIO(SMALL))
    assert b"".join(kept.read(KEY, start, stop)) == part


def test_a_large_file_comes_in_chunks_and_in_order(kept: Storage):
    large = bytes(range(256)) * (80 * 1024)  # 20 MB: several requests to S3
    kept.put(KEY, io.BytesIO(large))
    chunks = list(kept.read(KEY))
    assert b"".join(chunks) == large
    assert len(chunks) > 10
    assert max(map(len, chunks)) < 16 * CHUNK


def test_what_is_not_there_is_not_found_before_anything_is_read(kept: Storage):
    with pytest.raises(NotFound):
        kept.read(KEY)


def test_a_deleted_file_is_gone_and_may_be_deleted_again(kept: Storage):
    kept.put(KEY, io.BytesIO(SMALL))
    kept.delete(KEY)
    kept.delete(KEY)
    with pytest.raises(NotFound):
        kept.read(KEY)


@pytest.mark.parametrize("key", ["", "/etc/passwd", "../x", "a/../../x", "a//b", "a/", "é", "a\0"])
def test_only_keys_of_ours_are_taken(kept: Storage, key: str):
    for act in (kept.read, kept.delete, lambda key: kept.put(key, io.BytesIO(SMALL))):
        with pytest.raises(ValueError, match="no key"):
            act(key)


def test_files_and_their_folders_are_their_owners_alone(tmp_path: Path):
    Folder(tmp_path / "media").put(KEY, io.BytesIO(SMALL))
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


class Breaking(io.BytesIO):
    """A file whose disk fails on the second read."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(3)


def test_a_put_that_breaks_leaves_the_old_file_and_no_rubbish(tmp_path: Path):
    kept = Folder(tmp_path)
    kept.put(KEY, io.BytesIO(SMALL))
    with pytest.raises(Unavailable, match="Input/output error"):
        kept.put(KEY, Breaking(b"new bytes"))
    assert whole(kept) == SMALL
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path):
    (tmp_path / "media").write_text("a file where the folder should be")
    with pytest.raises(Unavailable, match="media folder"):
        Folder(tmp_path / "media").put(KEY, io.BytesIO(SMALL))


def test_objects_lie_below_the_prefix(s3: Storage, server: s3_server.Bucket):
    s3.put(KEY, io.BytesIO(SMALL))
    assert server.objects == {f"/botpe-media/shop/{KEY}": SMALL}


def test_a_moment_of_trouble_at_s3_is_sat_out(s3: Storage, server: s3_server.Bucket):
    server.failures = 2
    s3.put(KEY, io.BytesIO(SMALL))
    assert whole(s3) == SMALL


def test_a_wrong_secret_is_refused_and_told_without_it(
    server: s3_server.Bucket, configure: Callable[..., None], s3: Storage
):
    configure(AWS_SECRET_ACCESS_KEY="not-the-secret")
    with pytest.raises(Unavailable) as told:
        storage().put(KEY, io.BytesIO(SMALL))
    assert "not-the-secret" not in told.value.message
    assert server.refused
    assert server.objects == {}


def test_a_bucket_that_is_not_there_is_unavailable(configure: Callable[..., None], s3: Storage):
    configure(AWS_ENDPOINT_URL="http://127.0.0.1:9")
    storage.cache_clear()
    with pytest.raises(Unavailable, match="media bucket"):
        storage().delete(KEY)


def test_without_a_setting_media_lie_in_the_data_dir(
    configure: Callable[..., None], tmp_path: Path
):
    storage().put(KEY, io.BytesIO(SMALL))
    assert (tmp_path / "data" / "media" / KEY).read_bytes() == SMALL


def test_a_folder_may_be_named_by_its_address(configure: Callable[..., None], tmp_path: Path):
    configure(BOTPE_STORAGE_URL=f"file://{tmp_path}/my%20files")
    storage().put(KEY, io.BytesIO(SMALL))
    assert (tmp_path / "my files" / KEY).exists()


@pytest.mark.parametrize(
    "url", ["nonsense", "file://", "file://host/share", "s3://", "gs://bucket", "/just/a/path"]
)
def test_an_address_that_is_no_storage_is_named(configure: Callable[..., None], url: str):
    configure(BOTPE_STORAGE_URL=url)
    with pytest.raises(Misconfigured) as refused:
        storage()
    assert refused.value.field == "BOTPE_STORAGE_URL"


def test_a_bucket_is_chosen_by_its_address(s3: Storage):
    assert isinstance(s3, Bucket)
