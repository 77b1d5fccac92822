"""PDFs whose every page is one known colour with a black square, made in memory."""

Rgb = tuple[float, float, float]


def pdf(*colours: Rgb, size: tuple[int, int] = (200, 100), field: str = "") -> bytes:
    """A page per colour, the lower left quarter black; field: what was filled into a form on each page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R%s >>" % (b" /AcroForm << /Fields [3 0 R] >>" if field else b"")]
    kids = b" ".join(b"%d 0 R" % (4 + 2 * n) for n in range(len(colours)))
    objects.append(b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(colours)))
    look = b"0 0 1 rg 0 0 40 40 re f"
    objects.append(
        b"<< /Length %d /Type /XObject /Subtype /Form /BBox [0 0 40 40] >> stream\n%s\nendstream" % (len(look), look)
    )
    annotation = (
        b" /Annots [<< /Type /Annot /Subtype /Widget /FT /Tx /T (a) /V (b) /F 4 /Rect [150 50 190 90] /AP << /N 3 0 R >> >>]"
        if field
        else b""
    )
    for n, (red, green, blue) in enumerate(colours):
        wide, high = size
        drawn = b"%g %g %g rg 0 0 %d %d re f 0 0 0 rg 0 0 %d %d re f" % (
            red,
            green,
            blue,
            wide,
            high,
            wide // 2,
            high // 2,
        )
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents %d 0 R%s >>"
            % (wide, high, 5 + 2 * n, annotation)
        )
        objects.append(b"<< /Length %d >> stream\n%s\nendstream" % (len(drawn), drawn))
    made, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return made + end % (len(objects) + 1, table, len(objects) + 1, len(made))
