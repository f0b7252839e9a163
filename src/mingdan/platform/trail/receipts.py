"""Receipts: what a client holds to show later that the log promised to keep an entry.

A receipt is a signed note with four lines: the log's name with `/receipt`, the entry's id, when it was recorded, and its
hash. Only receipts held by others can show that acknowledged entries were lost: a log that lost some verifies clean.
"""

import base64
from typing import NamedTuple

from django.db import transaction

from mingdan.platform.trail.doubts import Doubt
from mingdan.platform.trail.entry_text import UnrecordableError
from mingdan.platform.trail.models import Entry, PendingEntry
from mingdan.platform.trail.note_reading import Key, decoded, open_note
from mingdan.platform.trail.note_signing import LogKey, verify_fast
from mingdan.platform.trail.tree import leaf_hash


class Receipt(NamedTuple):
    entry_id: str
    at: str
    leaf: bytes


def receipt_for(entry_id: str, key: LogKey) -> str:
    """Return the signed receipt of an entry that is committed; raise UnrecordableError if there is none.

    To be asked for after the action's transaction, and refused with RuntimeError inside of it: a receipt for what may
    still be undone would be a false promise.
    """
    with transaction.atomic(durable=True):
        found = [
            model.objects.filter(entry_id=entry_id).values_list("at", "text").first() for model in (PendingEntry, Entry)
        ]
    at, text = next((one for one in found if one), ("", ""))
    if not text:
        raise UnrecordableError(f"There is no entry {entry_id} to give a receipt for.")
    leaf = base64.b64encode(leaf_hash(text.encode())).decode()
    return key.sign(f"{key.name}/receipt\n{entry_id}\n{at}\n{leaf}\n")


def open_receipt(written: str, key: Key) -> Receipt:
    """Return what a receipt signed with this key promises; raise Doubt if it is none."""
    head, *lines = open_note(written, key, "receipt", verify_fast).split("\n")
    if head != f"{key.name}/receipt" or len(lines) != 4 or len(decoded(lines[2])) != len(leaf_hash(b"")):
        raise Doubt("note", where="receipt")
    return Receipt(lines[0], lines[1], decoded(lines[2]))
