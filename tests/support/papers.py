"""Files as people send them, built byte by byte."""

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << >> >>"


def pdf(*objects: bytes, catalog: bytes = b"", page: bytes = PAGE, trailer: bytes = b"") -> bytes:
    """A PDF of one page; `objects` are numbered from 5, `catalog` and `trailer` are added to what
    these dictionaries hold."""
    bodies = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalog + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length 0 >>\nstream\n\nendstream",
        *objects,
    ]
    out, places = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(bodies, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(bodies) + 1
    end = b"<< /Size %d /Root 1 0 R %s >>" % (count, trailer)
    places_of_all = b"xref\n0 %d\n0000000000 65535 f \n%s" % (count, table)
    tail = b"trailer\n%s\nstartxref\n%d\n%%%%EOF\n" % (end, len(out))
    return bytes(out) + places_of_all + tail
