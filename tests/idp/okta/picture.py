# SPDX-License-Identifier: MIT
"""A QR code as a PNG, as Okta serves it: drawn by libqrencode."""
import ctypes, struct, zlib

SCALE, BORDER = 4, 4


class Code(ctypes.Structure):
    _fields_ = [('version', ctypes.c_int), ('width', ctypes.c_int), ('data', ctypes.POINTER(ctypes.c_ubyte))]


def squares(text):
    """Rows of them, True for dark."""
    library = ctypes.CDLL('libqrencode.so.4')
    library.QRcode_encodeString.restype = ctypes.POINTER(Code)
    made = library.QRcode_encodeString(text.encode(), 0, 1, 2, 1).contents
    return [[made.data[y * made.width + x] & 1 == 1 for x in range(made.width)] for y in range(made.width)]


def chunk(kind, data):
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def png(text):
    """Gray, a byte a pixel."""
    rows = squares(text)
    side = (len(rows) + 2 * BORDER) * SCALE
    edge = b'\xff' * BORDER * SCALE
    lines = [edge + b''.join((b'\0' if dark else b'\xff') * SCALE for dark in row) + edge for row in rows
             for _ in range(SCALE)]
    blank = [b'\xff' * side] * BORDER * SCALE
    data = b''.join(b'\0' + line for line in blank + lines + blank)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', side, side, 8, 0, 0, 0, 0)) + chunk(
        b'IDAT', zlib.compress(data)) + chunk(b'IEND', b'')
