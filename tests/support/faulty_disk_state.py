"""What a disk has for certain, and what it was only asked to write: changes that no sync covers yet."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Create:
    """A new, empty file under a name."""

    name: str


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at an offset."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    """The file ends here from now on."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    """All changes of one file are durable from now on, and not its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Delete:
    """The name is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class SyncFolder:
    """All names are durable from now on."""


Change: TypeAlias = Write | Resize
Operation: TypeAlias = Create | Write | Resize | Sync | Delete | SyncFolder


@dataclass(frozen=True, slots=True)
class FileState:
    """One file: what a sync covered, and the changes since, in their order."""

    synced: bytes = b""
    pending: tuple[Change, ...] = ()

    def content(self) -> bytes:
        """As programs see it."""
        return applied(self.synced, self.pending)


@dataclass(slots=True)
class DiskState:
    """All files, as operations leave them."""

    files: dict[str, FileState] = field(default_factory=dict)
    pending_names: list[Create | Delete] = field(default_factory=list)
    deleted: dict[int, FileState] = field(default_factory=dict)
    """What files held whose deletion is pending, by place in `pending_names`."""

    @classmethod
    def holding(cls, files: dict[str, bytes]) -> DiskState:
        """A disk on which everything is durable."""
        return cls({name: FileState(data) for name, data in files.items()})

    def apply(self, operation: Operation) -> None:
        """One operation later."""
        match operation:
            case Create(name):
                self.files[name] = FileState()
                self.pending_names.append(operation)
            case Write(name) | Resize(name):
                file = self.files[name]
                self.files[name] = replace(file, pending=(*file.pending, operation))
            case Sync(name):
                self.files[name] = FileState(self.files[name].content())
            case Delete(name):
                self.deleted[len(self.pending_names)] = self.files.pop(name)
                self.pending_names.append(operation)
            case SyncFolder():
                self.pending_names.clear()
                self.deleted.clear()

    def with_names_kept(self, count: int) -> dict[str, FileState]:
        """The files if of the pending changes of names only the first `count` had reached the disk."""
        files = dict(self.files)
        for place in reversed(range(count, len(self.pending_names))):
            change = self.pending_names[place]
            if isinstance(change, Create):
                files.pop(change.name, None)
            else:
                files[change.name] = self.deleted[place]
        return files


def applied(content: bytes, changes: tuple[Change, ...]) -> bytes:
    """The content after changes; a gap before a write is zeros."""
    if not changes:
        return content
    data = bytearray(content)
    for change in changes:
        if isinstance(change, Resize):
            apply_resize(data, change.size)
        else:
            apply_write(data, change.offset, change.data)
    return bytes(data)


def apply_resize(data: bytearray, size: int) -> None:
    """Cuts, or fills up with zeros."""
    if size <= len(data):
        del data[size:]
    else:
        data.extend(bytes(size - len(data)))


def apply_write(data: bytearray, offset: int, written: bytes) -> None:
    """Overwrites, or extends; a gap is zeros."""
    if offset > len(data):
        data.extend(bytes(offset - len(data)))
    data[offset : offset + len(written)] = written
