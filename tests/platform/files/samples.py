"""Small files of each kind, made here."""

import io
import zipfile

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20) + b"\0\0\0\0IEND\xaeB`\x82"


def zipped(members: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def office(*names: str, content: bytes = b"<x/>") -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", **dict.fromkeys(names, content)})
