"""Objects: known by their hash, written once, never trusted blindly."""

from hashlib import sha256
from pathlib import Path

import pytest

from sirekap.errors import InputError
from sirekap.store.objects import Objects


def test_object_comes_back_by_its_hash(tmp_path: Path) -> None:
    """Bytes are kept under their SHA-256, in a subfolder of its first two digits."""
    objects = Objects(tmp_path / "objects")
    name = objects.put(b"photo")
    assert name == sha256(b"photo").hexdigest() == objects.put(b"photo")
    assert objects.get(name) == b"photo"
    assert [str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()] == [
        f"objects/{name[:2]}/{name}"
    ]


def test_object_that_is_gone_or_changed_is_refused(tmp_path: Path) -> None:
    """A missing file and one whose bytes are others are told with their path."""
    objects = Objects(tmp_path)
    name = objects.put(b"photo")
    (tmp_path / name[:2] / name).write_bytes(b"other")
    with pytest.raises(InputError, match="SHA-256"):
        objects.get(name)
    (tmp_path / name[:2] / name).unlink()
    with pytest.raises(InputError, match="no such file"):
        objects.get(name)
